//! The act "reveal": staff read what a customer was shown of an operation.
//!
//! **Invariant:** nothing is unsealed before the entry that says who read it and why is committed.

use crate::access::Act;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::DecisionId;
use crate::known::{OperationKnown, StaffRole};
use crate::moment::Moment;
use crate::policy::Policy;
use crate::proof::StaffProved;
use crate::reason::Reason;
use crate::thaw::Ground;
use crate::verdict::Verdict;

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// Who wants to read it.
    pub staff: StaffProved,
    /// The operation.
    pub operation: OperationKnown,
    /// How many statements are kept of it.
    pub statements: usize,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Lets what was shown be read, where something was kept.
pub fn decide(ground: &Ground, facts: &Facts, policy: &Policy) -> Decision {
    let staff = &facts.staff;
    let may = staff.has(StaffRole::Operations) || staff.has(StaffRole::Approver);
    let reason = match (may, facts.statements) {
        (false, _) => Some(Reason::StaffRole),
        (true, 0) => Some(Reason::NothingKept),
        (true, _) => None,
    };
    let recorded = serde_json::json!({
        "subject": "reveal_statement",
        "ground": ground.as_str(),
        "statements": facts.statements,
    });
    Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::Administer,
        actor: Actor::Staff(staff.id()),
        customer: Some(facts.operation.customer.id),
        operation: Some(facts.operation.id),
        verdict: match reason {
            None => Verdict::Allow,
            Some(_) => Verdict::Refuse,
        },
        reasons: reason.into_iter().collect(),
        policy: policy.version.clone(),
        facts: recorded.to_string(),
    })
    .with([staff.stands()])
}
