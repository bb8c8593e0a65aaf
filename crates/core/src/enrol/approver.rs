//! A phone that approves is added or removed: on the phone itself, in a fresh session, and told.
//!
//! **Invariant:** a phone is the remembered device of the session that adds it, and no other
//! browser can make it one.

use crate::access::Act;
use crate::bytes::Sealed;
use crate::bytes::TokenHash;
use crate::change::{Change, PushChange};
use crate::context::Context;
use crate::decision::Decision;
use crate::enrol::Owner;
use crate::entry::{Actor, Entry};
use crate::id::{CredentialId, DecisionId, DeviceId, NoticeId};
use crate::known::{ApproverKnown, ChannelKnown, CustomerKnown};
use crate::moment::Moment;
use crate::notice::NoticeKind;
use crate::policy::{FactorPolicy, Policy};
use crate::proof::Method;
use crate::reason::Reason;
use crate::step_up::told;
use crate::verdict::Verdict;
use secrecy::SecretString;

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// Who.
    pub owner: Owner,
    /// The phones there are.
    pub approvers: Vec<ApproverKnown>,
    /// The device of the browser, if it is recognised.
    pub device: Option<DeviceId>,
    /// From where.
    pub context: Context,
}

impl Facts {
    /// The device of the session, if the browser is still that device.
    #[must_use]
    pub fn own_device(&self) -> Option<DeviceId> {
        self.device
            .filter(|device| self.owner.session.device == Some(*device))
    }

    /// Why this phone cannot be added in this session now.
    #[must_use]
    pub fn refusal(&self, policy: &Policy) -> Option<Reason> {
        if policy.factor(Method::Push) == FactorPolicy::Forbid {
            return Some(Reason::PolicyRequires);
        }
        let Some(device) = self.own_device() else {
            return Some(Reason::PushDevice);
        };
        let others = self.approvers.iter().filter(|known| known.device != device);
        if others.count() >= usize::from(policy.push.most) {
            return Some(Reason::PushMany);
        }
        self.owner.refusal(policy)
    }
}

/// Adds the phone, or gives it the address that its browser has now: what is `fresh` is an id, the
/// sealed subscription, and the key of ours that it was made for.
pub fn decide_add(
    facts: &Facts,
    fresh: (CredentialId, Sealed, String),
    policy: &Policy,
) -> Decision {
    let (owner, (id, sealed, key)) = (&facts.owner, fresh);
    let reason = facts.refusal(policy);
    let decision = Decision::of(owner.entry(Act::Enrol, reason, policy));
    let (Some(device), None) = (facts.own_device(), reason) else {
        return decision;
    };
    let added = ApproverKnown {
        id,
        customer: owner.customer(),
        device,
        sealed,
        key,
        created: owner.now,
        last: None,
    };
    let kind = NoticeKind::ApproverAdded {
        report: owner.report.1.clone(),
        place: facts.context.describe(),
    };
    let change = Change::Push(PushChange::ApproverAdded(Box::new(added)));
    let decision = decision.with(owner.stands()).with([change]);
    owner.told(decision, &kind, policy)
}

/// Removes a phone. Like forgetting a device it is the safe direction, so the session is proof
/// enough.
pub fn decide_remove(facts: &Facts, id: CredentialId, policy: &Policy) -> Decision {
    let owner = &facts.owner;
    let own = |known: &&ApproverKnown| known.id == id && known.customer == owner.customer();
    let found = facts.approvers.iter().find(own);
    let reason = found.is_none().then_some(Reason::FactorMissing);
    let decision = Decision::of(owner.entry(Act::Discard, reason, policy));
    match found {
        Some(_) => removed(decision, owner, id, policy),
        None => decision,
    }
}

/// Removes a phone whose push service says that there is none (RFC 8030 section 7.3).
pub fn decide_gone(known: &ApproverKnown, gone: &Gone, policy: &Policy) -> Decision {
    let mut decision = Decision::of(Entry {
        id: gone.decision,
        at: gone.now,
        act: Act::Discard,
        actor: Actor::Worker,
        customer: Some(known.customer),
        operation: None,
        verdict: Verdict::Allow,
        reasons: vec![Reason::DeliveryFailed],
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    });
    decision
        .changes
        .push(Change::Push(PushChange::ApproverRemoved {
            id: known.id,
            customer: known.customer,
        }));
    let kind = NoticeKind::ApproverRemoved {
        report: gone.report.1.clone(),
    };
    let issued = crate::report::issued(gone.report.0, &decision.entry, known.customer, policy);
    let expires = gone.now.plus(kind.life(policy));
    let to = (&gone.customer, gone.notice);
    let notices = told(&gone.channels, to, &kind, expires);
    decision.with([issued]).telling(notices)
}

/// Who is told that a phone is gone, and what that needs.
#[derive(Clone, Debug)]
pub struct Gone {
    /// Whose phone.
    pub customer: CustomerKnown,
    /// Where the customer is told.
    pub channels: Vec<ChannelKnown>,
    /// A code by which the customer can say "this was not me": its hash and its text.
    pub report: (TokenHash, SecretString),
    /// The id of the message.
    pub notice: NoticeId,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

fn removed(decision: Decision, owner: &Owner, id: CredentialId, policy: &Policy) -> Decision {
    let change = Change::Push(PushChange::ApproverRemoved {
        id,
        customer: owner.customer(),
    });
    let kind = NoticeKind::ApproverRemoved {
        report: owner.report.1.clone(),
    };
    owner.told(decision.with([change]), &kind, policy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{NOW, channels, context, policy, session};

    const PHONE: DeviceId = DeviceId([2; 16]);

    fn facts() -> Facts {
        let mut session = session(1, 1);
        session.proved = NOW;
        session.device = Some(PHONE);
        Facts {
            owner: Owner {
                session,
                passkeys: Vec::new(),
                usable: crate::passkey::Usable::default(),
                channels: channels(),
                report: (TokenHash([2; 32]), "ABCDE-12345".into()),
                notice: NoticeId([1; 16]),
                decision: DecisionId([9; 16]),
                now: NOW,
            },
            approvers: Vec::new(),
            device: Some(PHONE),
            context: context(),
        }
    }

    fn phone(number: u8) -> ApproverKnown {
        ApproverKnown {
            id: CredentialId([number; 16]),
            customer: facts().owner.customer(),
            device: DeviceId([number; 16]),
            sealed: Sealed(vec![1]),
            key: "key".into(),
            created: NOW,
            last: None,
        }
    }

    fn added(facts: &Facts) -> Decision {
        let fresh = (CredentialId([3; 16]), Sealed(vec![1]), "key".to_owned());
        decide_add(facts, fresh, &policy())
    }

    #[test]
    fn the_phone_of_a_fresh_session_is_added_and_every_channel_is_told() {
        let decision = added(&facts());
        assert!(matches!(
            &decision.changes[2],
            Change::Push(PushChange::ApproverAdded(known)) if known.device == PHONE
        ));
        assert_eq!(decision.notices.len(), 2);
    }

    #[test]
    fn no_other_browser_becomes_a_phone_and_there_are_few() {
        let case = |reason, change: fn(&mut Facts)| {
            let mut facts = facts();
            change(&mut facts);
            let decision = added(&facts);
            assert_eq!(decision.reasons(), [reason]);
            assert!(decision.changes.is_empty() && decision.notices.is_empty());
        };
        case(Reason::PushDevice, |facts| facts.device = None);
        case(Reason::PushDevice, |facts| {
            facts.device = Some(DeviceId([3; 16]))
        });
        case(Reason::PushDevice, |facts| {
            facts.owner.session.device = None
        });
        case(Reason::PushMany, |facts| {
            facts.approvers = [5, 6, 7].map(phone).to_vec()
        });
        case(Reason::ProofStale, |facts| facts.owner.session = stale());
        let mut again = facts();
        again.approvers = [2, 6, 7].map(phone).to_vec();
        assert_eq!(
            added(&again).verdict(),
            &Verdict::Allow,
            "the same phone anew"
        );
    }

    fn stale() -> crate::known::SessionKnown {
        crate::known::SessionKnown {
            device: Some(PHONE),
            ..session(1, 1)
        }
    }

    #[test]
    fn a_phone_is_removed_by_its_customer_and_told() {
        let mut facts = facts();
        facts.approvers = vec![phone(6)];
        let decision = decide_remove(&facts, phone(6).id, &policy());
        assert_eq!(decision.notices.len(), 2);
        facts.approvers[0].customer = crate::id::CustomerId([2; 16]);
        let refused = decide_remove(&facts, phone(6).id, &policy());
        assert_eq!(refused.reasons(), [Reason::FactorMissing]);
        assert!(refused.changes.is_empty());
    }
}
