//! The act "deliver": a worker tried to hand a message to the next server.
//!
//! Waits double from 10 seconds to at most one hour; after [`MOST_TRIES`] tries, about a day, a
//! message is given up and an operator can see and resend it.
//!
//! **Invariant:** a message is sent at least once or ends as dead where an operator sees it; none
//! is forgotten.

use crate::access::Act;
use crate::change::Change;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::DecisionId;
use crate::known::NoticeKnown;
use crate::moment::{Moment, Span};
use crate::policy::Policy;
use crate::pump::Texting;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// Tries until a message is given up.
pub const MOST_TRIES: i64 = 32;
/// For how long a worker that died keeps others from a message.
pub const CLAIM: Span = Span::minutes(2);

/// What the next server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Accepted.
    Accepted,
    /// There is no such phone any more (RFC 8030 section 7.3).
    Gone(String),
    /// Not now, and the next server says when.
    Later {
        /// What it said.
        error: String,
        /// The wait that it asks for.
        after: Span,
    },
    /// Refused for good: no such mailbox, no such number.
    Rejected(String),
    /// Not now.
    Unavailable(String),
}

impl Delivery {
    /// The wait that the next server asks for, an hour at most.
    fn pause(&self) -> Span {
        match self {
            Self::Later { after, .. } => (*after).min(Span::hours(1)),
            Self::Accepted | Self::Gone(_) | Self::Rejected(_) | Self::Unavailable(_) => Span(0),
        }
    }
}

/// The wait after the `tries`-th failure: 10 s, 20 s, 40 s … one hour.
#[must_use]
pub fn wait(tries: i64) -> Span {
    let doublings = u32::try_from(tries.clamp(0, 9)).unwrap_or(9);
    let seconds = 10_i64 << doublings;
    Span::seconds(seconds.min(3600))
}

/// Whether what a message says is of no use any more: a code that has expired, a report code that
/// nobody could type.
#[must_use]
pub fn is_late(notice: &NoticeKnown, now: Moment) -> bool {
    notice.expires.is_none_or(|expires| expires <= now)
}

/// Takes a message so that no other worker does, and counts it if it is a text message that is
/// guarded; drops one that comes too late (a code that does not work would only teach its reader to
/// ask for another) or that the guard does not let out.
pub fn decide_claim(
    notice: &NoticeKnown,
    id: DecisionId,
    at: (Moment, &Policy),
    texting: Option<&Texting>,
) -> Decision {
    let (now, policy) = at;
    let mut entry = entry(notice, id, now, policy);
    let counted = match texting {
        _ if is_late(notice, now) => Err(Reason::Expired),
        // One that is tried again was counted when it was first tried.
        Some(texting) if notice.tries == 0 => texting.count(notice.id, now, &policy.text),
        Some(_) | None => Ok(Vec::new()),
    };
    let counted = match counted {
        Ok(counted) => counted,
        Err(reason) => {
            let error = match reason {
                Reason::Expired => "it had expired before it could be sent",
                _ => reason.sentence(),
            };
            entry.verdict = Verdict::Refuse;
            entry.reasons.push(reason);
            return Decision::of(entry).with([Change::NoticeDropped {
                id: notice.id,
                at: now,
                error: error.to_owned(),
            }]);
        }
    };
    let decision = Decision::of(entry).with(counted);
    decision.with([Change::NoticeClaimed {
        id: notice.id,
        at: now,
        until: now.plus(CLAIM),
    }])
}

/// Records a delivery.
pub fn decide(
    notice: &NoticeKnown,
    delivery: &Delivery,
    id: DecisionId,
    at: (Moment, &Policy),
) -> Decision {
    let (now, policy) = at;
    let mut entry = entry(notice, id, now, policy);
    let change = match delivery {
        Delivery::Accepted => {
            entry.reasons.push(Reason::Delivered);
            Change::NoticeSent {
                id: notice.id,
                at: now,
            }
        }
        Delivery::Gone(error) | Delivery::Rejected(error) => {
            entry.reasons.push(Reason::DeliveryFailed);
            Change::NoticeDropped {
                id: notice.id,
                at: now,
                error: error.clone(),
            }
        }
        Delivery::Later { error, .. } | Delivery::Unavailable(error) => {
            entry.reasons.push(Reason::DeliveryFailed);
            if notice.tries + 1 >= MOST_TRIES {
                Change::NoticeDropped {
                    id: notice.id,
                    at: now,
                    error: error.clone(),
                }
            } else {
                let next = now.plus(delivery.pause().max(wait(notice.tries)));
                Change::NoticePostponed {
                    id: notice.id,
                    at: now,
                    next,
                    error: error.clone(),
                }
            }
        }
    };
    Decision::of(entry).with([change])
}

/// An operator sends a dead message again, unless it would come too late.
pub fn decide_resend(
    notice: &NoticeKnown,
    id: DecisionId,
    now: Moment,
    policy: &Policy,
) -> Decision {
    let mut entry = entry(notice, id, now, policy);
    entry.actor = Actor::Operator;
    if is_late(notice, now) {
        entry.verdict = Verdict::Refuse;
        entry.reasons.push(Reason::Expired);
        return Decision::of(entry);
    }
    Decision::of(entry).with([Change::NoticeRevived {
        id: notice.id,
        at: now,
    }])
}

fn entry(notice: &NoticeKnown, id: DecisionId, at: Moment, policy: &Policy) -> Entry {
    Entry {
        id,
        at,
        act: Act::Deliver,
        actor: Actor::Worker,
        customer: notice.customer,
        operation: None,
        verdict: Verdict::Allow,
        reasons: Vec::new(),
        policy: policy.version.clone(),
        facts: format!(r#"{{"notice":"{}"}}"#, notice.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_an_hour() {
        assert_eq!(wait(0), Span::seconds(10));
        assert_eq!(wait(1), Span::seconds(20));
        assert_eq!(wait(30), Span::hours(1));
        let total: i64 = (0..MOST_TRIES).map(|tries| wait(tries).as_seconds()).sum();
        assert!((80_000..100_000).contains(&total), "{total} s");
    }
}
