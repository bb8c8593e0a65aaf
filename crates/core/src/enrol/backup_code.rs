//! Backup codes are made as a passkey is added: in a fresh session, and told.
//!
//! **Invariant:** a new set takes the place of the one before, and its codes are shown to the
//! session that made it, once.

use crate::access::Act;
use crate::bytes::TokenHash;
use crate::change::{BackupChange, Change};
use crate::context::Context;
use crate::decision::Decision;
use crate::enrol::Owner;
use crate::id::CredentialId;
use crate::known::{BackupCodeKnown, BackupSetKnown};
use crate::notice::{BackupEvent, NoticeKind};
use crate::policy::{FactorPolicy, Policy};
use crate::proof::Method;
use crate::reason::Reason;

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// Who.
    pub owner: Owner,
    /// The set there is.
    pub known: Option<BackupSetKnown>,
}

/// Of how few unused codes the customer is warned.
pub const FEW: usize = 3;

impl Facts {
    /// Why no set can be made in this session now.
    #[must_use]
    pub fn refusal(&self, policy: &Policy) -> Option<Reason> {
        if policy.factor(Method::BackupCode) == FactorPolicy::Forbid {
            return Some(Reason::PolicyRequires);
        }
        self.owner.refusal(policy)
    }
}

/// Makes a set of the codes whose hashes are given, in the place of the one there is.
pub fn decide_make(
    facts: &Facts,
    context: &Context,
    fresh: (CredentialId, &[TokenHash]),
    policy: &Policy,
) -> Decision {
    let (owner, (id, hashes)) = (&facts.owner, fresh);
    let reason = facts.refusal(policy);
    let decision = Decision::of(owner.entry(Act::Enrol, reason, policy));
    if reason.is_some() {
        return decision;
    }
    let unused = |hash: &TokenHash| BackupCodeKnown {
        hash: *hash,
        used: None,
        again: None,
    };
    let set = BackupSetKnown {
        id,
        customer: owner.customer(),
        made: owner.now,
        codes: hashes.iter().map(unused).collect(),
    };
    let kind = NoticeKind::BackupCodes {
        report: owner.report.1.clone(),
        place: context.describe(),
        event: BackupEvent::Made,
    };
    let made = Change::BackupCode(BackupChange::Made {
        set: Box::new(set),
        before: facts.known.as_ref().map(|known| known.id),
    });
    let decision = decision.with(owner.stands()).with([made]);
    owner.told(decision, &kind, policy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{DecisionId, NoticeId};
    use crate::known::CustomerState;
    use crate::moment::Span;
    use crate::sample::{NOW, channels, context, passkey, policy, session};
    use crate::verdict::Verdict;

    const ID: CredentialId = CredentialId([3; 16]);
    const HASHES: [TokenHash; 2] = [TokenHash([1; 32]), TokenHash([2; 32])];

    fn facts() -> Facts {
        let mut session = session(1, 1);
        session.proved = NOW;
        let owner = Owner {
            session,
            passkeys: Vec::new(),
            usable: crate::passkey::Usable::default(),
            channels: channels(),
            report: (TokenHash([2; 32]), "ABCDE-12345".to_owned().into()),
            notice: NoticeId([1; 16]),
            decision: DecisionId([9; 16]),
            now: NOW,
        };
        Facts { owner, known: None }
    }

    fn decided(facts: &Facts, policy: &Policy) -> Decision {
        decide_make(facts, &context(), (ID, &HASHES), policy)
    }

    #[test]
    fn a_set_is_made_in_the_place_of_the_one_seen_and_told_on_every_channel() {
        let mut facts = facts();
        let set = BackupSetKnown {
            id: CredentialId([7; 16]),
            customer: facts.owner.customer(),
            made: NOW.minus(Span::days(1)),
            codes: Vec::new(),
        };
        for known in [None, Some(set)] {
            let seen = known.as_ref().map(|known| known.id);
            facts.known = known;
            let decision = decided(&facts, &policy());
            assert_eq!(decision.notices.len(), 2);
            assert_eq!(decision.changes[..2], facts.owner.stands());
            let Some(Change::BackupCode(BackupChange::Made { set, before })) =
                decision.changes.get(2)
            else {
                panic!("{decision:?}");
            };
            assert_eq!((set.id, set.left(), *before), (ID, 2, seen));
        }
    }

    #[test]
    fn a_stale_proof_a_freeze_the_policy_and_a_passkey_stand_against_it() {
        let with = |change: &dyn Fn(&mut Facts)| {
            let mut facts = facts();
            change(&mut facts);
            facts
        };
        let stale = with(&|facts| facts.owner.session.proved = NOW.minus(Span::hours(1)));
        let frozen = with(&|facts| facts.owner.session.customer.state = CustomerState::Frozen);
        let locked = with(&|facts| {
            let usable = crate::passkey::Usable::of(&[passkey(7)], Some("example.jp"), &policy());
            facts.owner.usable = usable;
        });
        for (facts, reason) in [
            (stale, Reason::ProofStale),
            (frozen, Reason::Frozen),
            (locked, Reason::ProofStale),
        ] {
            let decision = decided(&facts, &policy());
            assert_eq!(decision.reasons(), [reason]);
            assert!(decision.changes.is_empty() && decision.notices.is_empty());
        }
        let mut forbidding = policy();
        forbidding.factor.remove(&Method::BackupCode);
        let decision = decided(&facts(), &forbidding);
        assert_eq!(decision.verdict(), &Verdict::Refuse);
        assert_eq!(decision.reasons(), [Reason::PolicyRequires]);
    }
}
