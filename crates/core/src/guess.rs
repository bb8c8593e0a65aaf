//! Limits on guessing: a try is reserved, in a commit of its own, before the secret is looked at.
//!
//! Counters belong to an account and a factor, and to a device where the customer is on one that
//! was bound before: then a stranger who locks the account's counter does not lock the owner out
//! (OWASP device cookies).
//!
//! **Invariant:** between a reservation and the next success at most `guessing.limit` tries are
//! admitted, however many requests, nodes, restarts or resent codes there are.

use crate::access::Act;
use crate::bytes::CounterKey;
use crate::change::Change;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{CustomerId, DecisionId};
use crate::known::TriesKnown;
use crate::moment::Moment;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// A try at a secret.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The counter.
    pub key: CounterKey,
    /// The customer, if the login is known.
    pub customer: Option<CustomerId>,
}

/// What is known when it is reserved.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The counter as stored.
    pub tries: Option<TriesKnown>,
    /// Now.
    pub now: Moment,
    /// The id of this decision.
    pub decision: DecisionId,
}

/// Admits or refuses one try.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let locked = facts
        .tries
        .is_some_and(|tries| tries.locked_until > facts.now);
    let (verdict, reasons) = if locked {
        (Verdict::Refuse, vec![Reason::TriesExhausted])
    } else {
        (Verdict::Allow, Vec::new())
    };
    let decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::Reserve,
        actor: Actor::Customer,
        customer: attempt.customer,
        operation: None,
        verdict,
        reasons,
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    });
    if locked {
        return decision;
    }
    let limit = policy.guessing.limit;
    decision.with([Change::TryReserved {
        key: attempt.key,
        limit,
        at: facts.now,
        lock: policy.lock(),
    }])
}

/// Whether the try that was just reserved was the last one before a lock.
#[must_use]
pub fn was_last(before: Option<TriesKnown>, now: Moment, policy: &Policy) -> bool {
    let counted =
        before.filter(|tries| tries.locked_until == Moment::default() || tries.locked_until > now);
    counted.map_or(0, |tries| tries.tries) + 1 >= i64::from(policy.guessing.limit)
}
