//! The act "tell": an application is told by webhook what became of one of its operations.
//!
//! What is told is the present state with its revision. The operation itself knows which revision
//! its application was told last, so that whatever changes it makes it due, a crash forgets
//! nothing, and a newer state is never told before an older one.
//!
//! Waits double from 10 seconds to an hour, each with up to a quarter more by chance; after
//! [`MOST_TRIES`] tries, about three days, a state is given up. `GET /v1/operations/{id}` stays.
//!
//! **Invariant:** a revision counts as told only after its receiver said so, and then exactly that
//! one.

use crate::access::Act;
use crate::change::{Change, WebhookChange};
use crate::decision::Decision;
use crate::deliver;
use crate::entry::{Actor, Entry};
use crate::id::DecisionId;
use crate::known::UntoldKnown;
use crate::moment::{Moment, Span};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// Tries until a state is given up.
pub const MOST_TRIES: i64 = 80;
/// For how long a worker that died keeps others from an operation: longer than one request may
/// take.
pub const CLAIM: Span = Span::minutes(1);

/// What the receiver said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It has it.
    Accepted,
    /// It has not, or nobody knows.
    Failed(String),
}

/// The wait after the `tries`-th failure; `chance` makes it up to a quarter longer, so that what
/// failed together is not tried again together.
#[must_use]
pub fn wait(tries: i64, chance: u8) -> Span {
    let wait = deliver::wait(tries).0;
    Span(wait + wait / 4 * i64::from(chance) / 255)
}

/// Takes an operation, so that no other worker tells of it at the same time.
pub fn decide_claim(untold: &UntoldKnown, id: DecisionId, at: (Moment, &Policy)) -> Decision {
    let (now, policy) = at;
    let operation = &untold.operation;
    Decision::of(entry(untold, id, now, policy)).with([webhook(WebhookChange::Claimed {
        operation: operation.id,
        revision: operation.revision,
        at: now,
        until: now.plus(CLAIM),
    })])
}

/// Records what the receiver said.
pub fn decide(
    untold: &UntoldKnown,
    told: &Told,
    (id, chance): (DecisionId, u8),
    at: (Moment, &Policy),
) -> Decision {
    let (now, policy) = at;
    let operation = &untold.operation;
    let (id_of, revision) = (operation.id, operation.revision);
    let mut entry = entry(untold, id, now, policy);
    let change = match told {
        Told::Accepted => {
            entry.reasons.push(Reason::Delivered);
            WebhookChange::Told {
                operation: id_of,
                revision,
                application: operation.application,
            }
        }
        Told::Failed(error) if untold.tries + 1 >= MOST_TRIES => {
            entry.reasons.push(Reason::DeliveryFailed);
            WebhookChange::GivenUp {
                operation: id_of,
                revision,
                application: operation.application,
                at: now,
                error: error.clone(),
            }
        }
        Told::Failed(error) => {
            entry.reasons.push(Reason::DeliveryFailed);
            WebhookChange::Postponed {
                operation: id_of,
                revision,
                application: operation.application,
                at: now,
                next: now.plus(wait(untold.tries, chance)),
                error: error.clone(),
            }
        }
    };
    Decision::of(entry).with([webhook(change)])
}

fn webhook(change: WebhookChange) -> Change {
    Change::Webhook(Box::new(change))
}

fn entry(untold: &UntoldKnown, id: DecisionId, at: Moment, policy: &Policy) -> Entry {
    let operation = &untold.operation;
    Entry {
        id,
        at,
        act: Act::Tell,
        actor: Actor::Worker,
        customer: Some(operation.customer.id),
        operation: Some(operation.id),
        verdict: Verdict::Allow,
        reasons: Vec::new(),
        policy: policy.version.clone(),
        facts: format!(r#"{{"revision":{}}}"#, operation.revision),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{NOW, operation, policy};

    fn untold(tries: i64) -> UntoldKnown {
        UntoldKnown {
            operation: operation(&[]),
            tries,
        }
    }

    fn after(tries: i64, told: &Told) -> WebhookChange {
        let fresh = (DecisionId([9; 16]), 128);
        let decision = decide(&untold(tries), told, fresh, (NOW, &policy()));
        match decision.changes.as_slice() {
            [Change::Webhook(change)] => change.as_ref().clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn waits_grow_to_an_hour_and_a_quarter_and_end_after_three_days() {
        assert_eq!(wait(0, 0), Span::seconds(10));
        assert_eq!(wait(0, 255), Span(12_500_000));
        assert_eq!(wait(99, 255), Span::minutes(75));
        let total: i64 = (0..MOST_TRIES).map(|tries| wait(tries, 128).0).sum();
        let days = total / Span::days(1).0;
        assert_eq!(days, 3);
    }

    #[test]
    fn exactly_what_was_accepted_is_told() {
        let operation = operation(&[]);
        let told = WebhookChange::Told {
            operation: operation.id,
            revision: 1,
            application: operation.application,
        };
        assert_eq!(after(7, &Told::Accepted), told);
        let failed = Told::Failed("answered 500".into());
        let WebhookChange::Postponed { next, .. } = after(0, &failed) else {
            panic!("not postponed")
        };
        assert!(next > NOW.plus(wait(0, 0)) && next < NOW.plus(wait(0, 255)));
        assert!(matches!(
            after(MOST_TRIES - 1, &failed),
            WebhookChange::GivenUp { revision: 1, .. }
        ));
    }

    #[test]
    fn a_claim_outlasts_a_request() {
        assert!(CLAIM > Span::seconds(15));
        let decision = decide_claim(&untold(0), DecisionId([9; 16]), (NOW, &policy()));
        assert_eq!(decision.changes.len(), 1);
        assert_eq!(decision.entry.actor, Actor::Worker);
    }
}
