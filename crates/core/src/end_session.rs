//! The act "end session": a customer ends sessions of their own, one of them or all but the one
//! they are in.
//!
//! **Invariant:** nobody ends the session of another customer, and ending one twice is no fault.

use crate::access::{Act, Visit};
use crate::change::Change;
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::DecisionId;
use crate::known::SessionKnown;
use crate::moment::Moment;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::verdict::Verdict;

/// Which sessions are to end.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// One of them, if there is such a session.
    One(Option<Box<SessionKnown>>),
    /// All but the one that the customer is in.
    Others,
}

/// What is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The session that the customer is in.
    pub session: SessionKnown,
    /// From where.
    pub context: Context,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Ends them.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let customer = facts.session.customer.id;
    let at = facts.now;
    let change = match attempt {
        Attempt::One(target) => target
            .as_ref()
            .filter(|target| target.customer.id == customer)
            .map(|target| Change::SessionEnded { id: target.id, at }),
        Attempt::Others => Some(Change::OtherSessionsEnded {
            customer,
            but: facts.session.id,
            at,
        }),
    };
    let (verdict, reasons) = match &change {
        Some(_) => (Verdict::Allow, Vec::new()),
        None => (Verdict::Refuse, vec![Reason::SessionMissing]),
    };
    let mut decision = Decision::of(Entry {
        id: facts.decision,
        at,
        act: Act::EndSession,
        actor: Actor::Customer,
        customer: Some(customer),
        operation: None,
        verdict,
        reasons,
        policy: policy.version.clone(),
        facts: "{}".to_owned(),
    })
    .with(change);
    if decision.verdict() == &Verdict::Allow {
        let visit = Visit {
            customer,
            context: &facts.context,
            application: None,
            ending: Ending::Pending,
        };
        decision.access = Some(visit.access(&decision.entry));
    }
    decision
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{NOW, context, policy, session};

    fn facts() -> Facts {
        Facts {
            session: session(1, 1),
            context: context(),
            decision: DecisionId([9; 16]),
            now: NOW,
        }
    }

    #[test]
    fn a_customer_ends_their_own_sessions_and_nobody_elses() {
        let cases = [
            (
                Attempt::One(Some(Box::new(session(2, 1)))),
                Some("SessionEnded"),
            ),
            (
                Attempt::One(Some(Box::new(session(1, 1)))),
                Some("SessionEnded"),
            ),
            (Attempt::Others, Some("OtherSessionsEnded")),
            (Attempt::One(Some(Box::new(session(2, 2)))), None),
            (Attempt::One(None), None),
        ];
        for (attempt, change) in cases {
            let decision = decide(&attempt, &facts(), &policy());
            let made: Vec<_> = decision.changes.iter().map(|c| format!("{c:?}")).collect();
            match change {
                Some(name) => assert!(made.len() == 1 && made[0].starts_with(name), "{made:?}"),
                None => assert!(made.is_empty() && decision.access.is_none(), "{made:?}"),
            }
            assert_eq!(decision.verdict() == &Verdict::Allow, change.is_some());
            assert_eq!(decision.access.is_some(), change.is_some());
        }
    }

    #[test]
    fn the_session_that_the_customer_is_in_stays() {
        let decision = decide(&Attempt::Others, &facts(), &policy());
        let kept = Change::OtherSessionsEnded {
            customer: session(1, 1).customer.id,
            but: session(1, 1).id,
            at: NOW,
        };
        assert_eq!(decision.changes, [kept]);
    }
}
