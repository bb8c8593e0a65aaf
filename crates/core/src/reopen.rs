//! What opens a factor again before its lock has run out: staff who made sure who asks, or a
//! sign-in by something stronger, which costs no try and so cannot be used up by a stranger.
//!
//! **Invariant:** only counters of the customer's own factors are cleared, and the customer learns
//! of it on every verified channel.

use crate::access::Act;
use crate::bytes::{CounterKey, TokenHash};
use crate::change::Change;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, NoticeId};
use crate::known::{ChannelKnown, CustomerKnown, TriesKnown};
use crate::moment::Moment;
use crate::notice::NoticeKind;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::step_up::told;
use crate::thaw::Ground;
use crate::verdict::Verdict;
use secrecy::SecretString;

/// A counter of one of a customer's factors, as stored.
#[derive(Clone, Copy, Debug)]
pub struct FactorTries {
    /// The counter.
    pub key: CounterKey,
    /// What is stored of it.
    pub tries: Option<TriesKnown>,
}

/// Those of `factors` that are locked at `now`.
fn locked(factors: &[FactorTries], now: Moment) -> impl Iterator<Item = &FactorTries> {
    let locked = move |factor: &&FactorTries| {
        let until = factor.tries.map(|tries| tries.locked_until);
        until.is_some_and(|until| until > now)
    };
    factors.iter().filter(locked)
}

/// The changes by which a stronger proof opens every one of `factors` that is locked at `now`. What
/// is not locked goes on: a customer who signs in every day gives a stranger no more than the tries
/// of one lock. Nor is the total forgotten, or those tries would never come to `guessing.most`; and
/// what was closed by it stays so, since NIST SP 800-63B-4 section 3.2.2 knows no hundred and first
/// try.
pub fn opened(factors: &[FactorTries], now: Moment, policy: &Policy) -> Vec<Change> {
    let most = i64::from(policy.guessing.most);
    let closed = |factor: &&FactorTries| factor.tries.is_some_and(|tries| tries.total >= most);
    locked(factors, now)
        .filter(|factor| !closed(factor))
        .map(|factor| Change::TriesOpened { key: factor.key })
        .collect()
}

/// What is known when staff want a customer's factors opened.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The customer.
    pub customer: CustomerKnown,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// The counters of the customer's factors, those of bound devices included.
    pub factors: Vec<FactorTries>,
    /// Fresh values: the id of this decision and of the notice.
    pub fresh: (DecisionId, NoticeId),
    /// A code to say that it was somebody else: its hash, and as it is told.
    pub report: (TokenHash, SecretString),
    /// Now.
    pub now: Moment,
}

/// Opens the locked factors of a customer, or says that none is locked.
pub fn decide(ground: &Ground, facts: &Facts, policy: &Policy) -> Decision {
    let cleared = |factor: &FactorTries| Change::TriesCleared { key: factor.key };
    let opened: Vec<_> = locked(&facts.factors, facts.now).map(cleared).collect();
    let (verdict, reasons) = if opened.is_empty() {
        (Verdict::Refuse, vec![Reason::NotLocked])
    } else {
        (Verdict::Allow, Vec::new())
    };
    let recorded = serde_json::json!({
        "subject": "reopen",
        "ground": ground.as_str(),
        "counters": opened.len(),
    });
    let decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::Administer,
        actor: Actor::Operator,
        customer: Some(facts.customer.id),
        operation: None,
        verdict,
        reasons,
        policy: policy.version.clone(),
        facts: recorded.to_string(),
    });
    if opened.is_empty() {
        return decision;
    }
    let (code, report) = facts.report.clone();
    let kind = NoticeKind::Reopened { report };
    let expires = facts.now.plus(kind.life(policy));
    let to = (&facts.customer, facts.fresh.1);
    let notices = told(&facts.channels, to, &kind, expires);
    let issued = crate::report::issued(code, &decision.entry, facts.customer.id, policy);
    decision.with(opened).with([issued]).telling(notices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Span;
    use crate::sample::{NOW, channels, customer, policy};

    fn factor(number: u8, locked: Span) -> FactorTries {
        FactorTries {
            key: CounterKey([number; 16]),
            tries: Some(TriesKnown {
                tries: 5,
                total: 100,
                last: NOW.minus(Span::days(1)),
                locked_until: NOW.plus(locked),
            }),
        }
    }

    fn facts(factors: Vec<FactorTries>) -> Facts {
        Facts {
            customer: customer(1),
            channels: channels(),
            factors,
            fresh: (DecisionId([9; 16]), NoticeId([8; 16])),
            report: (TokenHash([7; 32]), SecretString::from("ABCDE-FGHJK")),
            now: NOW,
        }
    }

    fn ground() -> Ground {
        Ground::parse("窓口で本人確認ずみ、案件 2026-115").unwrap()
    }

    #[test]
    fn what_is_locked_opens_and_every_verified_channel_is_told() {
        let never = FactorTries {
            key: CounterKey([4; 16]),
            tries: None,
        };
        let factors = vec![
            factor(1, Span::days(365)),
            factor(2, Span(0)),
            factor(3, Span::minutes(1)),
            never,
        ];
        let decision = decide(&ground(), &facts(factors), &policy());
        let cleared = |number| Change::TriesCleared {
            key: CounterKey([number; 16]),
        };
        assert_eq!(decision.changes[..2], [cleared(1), cleared(3)]);
        assert!(matches!(
            decision.changes[2..],
            [Change::ReportCodeIssued(_)]
        ));
        assert_eq!(decision.entry.act, Act::Administer);
        assert_eq!(decision.entry.actor, Actor::Operator);
        assert_eq!(decision.entry.customer, Some(customer(1).id));
        assert!(decision.entry.facts.contains("案件 2026-115"));
        assert_eq!(decision.notices.len(), 2);
    }

    #[test]
    fn where_nothing_is_locked_nothing_is_done_and_nobody_told() {
        let decision = decide(&ground(), &facts(vec![factor(1, Span(0))]), &policy());
        assert_eq!(decision.verdict(), &Verdict::Refuse);
        assert_eq!(decision.reasons(), [Reason::NotLocked]);
        assert!(decision.changes.is_empty() && decision.notices.is_empty());
    }

    #[test]
    fn a_stronger_proof_opens_locks_but_neither_forgets_failures_nor_opens_what_is_closed() {
        let mut open = factor(1, Span::minutes(1));
        open.tries = open.tries.map(|tries| TriesKnown { total: 99, ..tries });
        let closed = factor(2, Span::days(365));
        let changes = opened(&[open, closed, factor(3, Span(0))], NOW, &policy());
        assert_eq!(changes, [Change::TriesOpened { key: open.key }]);
    }
}
