//! The act "import": customers are taken over from another system, with the hashes of their
//! passwords and of their transaction PINs.
//!
//! **Invariant:** an import adds customers and never changes one that is there; running it again
//! adds nothing.

use crate::access::Act;
use crate::change::{Change, PinChange};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{CredentialId, CustomerId, DecisionId};
use crate::moment::Moment;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::sign_up::Newcomer;
use crate::verdict::Verdict;

/// What is known of one line.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Who has the login or the reference already.
    pub taken: Option<CustomerId>,
    /// Whether the other system had verified the channel, and when.
    pub verified: Option<Moment>,
    /// The customer of the line.
    pub newcomer: Newcomer,
    /// The hash of the customer's transaction PIN in the other system, and an id for it.
    pub pin: Option<(CredentialId, String)>,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Takes one customer over, unless there already.
pub fn decide(facts: &Facts, policy: &Policy) -> Decision {
    let taken = facts.taken.is_some();
    let decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::Import,
        actor: Actor::Operator,
        customer: Some(facts.taken.unwrap_or(facts.newcomer.id)),
        operation: None,
        verdict: if taken {
            Verdict::Refuse
        } else {
            Verdict::Allow
        },
        reasons: vec![if taken {
            Reason::LoginTaken
        } else {
            Reason::Imported
        }],
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    });
    if taken {
        decision
    } else {
        let pin = facts.pin.clone().map(|(id, hash)| {
            Change::Pin(PinChange::Added {
                id,
                customer: facts.newcomer.id,
                hash,
                at: facts.now,
                begun: None,
            })
        });
        let newcomer = &facts.newcomer;
        let customer = newcomer.changes(facts.now, facts.verified);
        let phone = newcomer.phone().filter(|_| facts.verified.is_some());
        let decision = decision.with(customer).with(pin);
        decision.showing(newcomer.id, phone)
    }
}
