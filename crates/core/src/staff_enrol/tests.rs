//! Who makes passkeys, and who removes them.

use super::*;
use crate::bytes::{Digest, TokenHash};
use crate::change::StaffChange;
use crate::id::StaffSessionId;
use crate::known::{Attestation, Backup, FRESH, LONGEST, StaffRole};
use crate::proof::{Counting, Signed, Spent};
use crate::sample::{NOW, person, policy};
use crate::verdict::Verdict;

const SESSION: StaffSessionId = StaffSessionId([1; 16]);

fn known(number: u8) -> StaffPasskeyKnown {
    StaffPasskeyKnown {
        id: CredentialId([number; 16]),
        staff: person(1, &[]).id,
        rp_id: "console.example.jp".to_owned(),
        handle: vec![number],
        user_handle: vec![1],
        public_key: vec![2],
        sign_count: 0,
        backup: Backup::Bound,
        aaguid: [0; 16],
        attestation: Attestation::Absent,
        transports: Vec::new(),
        name: Line::parse("key").unwrap(),
        created: NOW,
        last: None,
        revision: 4,
    }
}

fn owner(by: Option<u8>, passkeys: u8, now: Moment) -> Owner {
    Owner {
        session: StaffSessionKnown {
            id: SESSION,
            token: TokenHash([1; 32]),
            staff: person(1, &[StaffRole::Operations]),
            passkey: by.map(|by| CredentialId([by; 16])),
            opened: NOW,
            proved: NOW,
            last: NOW,
            ends: NOW.plus(LONGEST),
        },
        passkeys: (1..=passkeys).map(known).collect(),
        decision: DecisionId([8; 16]),
        now,
    }
}

fn made(session: StaffSessionId, seen: UserSeen) -> PasskeyMade {
    let spent = Spent {
        nonce: Digest([4; 32]),
        expires: NOW.plus(ENROLLING),
    };
    let signed = Signed {
        count: 0,
        counting: Counting::Onward,
        backup: Backup::Copied,
        seen,
    };
    let bound = Bound::StaffEnrol(session).digest();
    let model = ([0; 16], Attestation::Absent);
    PasskeyMade::assert_made((vec![99], vec![2]), model, bound, spent, signed)
}

fn facts(owner: Owner, made: Option<PasskeyMade>, taken: bool) -> Facts {
    Facts {
        owner,
        made,
        taken,
        kept: Kept {
            id: CredentialId([50; 16]),
            name: Line::parse("key").unwrap(),
            rp_id: "console.example.jp".to_owned(),
            user_handle: vec![1],
            transports: Vec::new(),
        },
    }
}

fn ends_session(decision: &Decision) -> bool {
    decision.changes.iter().any(|change| match change {
        Change::Staff(StaffChange::Access(access)) => {
            matches!(**access, StaffAccess::SessionEnded { .. })
        }
        _ => false,
    })
}

#[test]
fn a_secret_opens_a_session_for_a_first_passkey_and_for_no_other() {
    let staff = person(1, &[StaffRole::Operations]);
    for (passkeys, verdict) in [(0, Verdict::Allow), (1, Verdict::Refuse)] {
        let facts = BeginFacts {
            staff: &StaffProved::assert_staff(&staff),
            passkeys,
            session: FreshStaffSession {
                id: SESSION,
                token: TokenHash([5; 32]),
            },
            decision: DecisionId([8; 16]),
            now: NOW,
        };
        let decision = begin(&facts, &policy());
        assert_eq!(decision.verdict(), &verdict);
        assert_eq!(decision.changes.is_empty(), passkeys > 0);
    }
}

#[test]
fn a_first_passkey_ends_the_session_it_was_made_in_and_a_further_one_does_not() {
    for (by, passkeys, first) in [(None, 0, true), (Some(1), 1, false)] {
        let right = Some(made(SESSION, UserSeen::Verified));
        let decision = decide(&facts(owner(by, passkeys, NOW), right, false), &policy());
        assert_eq!(decision.verdict(), &Verdict::Allow, "{decision:?}");
        assert_eq!(ends_session(&decision), first);
    }
}

#[test]
fn what_is_no_passkey_of_this_session_is_not_added() {
    let most = u8::try_from(MOST).unwrap();
    let right = || Some(made(SESSION, UserSeen::Verified));
    let elsewhere = made(StaffSessionId([2; 16]), UserSeen::Verified);
    let late = NOW.plus(FRESH);
    for (owner, made, taken, reason) in [
        (owner(None, 1, NOW), right(), false, Reason::FactorThere),
        (owner(Some(1), 1, late), right(), false, Reason::ProofStale),
        (owner(Some(1), 1, NOW), None, false, Reason::PasskeyMismatch),
        (
            owner(Some(1), 1, NOW),
            right(),
            true,
            Reason::PasskeyMismatch,
        ),
        (
            owner(Some(1), 1, NOW),
            Some(elsewhere),
            false,
            Reason::PasskeyMismatch,
        ),
        (
            owner(Some(1), 1, NOW),
            Some(made(SESSION, UserSeen::Present)),
            false,
            Reason::PasskeyMismatch,
        ),
        (
            owner(Some(1), most, NOW),
            right(),
            false,
            Reason::PasskeyLimit,
        ),
        (
            owner(Some(1), 1, NOW.plus(LONGEST)),
            right(),
            false,
            Reason::SessionMissing,
        ),
    ] {
        let decision = decide(&facts(owner, made, taken), &policy());
        assert_eq!(decision.reasons(), [reason]);
        assert!(decision.changes.is_empty());
    }
}

#[test]
fn the_last_passkey_stays_and_a_proof_of_a_short_time_ago_removes_another() {
    let removed = |owner: &Owner, number: u8| {
        let decision = decide_remove(owner, CredentialId([number; 16]), &policy());
        assert_eq!(
            decision.verdict() == &Verdict::Allow,
            !decision.changes.is_empty()
        );
        decision.reasons().first().copied()
    };
    let last = Some(Reason::PasskeyLast);
    assert_eq!(removed(&owner(Some(1), 1, NOW), 1), last);
    assert_eq!(removed(&owner(Some(1), 2, NOW), 2), None);
    let stale = Some(Reason::ProofStale);
    assert_eq!(removed(&owner(Some(1), 2, NOW.plus(FRESH)), 2), stale);
    let other = Some(Reason::PasskeyMismatch);
    assert_eq!(removed(&owner(Some(1), 2, NOW), 9), other);
    let missing = Some(Reason::SessionMissing);
    assert_eq!(removed(&owner(None, 2, NOW), 2), missing);
}
