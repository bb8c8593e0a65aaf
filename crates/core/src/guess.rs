//! Limits on guessing: a try is reserved, in a commit of its own, before the secret is looked at.
//!
//! Counters belong to an account and a factor, and to a device where the customer is on one that
//! was bound before: then a stranger who locks the account's counter does not lock the owner out
//! (OWASP device cookies). The same goes for the messages to a customer.
//!
//! Locks grow from one to the next, and a factor that was failed at `guessing.most` times without a
//! right proof in between is closed ([0011](../../../docs/decisions/0011-locks-that-grow.md)).
//!
//! **Invariant:** between a reservation and the next success or the end of a lock at most
//! `guessing.limit` tries are admitted, however many requests, nodes, restarts or resent codes
//! there are.

use crate::access::Act;
use crate::bytes::CounterKey;
use crate::change::Change;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{CustomerId, DecisionId};
use crate::known::TriesKnown;
use crate::moment::{Moment, Span};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// What a counter counts, and so which limit it has. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Requests of OpenID Connect that browsers of one network brought and nobody answered for yet;
    /// paced like its messages.
    Authorize,
    /// Tries at the backup codes of an account.
    BackupCode,
    /// Tries at a one-time code of an account.
    Code,
    /// Tries at a customer's present address or number.
    Contact,
    /// Sign-ins of a login that failed, whether anybody has it; counted anew after a day without.
    /// The one that is told locks the telling for a day.
    Failure,
    /// Messages to one login or customer. Counting starts anew after a right code, and when none
    /// was asked for during the length of a lock.
    Message,
    /// Messages that visitors from one network asked for. A whole town may share the addresses of
    /// its carrier, so nothing locks: what is over waits until the next one is due.
    NetworkMessage,
    /// Answers of passkeys at the sign-in page that proved nothing, of visitors from one network;
    /// paced likewise. Who cannot sign anything is refused at any pace; this bounds what is kept of
    /// it.
    Passkey,
    /// Tries at the password of a login.
    Password,
    /// Requests to approve on a phone of an account, which an approval clears.
    Push,
    /// Tries at the number of such a request.
    PushNumber,
    /// Reminders to a customer; see [`crate::remind`].
    Reminder,
    /// Tries at the secret of a person of the firm.
    Staff,
    /// Tries at the transaction PIN of an account.
    Pin,
    /// Text messages to a number, prefix or country, or the money for all; see [`crate::pump`].
    Text,
    /// Tries at report codes from one network. They are of no account, so their locks do not grow.
    Report,
    /// Tries at the codes of an authenticator app.
    Totp,
}

/// Requests of one network that are kept at once, and per quarter of an hour after that: more than
/// a carrier's customers bring, and too few to fill a disk (5 MB an hour).
const MOST_REQUESTS: u16 = 1_000;
/// Answers of passkeys that proved nothing of which a network leaves a trace at once, and per
/// quarter of an hour after that: above `risk.guessing_failures` of any sense, so that guessing is
/// noticed.
const MOST_PASSKEYS: u16 = 100;
/// For how long nothing more is told of sign-ins that fail: somebody else decides how many do.
const TOLD_AGAIN: Span = Span::hours(24);
/// The longest lock before a factor is closed.
const LONGEST_LOCK: Span = Span::hours(24);
/// For how long a counter of an account is kept after its last try and its lock: whoever waits for
/// it to be forgotten gains less than one try a week.
const GUESSES_KEPT: Span = Span::days(30);

impl Counted {
    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::BackupCode => "backup_code",
            Self::Code => "code",
            Self::Contact => "contact",
            Self::Failure => "failure",
            Self::Message => "message",
            Self::NetworkMessage => "network_message",
            Self::Passkey => "passkey",
            Self::Password => "password",
            Self::Push => "push",
            Self::PushNumber => "push_number",
            Self::Reminder => "reminder",
            Self::Pin => "pin",
            Self::Report => "report",
            Self::Staff => "staff",
            Self::Totp => "totp",
            Self::Text => "text",
        }
    }

    /// How many a network may bring at once.
    fn at_once(self, policy: &Policy) -> u16 {
        match self {
            Self::Authorize => MOST_REQUESTS,
            Self::Passkey => MOST_PASSKEYS,
            _ => policy.code.messages_per_network,
        }
    }

    /// How many in a row bring a lock that grows.
    fn in_a_row(self, policy: &Policy) -> u16 {
        match self {
            Self::Push => policy.push.requests,
            _ => policy.guessing.limit,
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
        let reserved = |limit, kept| Change::TryReserved {
            key,
            counted: self,
            limit,
            at: now,
            lock: policy.lock(),
            most: u16::MAX,
            closed: policy.lock(),
            kept,
        };
        Some(match self {
            Self::BackupCode
            | Self::Code
            | Self::Contact
            | Self::Password
            | Self::Pin
            | Self::Push
            | Self::PushNumber
            | Self::Staff
            | Self::Totp => {
                vec![Change::TryReserved {
                    key,
                    counted: self,
                    limit: self.in_a_row(policy),
                    at: now,
                    lock: lock_after(tries.map_or(0, |tries| tries.total), policy),
                    most: policy.guessing.most,
                    closed: Span::days(i64::from(policy.guessing.closed_days)),
                    kept: GUESSES_KEPT,
                }]
            }
            Self::Report => vec![reserved(policy.guessing.limit, policy.lock())],
            Self::Message => {
                let quiet = tries.is_some_and(|tries| now.since(tries.last) > policy.lock());
                let cleared = quiet.then_some(Change::TriesCleared { key });
                let counted = reserved(policy.code.messages, policy.lock());
                cleared.into_iter().chain([counted]).collect()
            }
            Self::Failure => {
                let quiet = tries.is_some_and(|tries| now.since(tries.last) > TOLD_AGAIN);
                let cleared = quiet.then_some(Change::TriesCleared { key });
                let counted = Change::TryReserved {
                    key,
                    counted: self,
                    limit: policy.notice.failed_sign_ins,
                    at: now,
                    lock: TOLD_AGAIN,
                    most: u16::MAX,
                    closed: TOLD_AGAIN,
                    kept: TOLD_AGAIN,
                };
                cleared.into_iter().chain([counted]).collect()
            }
            // Counted by the guard and by the campaign, with limits of their own.
            Self::Reminder | Self::Text => return None,
            Self::Authorize | Self::NetworkMessage | Self::Passkey => {
                let limit = self.at_once(policy);
                vec![Change::TryPaced {
                    key,
                    counted: self,
                    limit,
                    at: now,
                    pause: Span(policy.lock().0 / i64::from(limit.max(1))),
                }]
            }
        })
    }
}

/// The lock that the next one of `total` failures in a row may bring: twice as long for each lock
/// before it, up to [`LONGEST_LOCK`].
fn lock_after(total: i64, policy: &Policy) -> Span {
    let before = total / i64::from(policy.guessing.limit.max(1));
    let doublings = u32::try_from(before.clamp(0, 20)).unwrap_or(20);
    let longest = LONGEST_LOCK.max(policy.lock());
    Span(policy.lock().0.saturating_mul(1 << doublings)).min(longest)
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
        Counted::Message.count(self.key, self.tries, now, policy)
    }
}

/// The counter of what is counted in the commit that keeps it, as stored.
#[derive(Clone, Copy, Debug)]
pub struct Requests {
    /// The counter.
    pub key: CounterKey,
    /// What it counts: [`Counted::Authorize`], [`Counted::Passkey`] or [`Counted::Push`].
    pub counted: Counted,
    /// What is stored of it.
    pub tries: Option<TriesKnown>,
}

impl Requests {
    /// The changes that count one more, or `None` when there may be none now.
    #[must_use]
    pub fn count(&self, now: Moment, policy: &Policy) -> Option<Vec<Change>> {
        self.counted.count(self.key, self.tries, now, policy)
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
        actor: match attempt.counted {
            Counted::Staff => Actor::Operator,
            _ => Actor::Customer,
        },
        customer: attempt.customer,
        operation: None,
        verdict,
        reasons,
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    });
    decision.with(counting.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_double_up_to_a_day() {
        let policy = Policy::profile(Policy::DEFAULT).unwrap();
        let minutes = |total| lock_after(total, &policy).as_seconds() / 60;
        assert_eq!([0, 4, 5, 10, 15].map(minutes), [15, 15, 30, 60, 120]);
        assert_eq!([35, 95, i64::MAX].map(minutes), [1440; 3]);
    }
}
