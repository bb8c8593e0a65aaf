//! Who comes in, and who does not.

use super::*;
use crate::bound::Bound;
use crate::id::CredentialId;
use crate::known::{Backup, StaffRole};
use crate::moment::Span;
use crate::proof::{Signed, Spent};
use crate::sample::{NOW, person, policy};

const BROWSER: &str = "a browser";

fn proof(bound: Digest, seen: UserSeen, counting: Counting) -> PasskeyProved {
    let spent = Spent {
        nonce: Digest([4; 32]),
        expires: NOW.plus(Span::minutes(10)),
    };
    let signed = Signed {
        count: 7,
        counting,
        backup: Backup::Bound,
        seen,
    };
    PasskeyProved::assert_passkey((CredentialId([9; 16]), 2), bound, spent, signed)
}

fn right(bound: Digest) -> PasskeyProved {
    proof(bound, UserSeen::Verified, Counting::Onward)
}

fn facts(claimed: Option<StaffKnown>, signed: Option<PasskeyProved>, now: Moment) -> Facts {
    Facts {
        answered: Answered { claimed, signed },
        counting: vec![Change::TriesCleared {
            key: crate::bytes::CounterKey([1; 16]),
        }],
        session: FreshStaffSession {
            id: StaffSessionId([5; 16]),
            token: TokenHash([5; 32]),
        },
        decision: DecisionId([8; 16]),
        now,
    }
}

fn opens(decision: &Decision) -> bool {
    decision.changes.iter().any(|change| {
        let Change::Staff(StaffChange::Access(access)) = change else {
            return false;
        };
        matches!(**access, StaffAccess::SessionOpened { .. })
    })
}

#[test]
fn a_passkey_whose_owner_was_seen_opens_a_session_of_eight_hours() {
    let bound = Bound::StaffSignIn(BROWSER).digest();
    let one = person(1, &[StaffRole::Monitor]);
    let decision = decide(
        bound,
        &facts(Some(one.clone()), Some(right(bound)), NOW),
        &policy(),
    );
    assert_eq!(decision.verdict(), &Verdict::Allow);
    assert_eq!(decision.entry.actor, Actor::Staff(one.id));
    assert_eq!(decision.changes.len(), 4, "{:?}", decision.changes);
    let Some(Change::Staff(StaffChange::Access(opened))) = decision.changes.last() else {
        panic!("{:?}", decision.changes)
    };
    let StaffAccess::SessionOpened { ends, passkey, .. } = **opened else {
        panic!("{opened:?}")
    };
    assert_eq!(
        (ends, passkey),
        (NOW.plus(LONGEST), Some(CredentialId([9; 16])))
    );
}

#[test]
fn what_proves_nothing_opens_nothing_and_is_counted() {
    let bound = Bound::StaffSignIn(BROWSER).digest();
    let other = Bound::StaffSignIn("another").digest();
    let one = || Some(person(1, &[StaffRole::Monitor]));
    let mut gone = person(2, &[StaffRole::Monitor]);
    gone.disabled = Some(NOW);
    let late = NOW.plus(Span::minutes(10));
    let present = proof(bound, UserSeen::Present, Counting::Onward);
    for (claimed, signed, now, reason) in [
        (None, None, NOW, Reason::PasskeyMismatch),
        (one(), None, NOW, Reason::PasskeyMismatch),
        (one(), Some(right(other)), NOW, Reason::PasskeyMismatch),
        (one(), Some(present), NOW, Reason::PasskeyMismatch),
        (one(), Some(right(bound)), late, Reason::Expired),
        (Some(gone), Some(right(bound)), NOW, Reason::StaffUnknown),
    ] {
        let decision = decide(bound, &facts(claimed, signed, now), &policy());
        assert_eq!(decision.verdict(), &Verdict::Refuse);
        assert_eq!(decision.reasons(), [reason]);
        assert!(!opens(&decision));
        let counted = |change: &Change| matches!(change, Change::TriesCleared { .. });
        assert!(decision.changes.iter().any(counted), "{decision:?}");
    }
}

#[test]
fn a_count_that_goes_back_is_noted_and_the_higher_one_stays() {
    let bound = Bound::StaffSignIn(BROWSER).digest();
    let back = Counting::Back { before: 40 };
    let signed = proof(bound, UserSeen::Verified, back);
    let one = person(1, &[StaffRole::Monitor]);
    let decision = decide(bound, &facts(Some(one), Some(signed), NOW), &policy());
    assert!(decision.reasons().contains(&Reason::PasskeyCountBack));
    let kept = decision.changes.iter().any(|change| match change {
        Change::Staff(StaffChange::Access(access)) => {
            matches!(**access, StaffAccess::PasskeyUsed { count: 40, .. })
        }
        _ => false,
    });
    assert!(kept, "{:?}", decision.changes);
}

#[test]
fn somebody_elses_passkey_proves_nothing_in_a_session() {
    let session = StaffSessionKnown {
        id: StaffSessionId([1; 16]),
        token: TokenHash([1; 32]),
        staff: person(1, &[StaffRole::Operations]),
        passkey: Some(CredentialId([2; 16])),
        opened: NOW,
        proved: NOW,
        last: NOW,
        ends: NOW.plus(LONGEST),
    };
    let bound = Bound::StaffProve(session.id).digest();
    for (number, verdict) in [(1, Verdict::Allow), (2, Verdict::Refuse)] {
        let facts = ProofFacts {
            session: &session,
            answered: Answered {
                claimed: Some(person(number, &[StaffRole::Operations])),
                signed: Some(right(bound)),
            },
            token: TokenHash([6; 32]),
            decision: DecisionId([8; 16]),
            now: NOW,
        };
        let decision = decide_proof(bound, &facts, &policy());
        assert_eq!(decision.verdict(), &verdict);
        let proved = decision.changes.iter().any(|change| match change {
            Change::Staff(StaffChange::Access(access)) => {
                matches!(**access, StaffAccess::SessionProved { .. })
            }
            _ => false,
        });
        assert_eq!(proved, number == 1);
    }
}
