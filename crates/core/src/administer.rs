//! The act "administer": a person at the machine registers applications, issues credentials, turns
//! signing keys.
//!
//! **Invariant:** what is done from the command line leaves an entry like everything else.

use crate::access::Act;
use crate::change::Change;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::DecisionId;
use crate::moment::Moment;
use crate::policy::Policy;
use crate::verdict::Verdict;

/// Carries out `changes`; `subject` names what they are about in the entry (an id, never a secret).
pub fn decide(
    subject: &str,
    changes: Vec<Change>,
    at: (DecisionId, Moment),
    policy: &Policy,
) -> Decision {
    let (id, now) = at;
    let plain: String = subject
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c))
        .collect();
    Decision::of(Entry {
        id,
        at: now,
        act: Act::Administer,
        actor: Actor::Operator,
        customer: None,
        operation: None,
        verdict: Verdict::Allow,
        reasons: Vec::new(),
        policy: policy.version.clone(),
        facts: format!(r#"{{"subject":"{plain}"}}"#),
    })
    .with(changes)
}
