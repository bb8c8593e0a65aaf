//! The act "approve": on a phone, a customer types the number that the page shows which asks.
//!
//! **Invariant:** nothing is approved but by the right number, on a phone of the same customer that
//! is not the one that asks, once, and as the operation stands now.

use crate::access::{Act, Visit};
use crate::bytes::CounterKey;
use crate::change::{Change, PushChange, Stands};
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::DecisionId;
use crate::known::{ApproverKnown, CustomerKnown, CustomerState, PushKnown};
use crate::moment::Moment;
use crate::policy::{FactorPolicy, Policy};
use crate::proof::{Method, NumberProved};
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::step_up::{Admission, failed};
use crate::verdict::Verdict;

/// An answer on a phone.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// From where.
    pub context: Context,
    /// The counter of numbers that was used.
    pub tries: CounterKey,
    /// The counter of requests, of the browser that asked.
    pub sends: CounterKey,
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// The request that was opened.
    pub request: PushKnown,
    /// Its customer, as stored now.
    pub customer: CustomerKnown,
    /// The phone, if the browser is one of this customer's.
    pub approver: Option<ApproverKnown>,
    /// The digest of what would be approved, as it stands now; `None` when it waits no more.
    pub stands: Option<crate::bytes::Digest>,
    /// The proof that the number was right.
    pub number: Option<NumberProved>,
    /// Whether the try was admitted.
    pub admission: Admission,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

impl Facts {
    /// Why nothing can be approved here now, whatever is typed.
    #[must_use]
    pub fn closed(&self, policy: &Policy) -> Option<Reason> {
        let request = &self.request;
        let own = |phone: &&ApproverKnown| {
            phone.customer == request.customer && Some(phone.device) != request.asker
        };
        if self.approver.as_ref().filter(own).is_none() || self.customer.id != request.customer {
            Some(Reason::PushDevice)
        } else if self.customer.state == CustomerState::Frozen {
            Some(Reason::Frozen)
        } else if policy.factor(Method::Push) == FactorPolicy::Forbid {
            Some(Reason::PolicyRequires)
        } else if request.approved.is_some() || request.expires <= self.now {
            Some(Reason::CodeExpired)
        } else if self.stands != Some(request.bound) {
            Some(Reason::OperationClosed)
        } else {
            None
        }
    }

    fn refusal(&self, policy: &Policy) -> Option<Reason> {
        if self.admission == Admission::Locked {
            return Some(Reason::TriesExhausted);
        }
        let right = |number: &&NumberProved| number.request() == self.request.id;
        let wrong = self.number.as_ref().filter(right).is_none();
        let closed = self.closed(policy);
        closed.or_else(|| wrong.then_some(Reason::CodeWrong))
    }

    /// What a wrong number costs: the request ends with the last one.
    fn missed(&self, policy: &Policy) -> PushChange {
        let PushKnown { id, revision, .. } = self.request;
        let last = self.request.wrong + 1 >= i64::from(policy.push.tries);
        if last || self.admission == Admission::Last {
            PushChange::Ended { id, revision }
        } else {
            PushChange::Missed { id, revision }
        }
    }
}

/// Judges a typed number.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let reason = facts.refusal(policy);
    let entry = Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::Approve,
        actor: Actor::Customer,
        customer: Some(facts.request.customer),
        operation: facts.request.about.operation(),
        verdict: match reason {
            None => Verdict::Allow,
            Some(_) => Verdict::Refuse,
        },
        reasons: vec![reason.unwrap_or(Reason::Proved)],
        policy: policy.version.clone(),
        facts: format!(r#"{{"asked":"{}"}}"#, facts.request.decision),
    };
    let visit = Visit {
        customer: facts.request.customer,
        context: &attempt.context,
        application: None,
        ending: match reason {
            None => Ending::Success,
            Some(_) => Ending::Failure,
        },
    };
    let mut decision = Decision::of(entry);
    // What somebody else's browser does is nothing of this customer's.
    if reason != Some(Reason::PushDevice) {
        decision.access = Some(visit.access(&decision.entry));
    }
    match (reason, &facts.approver) {
        (None, Some(phone)) => decision.with([
            // A freeze meanwhile ends the request too; whoever freezes first is heard.
            Change::Stands(Stands::Customer {
                id: facts.customer.id,
                revision: facts.customer.revision,
            }),
            Change::Push(PushChange::Approved {
                id: facts.request.id,
                revision: facts.request.revision,
                approver: phone.id,
                at: facts.now,
            }),
            Change::TriesCleared { key: attempt.tries },
            Change::TriesCleared { key: attempt.sends },
        ]),
        (Some(Reason::CodeWrong), _) => decision
            .with(failed(&attempt.context, facts.now))
            .with([Change::Push(facts.missed(policy))]),
        _ => decision.with(failed(&attempt.context, facts.now)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::{Digest, Sealed, TokenHash};
    use crate::id::{ChallengeId, CredentialId, CustomerId, DeviceId};
    use crate::known::PushAbout;
    use crate::sample::{NOW, context, customer, policy};

    const ID: ChallengeId = ChallengeId([5; 16]);
    const BOUND: Digest = Digest([7; 32]);

    fn facts() -> Facts {
        Facts {
            request: PushKnown {
                id: ID,
                customer: CustomerId([1; 16]),
                about: PushAbout::SignIn,
                bound: BOUND,
                secret: TokenHash([6; 32]),
                sealed: Sealed(vec![3]),
                asker: Some(DeviceId([1; 16])),
                decision: DecisionId([8; 16]),
                sent: NOW,
                expires: NOW.plus(policy().code_life()),
                wrong: 0,
                approved: None,
                revision: 1,
            },
            customer: customer(1),
            approver: Some(ApproverKnown {
                id: CredentialId([2; 16]),
                customer: CustomerId([1; 16]),
                device: DeviceId([2; 16]),
                sealed: Sealed(vec![1]),
                key: "key".into(),
                created: NOW,
                last: None,
            }),
            stands: Some(BOUND),
            number: Some(NumberProved::assert_number(ID)),
            admission: Admission::Admitted,
            decision: DecisionId([9; 16]),
            now: NOW,
        }
    }

    fn judged(facts: &Facts) -> Decision {
        let attempt = Attempt {
            context: context(),
            tries: CounterKey([1; 16]),
            sends: CounterKey([2; 16]),
        };
        decide(&attempt, facts, &policy())
    }

    fn push(decision: &Decision) -> Vec<&PushChange> {
        fn of(change: &Change) -> Option<&PushChange> {
            match change {
                Change::Push(change) => Some(change),
                _ => None,
            }
        }
        decision.changes.iter().filter_map(of).collect()
    }

    #[test]
    fn the_right_number_on_the_customers_phone_approves() {
        let decision = judged(&facts());
        assert_eq!(decision.verdict(), &Verdict::Allow);
        assert!(matches!(
            push(&decision)[..],
            [PushChange::Approved {
                id: ID,
                revision: 1,
                ..
            }]
        ));
        let cleared = |change: &&Change| matches!(change, Change::TriesCleared { .. });
        assert_eq!(decision.changes.iter().filter(cleared).count(), 2);
    }

    #[test]
    fn a_wrong_number_is_counted_and_the_last_one_ends_the_request() {
        let mut facts = facts();
        for number in [
            None,
            Some(NumberProved::assert_number(ChallengeId([4; 16]))),
        ] {
            facts.number = number;
            let decision = judged(&facts);
            assert_eq!(decision.reasons(), [Reason::CodeWrong]);
            assert!(matches!(push(&decision)[..], [PushChange::Missed { .. }]));
        }
        facts.request.wrong = 2;
        let third = judged(&facts);
        assert!(matches!(push(&third)[..], [PushChange::Ended { .. }]));
        facts.request.wrong = 0;
        facts.admission = Admission::Last;
        let locking = judged(&facts);
        assert!(matches!(push(&locking)[..], [PushChange::Ended { .. }]));
    }

    #[test]
    fn what_is_anothers_over_or_not_the_same_any_more_is_not_approved() {
        let case = |reason, change: fn(&mut Facts)| {
            let mut facts = facts();
            change(&mut facts);
            let decision = judged(&facts);
            assert_eq!(decision.reasons(), [reason]);
            assert!(push(&decision).is_empty());
        };
        case(Reason::PushDevice, |facts| facts.approver = None);
        case(Reason::PushDevice, |facts| {
            let phone = facts.approver.as_mut();
            phone.unwrap().customer = CustomerId([2; 16]);
        });
        case(Reason::PushDevice, |facts| {
            facts.request.asker = Some(DeviceId([2; 16]))
        });
        case(Reason::Frozen, |facts| {
            facts.customer.state = CustomerState::Frozen
        });
        case(Reason::CodeExpired, |facts| {
            facts.request.approved = Some((CredentialId([2; 16]), NOW))
        });
        case(Reason::CodeExpired, |facts| {
            facts.now = facts.request.expires
        });
        case(Reason::OperationClosed, |facts| facts.stands = None);
        case(Reason::OperationClosed, |facts| {
            facts.stands = Some(Digest([8; 32]))
        });
        case(Reason::TriesExhausted, |facts| {
            facts.admission = Admission::Locked
        });
    }
}
