//! The act "remind": a customer whose password is old is told so, where the policy asks for it.
//!
//! Nothing is forced and nothing ends: most profiles never remind at all (NIST SP 800-63B-4 section
//! 3.1.1.2: periodic changes are not to be required), and `jp-legacy` does no more than that.
//!
//! **Invariant:** nobody is reminded twice within `password.remind_after_days`, on how many nodes
//! the campaign may run and how often it may be begun again.

use crate::access::Act;
use crate::bytes::CounterKey;
use crate::change::Change;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::guess::Counted;
use crate::id::{DecisionId, NoticeId};
use crate::known::{ChannelKnown, CustomerKnown, CustomerState, TriesKnown};
use crate::moment::{Moment, Span};
use crate::notice::NoticeKind;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::step_up::told;
use crate::verdict::Verdict;

/// What is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The customer.
    pub customer: CustomerKnown,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// When the password was set; `None` for a customer without one.
    pub set: Option<Moment>,
    /// The counter of reminders to the customer, and how it stands.
    pub reminded: (CounterKey, Option<TriesKnown>),
    /// Fresh values: the id of this decision and of the notice.
    pub fresh: (DecisionId, NoticeId),
    /// Now.
    pub now: Moment,
}

/// Passwords that were set before this moment are old; `None` where nobody is reminded.
#[must_use]
pub fn old_before(now: Moment, policy: &Policy) -> Option<Moment> {
    let days = policy.password.remind_after_days?;
    Some(now.minus(Span::days(i64::from(days))))
}

/// Reminds the customer on every verified channel, or says why not.
pub fn decide(facts: &Facts, policy: &Policy) -> Decision {
    let reason = refusal(facts, policy);
    let decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::Remind,
        actor: Actor::Operator,
        customer: Some(facts.customer.id),
        operation: None,
        verdict: match reason {
            None => Verdict::Allow,
            Some(_) => Verdict::Refuse,
        },
        reasons: vec![reason.unwrap_or(Reason::PasswordOld)],
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    });
    let days = policy.password.remind_after_days.unwrap_or_default();
    if reason.is_some() {
        return decision;
    }
    let kind = NoticeKind::PasswordOld { days };
    let to = (&facts.customer, facts.fresh.1);
    let expires = facts.now.plus(kind.life(policy));
    let notices = told(&facts.channels, to, &kind, expires);
    decision
        .with([Change::TryPaced {
            key: facts.reminded.0,
            counted: Counted::Reminder,
            limit: 1,
            at: facts.now,
            pause: Span::days(i64::from(days)),
        }])
        .telling(notices)
}

fn refusal(facts: &Facts, policy: &Policy) -> Option<Reason> {
    let old = facts
        .set
        .is_some_and(|set| policy.password.reminds(set, facts.now));
    let waits = |tries: TriesKnown| tries.locked_until > facts.now;
    if facts.customer.state == CustomerState::Frozen {
        Some(Reason::Frozen)
    } else if !old || facts.reminded.1.is_some_and(waits) {
        Some(Reason::ReminderEarly)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{NOW, channels, customer};

    fn facts(days: i64, reminded_days: Option<i64>) -> Facts {
        let tries = reminded_days.map(|ago| {
            let last = NOW.minus(Span::days(ago));
            TriesKnown {
                tries: 1,
                total: 1,
                last,
                locked_until: last.plus(Span::days(180)),
            }
        });
        Facts {
            customer: customer(1),
            channels: channels(),
            set: Some(NOW.minus(Span::days(days))),
            reminded: (CounterKey([7; 16]), tries),
            fresh: (DecisionId([9; 16]), NoticeId([8; 16])),
            now: NOW,
        }
    }

    #[test]
    fn an_old_password_is_told_once_in_its_time_and_only_where_the_policy_says() {
        let legacy = Policy::profile("jp-legacy").unwrap();
        let verdict = |facts: &Facts| decide(facts, &legacy).entry.verdict;
        assert_eq!(verdict(&facts(179, None)), Verdict::Refuse);
        assert_eq!(verdict(&facts(181, None)), Verdict::Allow);
        assert_eq!(verdict(&facts(400, Some(179))), Verdict::Refuse);
        assert_eq!(verdict(&facts(400, Some(181))), Verdict::Allow);
        let mut without = facts(400, None);
        without.set = None;
        assert_eq!(verdict(&without), Verdict::Refuse);
        let mut frozen = facts(400, None);
        frozen.customer.state = CustomerState::Frozen;
        assert_eq!(verdict(&frozen), Verdict::Refuse);
        let told = decide(&facts(400, None), &legacy);
        assert_eq!((told.notices.len(), told.changes.len()), (2, 1));
        for name in ["jsda-2025", "nist-800-63b-4", "asvs-5-l2", "asvs-5-l3"] {
            let policy = Policy::profile(name).unwrap();
            assert_eq!(old_before(NOW, &policy), None, "{name}");
            let decision = decide(&facts(4_000, None), &policy);
            assert!(decision.notices.is_empty(), "{name}");
        }
    }
}
