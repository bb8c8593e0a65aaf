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

/// What a counter counts, and so which limit it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Tries at a secret, until one is right or a lock runs out.
    Guesses,
    /// Messages to one login or customer. Counting starts anew after a right code, and when none
    /// was asked for during the length of a lock.
    Messages,
    /// Messages that visitors from one network asked for; starts anew likewise, but for the code.
    NetworkMessages,
}

impl Counted {
    const fn limit(self, policy: &Policy) -> u16 {
        match self {
            Self::Guesses => policy.guessing.limit,
            Self::Messages => policy.code.messages,
            Self::NetworkMessages => policy.code.messages_per_network,
        }
    }

    /// The changes that count one more, or `None` while `tries` are locked.
    fn count(
        self,
        key: CounterKey,
        tries: Option<TriesKnown>,
        now: Moment,
        policy: &Policy,
    ) -> Option<Vec<Change>> {
        if tries.is_some_and(|tries| tries.locked_until > now) {
            return None;
        }
        let quiet = self != Self::Guesses
            && tries.is_some_and(|tries| now.since(tries.last) > policy.lock());
        let mut changes = Vec::new();
        if quiet {
            changes.push(Change::TriesCleared { key });
        }
        changes.push(Change::TryReserved {
            key,
            limit: self.limit(policy),
            at: now,
            lock: policy.lock(),
        });
        Some(changes)
    }
}

/// The counter of the messages to one customer, as stored. A message is counted in the commit that
/// queues it.
#[derive(Clone, Copy, Debug)]
pub struct Sends {
    /// The counter.
    pub key: CounterKey,
    /// What is stored of it.
    pub tries: Option<TriesKnown>,
}

impl Sends {
    /// The changes that count one more message, or `None` when there may be none now.
    #[must_use]
    pub fn count(&self, now: Moment, policy: &Policy) -> Option<Vec<Change>> {
        Counted::Messages.count(self.key, self.tries, now, policy)
    }
}

/// A try at a secret, or the wish for a message.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The counter.
    pub key: CounterKey,
    /// The customer, if the login is known.
    pub customer: Option<CustomerId>,
    /// What the counter counts.
    pub counted: Counted,
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
    let counting = attempt
        .counted
        .count(attempt.key, facts.tries, facts.now, policy);
    let (verdict, reasons) = match &counting {
        Some(_) => (Verdict::Allow, Vec::new()),
        None => (Verdict::Refuse, vec![Reason::TriesExhausted]),
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
    decision.with(counting.unwrap_or_default())
}
