//! The act "housekeep": what has expired long ago is removed.
//!
//! Conversations, unused codes, requests and codes of OpenID Connect, ended sessions, report codes,
//! idempotency keys, counters and the words of messages have no use after their end; [`KEPT`] is
//! how long they are kept all the same. That a message was sent is kept for `notice.kept_days`.
//!
//! **Invariant:** nothing that a person could still ask about is removed: entries, accesses,
//! sightings and operations stay, and messages as long as the policy says.

use crate::access::Act;
use crate::change::Change;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::DecisionId;
use crate::moment::{Moment, Span};
use crate::policy::Policy;
use crate::verdict::Verdict;

/// For how long what has expired is kept; idempotency keys work at least that long.
pub const KEPT: Span = Span::hours(24);

/// Messages that were sent or given up before this moment are nothing to ask about any more.
#[must_use]
pub fn messages_before(now: Moment, policy: &Policy) -> Moment {
    now.minus(Span::days(i64::from(policy.notice.kept_days)))
}

/// Removes what expired more than [`KEPT`] ago.
pub fn decide(id: DecisionId, now: Moment, policy: &Policy) -> Decision {
    Decision::of(Entry {
        id,
        at: now,
        act: Act::Housekeep,
        actor: Actor::Worker,
        customer: None,
        operation: None,
        verdict: Verdict::Allow,
        reasons: Vec::new(),
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    })
    .with([Change::ExpiredRemoved {
        before: now.minus(KEPT),
        messages: messages_before(now, policy),
    }])
}
