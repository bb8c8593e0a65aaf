//! The act "name device": a customer calls a remembered device something.
//!
//! **Invariant:** a name is kept sealed, since it may be a person's, and decides nothing.

use crate::access::Act;
use crate::bytes::Sealed;
use crate::change::Change;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::DecisionId;
use crate::known::{DeviceListed, SessionKnown};
use crate::moment::Moment;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// What is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The session that the customer is in.
    pub session: SessionKnown,
    /// The device, if the customer has it and has not forgotten it.
    pub device: Option<DeviceListed>,
    /// The name, sealed for that device; `None` takes the name away.
    pub name: Option<Sealed>,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Names it.
pub fn decide(facts: &Facts, policy: &Policy) -> Decision {
    let customer = facts.session.customer.id;
    let own = |device: &&DeviceListed| device.customer == customer;
    let named = facts
        .device
        .as_ref()
        .filter(own)
        .map(|device| Change::DeviceNamed {
            id: device.id,
            customer,
            name: facts.name.clone(),
        });
    let (verdict, reasons) = match named {
        Some(_) => (Verdict::Allow, Vec::new()),
        None => (Verdict::Refuse, vec![Reason::DeviceNew]),
    };
    Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::NameDevice,
        actor: Actor::Customer,
        customer: Some(customer),
        operation: None,
        verdict,
        reasons,
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    })
    .with(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{CustomerId, DeviceId};
    use crate::sample::{NOW, policy, session};

    #[test]
    fn only_ones_own_device_is_named() {
        for (owner, named) in [(1, true), (2, false)] {
            let facts = Facts {
                session: session(1, 1),
                device: Some(DeviceListed {
                    id: DeviceId([7; 16]),
                    customer: CustomerId([owner; 16]),
                    client: None,
                    name: None,
                    created: NOW,
                    last: NOW,
                }),
                name: Some(Sealed(vec![1; 40])),
                decision: DecisionId([9; 16]),
                now: NOW,
            };
            let decision = decide(&facts, &policy());
            assert_eq!(decision.changes.len() == 1, named);
            assert_eq!(decision.verdict() == &Verdict::Allow, named);
        }
    }
}
