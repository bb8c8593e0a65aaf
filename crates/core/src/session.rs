//! The act "continue": a session is used again after a while.
//!
//! **Invariant:** a session that is over is never brought back.

use crate::access::Act;
use crate::change::Change;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::DecisionId;
use crate::known::{CustomerState, SessionKnown};
use crate::moment::{Moment, Span};
use crate::policy::Policy;
use crate::verdict::Verdict;

/// Whether a session may still be used: within its idle and absolute life, its customer not frozen.
#[must_use]
pub fn is_alive(session: &SessionKnown, now: Moment, policy: &Policy) -> bool {
    let idle = Span::minutes(i64::from(policy.session.idle_minutes));
    session.ends > now
        && now.since(session.last) < idle
        && session.customer.state == CustomerState::Active
}

/// Whether the last use is long enough ago to be written down: a quarter of the idle life.
#[must_use]
pub fn is_due(session: &SessionKnown, now: Moment, policy: &Policy) -> bool {
    let quarter = Span::seconds(i64::from(policy.session.idle_minutes) * 15);
    now.since(session.last) >= quarter
}

/// Writes down that a session was used.
pub fn decide(session: &SessionKnown, at: (DecisionId, Moment), policy: &Policy) -> Decision {
    let (id, now) = at;
    Decision::of(Entry {
        id,
        at: now,
        act: Act::Continue,
        actor: Actor::Customer,
        customer: Some(session.customer.id),
        operation: None,
        verdict: Verdict::Allow,
        reasons: Vec::new(),
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    })
    .with([Change::SessionSeen {
        id: session.id,
        at: now,
    }])
}
