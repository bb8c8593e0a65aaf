//! An authenticator app is added or removed, as a passkey is: in a fresh session, and told.
//!
//! A secret is drawn first and counts for nothing; a right code shows that the app has it.
//!
//! **Invariant:** a secret is shown to, and confirmed in, the one session that asked for it, and
//! what was confirmed is shown to nobody.

use crate::access::Act;
use crate::bound::Bound;
use crate::bytes::Sealed;
use crate::change::{Change, TotpChange};
use crate::decision::Decision;
use crate::enrol::Owner;
use crate::hold::codes_void;
use crate::id::CredentialId;
use crate::known::TotpKnown;
use crate::notice::NoticeKind;
use crate::policy::{FactorPolicy, Policy};
use crate::proof::{Method, TotpProved};
use crate::reason::Reason;

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// Who.
    pub owner: Owner,
    /// The app there is, confirmed or not.
    pub known: Option<TotpKnown>,
}

impl Facts {
    /// The app that this session is adding.
    #[must_use]
    pub fn pending(&self) -> Option<&TotpKnown> {
        let own = |known: &&TotpKnown| {
            known.confirmed.is_none()
                && known.session == self.owner.session.id
                && known.customer == self.owner.customer()
        };
        self.known.as_ref().filter(own)
    }

    /// The app that codes are taken from.
    #[must_use]
    pub fn confirmed(&self) -> Option<&TotpKnown> {
        let own = |known: &&TotpKnown| {
            known.confirmed.is_some() && known.customer == self.owner.customer()
        };
        self.known.as_ref().filter(own)
    }

    /// Why no app can be added in this session now.
    #[must_use]
    pub fn refusal(&self, policy: &Policy) -> Option<Reason> {
        if let Some(reason) = self.owner.refusal(policy) {
            return Some(reason);
        }
        if policy.factor(Method::Totp) == FactorPolicy::Forbid {
            return Some(Reason::PolicyRequires);
        }
        self.confirmed().map(|_| Reason::FactorThere)
    }
}

/// Keeps a new secret, in the place of one that was never confirmed.
pub fn decide_begin(facts: &Facts, fresh: (CredentialId, Sealed), policy: &Policy) -> Decision {
    let (owner, (id, secret)) = (&facts.owner, fresh);
    let reason = facts.refusal(policy);
    let decision = Decision::of(owner.entry(Act::Enrol, reason, policy));
    if reason.is_some() {
        return decision;
    }
    let decision = decision.with(owner.stands());
    decision.with([Change::Totp(TotpChange::Begun(Box::new(TotpKnown {
        id,
        customer: owner.customer(),
        session: owner.session.id,
        secret,
        begun: owner.now,
        confirmed: None,
        step: 0,
        last: None,
        revision: 1,
    })))])
}

/// Takes the app that showed by a right code that it has the secret.
pub fn decide_confirm(facts: &Facts, proof: Option<&TotpProved>, policy: &Policy) -> Decision {
    let owner = &facts.owner;
    let right = facts.pending().zip(proof).filter(|(known, proof)| {
        (known.id, known.revision) == (proof.credential(), proof.revision())
            && proof.bound() == Bound::EnrolTotp(owner.session.id).digest()
            && proof.step() > known.step
    });
    let (proof, reason) = match (right, facts.refusal(policy)) {
        (Some((_, proof)), None) => (proof, None),
        (_, reason) => {
            let reason = reason.unwrap_or(Reason::CodeWrong);
            return Decision::of(owner.entry(Act::Enrol, Some(reason), policy));
        }
    };
    let kind = NoticeKind::TotpAdded {
        report: owner.report.1.clone(),
    };
    let decision = Decision::of(owner.entry(Act::Enrol, reason, policy));
    let decision = decision
        .with(owner.stands())
        .with([Change::Totp(TotpChange::Confirmed {
            id: proof.credential(),
            revision: proof.revision(),
            step: proof.step(),
            at: owner.now,
        })]);
    owner.told(decision, &kind, policy)
}

/// Removes the app, or gives up adding one. Only what was confirmed is told.
pub fn decide_remove(facts: &Facts, policy: &Policy) -> Decision {
    let owner = &facts.owner;
    let own = facts.confirmed().or(facts.pending());
    let (known, reason) = match (own, owner.refusal(policy)) {
        (Some(known), None) => (known, None),
        (_, reason) => {
            let reason = reason.unwrap_or(Reason::FactorMissing);
            return Decision::of(owner.entry(Act::Discard, Some(reason), policy));
        }
    };
    let decision = Decision::of(owner.entry(Act::Discard, reason, policy));
    let decision = decision
        .with(owner.stands())
        .with([Change::Totp(TotpChange::Removed {
            id: known.id,
            revision: known.revision,
        })]);
    if known.confirmed.is_none() {
        return decision;
    }
    let decision = decision.with([codes_void(owner.customer())]);
    let kind = NoticeKind::TotpRemoved {
        report: owner.report.1.clone(),
    };
    owner.told(decision, &kind, policy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Digest;
    use crate::bytes::TokenHash;
    use crate::id::{DecisionId, NoticeId};
    use crate::known::CustomerState;
    use crate::sample::{NOW, channels, policy, session};
    use crate::verdict::Verdict;

    const ID: CredentialId = CredentialId([3; 16]);

    fn facts(known: Option<TotpKnown>) -> Facts {
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
        Facts { owner, known }
    }

    fn known() -> TotpKnown {
        let facts = facts(None);
        let begun = decide_begin(&facts, (ID, Sealed(vec![1; 60])), &policy());
        assert_eq!(begun.verdict(), &Verdict::Allow);
        assert!(begun.notices.is_empty(), "nothing counts yet");
        match begun.changes.into_iter().last() {
            Some(Change::Totp(TotpChange::Begun(known))) => *known,
            other => panic!("{other:?}"),
        }
    }

    fn proof(step: i64) -> TotpProved {
        let bound = Bound::EnrolTotp(session(1, 1).id).digest();
        TotpProved::assert_totp((ID, 1), step, bound)
    }

    #[test]
    fn a_right_code_in_the_same_session_adds_the_app_and_every_channel_is_told() {
        let facts = facts(Some(known()));
        let decision = decide_confirm(&facts, Some(&proof(7)), &policy());
        assert_eq!(decision.changes[..2], facts.owner.stands());
        assert!(matches!(
            decision.changes[2],
            Change::Totp(TotpChange::Confirmed {
                id: ID,
                revision: 1,
                step: 7,
                at: NOW
            })
        ));
        assert_eq!(decision.notices.len(), 2);
    }

    #[test]
    fn what_is_anothers_old_or_for_something_else_adds_nothing() {
        let elsewhere = TotpKnown {
            session: session(2, 1).id,
            ..known()
        };
        let other = TotpKnown {
            customer: session(1, 2).customer.id,
            ..known()
        };
        let done = TotpKnown {
            confirmed: Some(NOW),
            ..known()
        };
        for known in [None, Some(elsewhere), Some(other), Some(done)] {
            let decision = decide_confirm(&facts(known), Some(&proof(7)), &policy());
            assert_eq!(decision.verdict(), &Verdict::Refuse);
            assert!(decision.changes.is_empty() && decision.notices.is_empty());
        }
        let strange = TotpProved::assert_totp((ID, 1), 7, Digest([1; 32]));
        let newer =
            TotpProved::assert_totp((ID, 2), 7, Bound::EnrolTotp(session(1, 1).id).digest());
        for proof in [None, Some(proof(0)), Some(strange), Some(newer)] {
            let decision = decide_confirm(&facts(Some(known())), proof.as_ref(), &policy());
            assert_eq!(decision.reasons(), [Reason::CodeWrong]);
        }
    }

    #[test]
    fn a_stale_session_a_frozen_customer_and_a_policy_without_apps_are_refused() {
        let mut forbidding = policy();
        forbidding.factor.remove(&Method::Totp);
        let mut stale = facts(Some(known()));
        stale.owner.session = session(1, 1);
        let mut frozen = facts(Some(known()));
        frozen.owner.session.customer.state = CustomerState::Frozen;
        for (facts, policy, reason) in [
            (stale, policy(), Reason::ProofStale),
            (frozen, policy(), Reason::Frozen),
            (facts(Some(known())), forbidding, Reason::PolicyRequires),
        ] {
            let begun = decide_begin(&facts, (ID, Sealed(vec![1])), &policy);
            let confirmed = decide_confirm(&facts, Some(&proof(7)), &policy);
            for decision in [begun, confirmed] {
                assert_eq!(decision.reasons(), [reason]);
                assert!(decision.changes.is_empty());
            }
        }
    }

    #[test]
    fn a_confirmed_app_is_not_replaced_and_its_removal_is_told() {
        let done = || TotpKnown {
            confirmed: Some(NOW),
            revision: 5,
            ..known()
        };
        let facts = facts(Some(done()));
        let begun = decide_begin(&facts, (ID, Sealed(vec![1])), &policy());
        assert_eq!(begun.reasons(), [Reason::FactorThere]);
        let removed = decide_remove(&facts, &policy());
        assert_eq!(removed.changes[..2], facts.owner.stands());
        assert_eq!(
            removed.changes[2],
            Change::Totp(TotpChange::Removed {
                id: ID,
                revision: 5
            })
        );
        assert_eq!(removed.notices.len(), 2);
    }
}
