//! The act "forget device": a customer takes back that a browser or phone is remembered.
//!
//! A forgotten device has no tries of its own any more, and whoever comes with its token is asked
//! for a second factor, wherever they are.
//!
//! **Invariant:** nobody forgets the device of another customer, and who forgets one is told on
//! every channel.

use crate::access::{Act, Visit};
use crate::bytes::TokenHash;
use crate::change::Change;
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, NoticeId};
use crate::known::{ChannelKnown, DeviceListed, SessionKnown};
use crate::moment::Moment;
use crate::notice::NoticeKind;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::step_up::told;
use crate::verdict::Verdict;
use secrecy::SecretString;

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// The session that the customer is in.
    pub session: SessionKnown,
    /// From where.
    pub context: Context,
    /// The device, if the customer has it and has not forgotten it.
    pub device: Option<DeviceListed>,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// Fresh values: this decision, the code for "this was not me", and the notice.
    pub fresh: (DecisionId, (TokenHash, SecretString), NoticeId),
    /// Now.
    pub now: Moment,
}

/// Forgets it, and ends the other sessions that were opened on it.
pub fn decide(facts: &Facts, policy: &Policy) -> Decision {
    let customer = &facts.session.customer;
    let own = |device: &&DeviceListed| device.customer == customer.id;
    let device = facts.device.as_ref().filter(own);
    let (verdict, reasons) = match device {
        Some(_) => (Verdict::Allow, Vec::new()),
        None => (Verdict::Refuse, vec![Reason::DeviceNew]),
    };
    let mut decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::ForgetDevice,
        actor: Actor::Customer,
        customer: Some(customer.id),
        operation: None,
        verdict,
        reasons,
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    });
    let Some(device) = device else {
        return decision;
    };
    let visit = Visit {
        customer: customer.id,
        context: &facts.context,
        application: None,
        ending: Ending::Pending,
    };
    decision.access = Some(visit.access(&decision.entry));
    let (code, report) = facts.fresh.1.clone();
    let kind = NoticeKind::DeviceForgotten {
        report,
        place: facts.context.describe(),
    };
    let expires = facts.now.plus(kind.life(policy));
    let notices = told(&facts.channels, (customer, facts.fresh.2), &kind, expires);
    let issued = crate::report::issued(code, &decision.entry, customer.id, policy);
    let forgotten = Change::DeviceForgotten {
        id: device.id,
        customer: customer.id,
        but: facts.session.id,
        at: facts.now,
    };
    decision.with([forgotten, issued]).telling(notices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{CustomerId, DeviceId};
    use crate::sample::{NOW, channels, context, policy, session};

    fn facts(owner: Option<u8>) -> Facts {
        Facts {
            session: session(1, 1),
            context: context(),
            device: owner.map(|owner| DeviceListed {
                id: DeviceId([7; 16]),
                customer: CustomerId([owner; 16]),
                client: None,
                name: None,
                created: NOW,
                last: NOW,
            }),
            channels: channels(),
            fresh: (
                DecisionId([9; 16]),
                (TokenHash([6; 32]), "ABCDE-12345".into()),
                NoticeId([8; 16]),
            ),
            now: NOW,
        }
    }

    #[test]
    fn a_device_is_forgotten_by_its_customer_and_every_channel_is_told() {
        let decision = decide(&facts(Some(1)), &policy());
        assert_eq!(decision.verdict(), &Verdict::Allow);
        assert!(matches!(
            decision.changes[0],
            Change::DeviceForgotten { but, .. } if but == session(1, 1).id
        ));
        assert_eq!(decision.notices.len(), 2);
    }

    #[test]
    fn the_device_of_somebody_else_stays() {
        for owner in [None, Some(2)] {
            let decision = decide(&facts(owner), &policy());
            assert_eq!(decision.verdict(), &Verdict::Refuse);
            assert!(decision.changes.is_empty() && decision.notices.is_empty());
        }
    }
}
