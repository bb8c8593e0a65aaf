//! The act "housekeep": what has expired long ago is removed.
//!
//! Conversations, unused codes, requests and codes of OpenID Connect, ended sessions, report codes,
//! idempotency keys, counters and the words of messages have no use after their end; [`KEPT`] is
//! how long they are kept all the same. That a message was sent is kept for `notice.kept_days`,
//! an alert that was closed for [`ALERTS_KEPT`].
//!
//! **Invariant:** nothing that a person could still ask about is removed: entries, accesses,
//! sightings and operations stay, and messages as long as the policy says.

use crate::access::Act;
use crate::change::Change;
use crate::decision::Decision;
use crate::entry::Entry;
use crate::id::DecisionId;
use crate::moment::{Moment, Span};
use crate::policy::Policy;

/// For how long what has expired is kept; idempotency keys work at least that long.
pub const KEPT: Span = Span::hours(24);

/// For how long an alert that was closed is kept: as long as sweeps usually look back. Our own
/// figure. One that nobody closed stays.
pub const ALERTS_KEPT: Span = Span::days(365);

/// For how long a campaign is kept that does not run, since it last changed. Our own figure: a
/// year's report can count it.
pub const CAMPAIGNS_KEPT: Span = Span::days(400);

/// Messages that were sent or given up before this moment are nothing to ask about any more.
#[must_use]
pub fn messages_before(now: Moment, policy: &Policy) -> Moment {
    now.minus(Span::days(i64::from(policy.notice.kept_days)))
}

/// Removes what expired more than [`KEPT`] ago.
pub fn decide(id: DecisionId, now: Moment, policy: &Policy) -> Decision {
    let entry = Entry::of_worker(Act::Housekeep, (id, now), "{}".to_owned(), policy);
    Decision::of(entry).with([Change::ExpiredRemoved {
        before: now.minus(KEPT),
        messages: messages_before(now, policy),
    }])
}
