//! The act "sign out": the end of a session, by the customer's own wish.
//!
//! **Invariant:** signing out always succeeds, also twice.

use crate::access::{Act, Visit};
use crate::change::Change;
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{ApplicationId, DecisionId};
use crate::known::SessionKnown;
use crate::moment::Moment;
use crate::policy::Policy;
use crate::sighting::Ending;
use crate::verdict::Verdict;

/// What is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The session that ends.
    pub session: SessionKnown,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Ends a session.
pub fn decide(
    context: &Context,
    application: Option<ApplicationId>,
    facts: &Facts,
    policy: &Policy,
) -> Decision {
    let customer = facts.session.customer.id;
    let entry = Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::SignOut,
        actor: Actor::Customer,
        customer: Some(customer),
        operation: None,
        verdict: Verdict::Allow,
        reasons: Vec::new(),
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    };
    let visit = Visit {
        customer,
        context,
        application,
        ending: Ending::Pending,
    };
    let access = visit.access(&entry);
    let mut decision = Decision::of(entry).with([Change::SessionEnded {
        id: facts.session.id,
        at: facts.now,
    }]);
    decision.access = Some(access);
    decision
}
