//! The codes of a recovery came back: it begins, goes on waiting, or gives what was lost.
//!
//! **Invariant:** the same proofs that began a recovery complete it, and nothing else does, once
//! the waiting time is over and while nobody ended it.

use super::{bounds, ended, money_waits, noted};
use crate::access::{Act, Visit};
use crate::bound::Bound;
use crate::bytes::{CounterKey, Sealed, TokenHash};
use crate::change::Change;
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, InteractionId, NoticeId};
use crate::known::{
    ChannelKnown, CustomerKnown, CustomerState, InteractionKind, InteractionKnown, RecoveryKind,
    RecoveryKnown,
};
use crate::moment::Moment;
use crate::notice::NoticeKind;
use crate::policy::Policy;
use crate::proof::FactorProved;
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::sign_in::CONVERSATION;
use crate::step_up::{Admission, Tried, failed, told};
use crate::verdict::Verdict;
use secrecy::SecretString;

/// What is answered.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// From where.
    pub context: Context,
    /// What was lost.
    pub kind: RecoveryKind,
    /// The counter that was used.
    pub tries: CounterKey,
}

/// One of the codes.
#[derive(Debug)]
pub struct Given {
    /// With what it was tried.
    pub tried: Tried,
    /// The proof, if it was right.
    pub factor: Option<FactorProved>,
}

/// What is known.
#[derive(Debug)]
pub struct AnswerFacts {
    /// The conversation.
    pub interaction: InteractionKnown,
    /// What was given for each code that was sent.
    pub given: Vec<Given>,
    /// Whether the try was admitted.
    pub admission: Admission,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// The recovery in course.
    pub recovery: Option<RecoveryKnown>,
    /// Fresh values.
    pub fresh: AnswerFresh,
    /// Now.
    pub now: Moment,
}

/// Fresh values.
#[derive(Clone, Debug)]
pub struct AnswerFresh {
    /// The id of this decision.
    pub decision: DecisionId,
    /// The code by which the customer ends it: its hash and its text.
    pub report: (TokenHash, SecretString),
    /// The id of the message.
    pub notice: NoticeId,
    /// A conversation in which a new password is chosen.
    pub interaction: (InteractionId, TokenHash, Sealed),
}

/// Judges the codes.
pub fn answer(answer: &Answer, facts: &AnswerFacts, policy: &Policy) -> Decision {
    let customer = facts.interaction.customer.as_ref();
    let refused = refusal(answer, facts);
    let due = facts.recovery.filter(|one| one.expires > facts.now);
    let (verdict, reason) = match (refused, due) {
        (Some(reason), _) => (Verdict::Refuse, reason),
        (None, Some(recovery)) if recovery.due <= facts.now => (Verdict::Allow, Reason::Proved),
        (None, _) => (Verdict::Hold, Reason::RecoveryWaits),
    };
    let mut decision = Decision::of(Entry {
        id: facts.fresh.decision,
        at: facts.now,
        act: Act::Recover,
        actor: Actor::Customer,
        customer: customer.map(|customer| customer.id),
        operation: None,
        verdict,
        reasons: vec![reason],
        policy: policy.version.clone(),
        facts: noted(answer.kind),
    });
    let Some(customer) = customer else {
        return decision.with(failed(&answer.context, facts.now));
    };
    let visit = Visit {
        customer: customer.id,
        context: &answer.context,
        application: None,
        ending: match refused {
            None => Ending::Pending,
            Some(_) => Ending::Failure,
        },
    };
    decision.access = Some(visit.access(&decision.entry));
    if refused.is_some() {
        decision = decision.with(failed(&answer.context, facts.now));
        if facts.admission == Admission::Last {
            let report = |report| NoticeKind::Locked { report };
            return reported(decision, (facts, customer), report, policy);
        }
        return decision;
    }
    let proofs = facts.given.iter().filter_map(|one| one.factor.as_ref());
    let used: Vec<_> = proofs.flat_map(|factor| factor.used(facts.now)).collect();
    let InteractionKnown { id, revision, .. } = facts.interaction;
    let decision = decision.with(used).with([
        Change::TriesCleared { key: answer.tries },
        Change::InteractionClosed { id, revision },
    ]);
    match due {
        None => begun(decision, answer, (facts, customer), policy),
        Some(recovery) if recovery.due <= facts.now => {
            given(decision, (facts, customer), &recovery, policy)
        }
        Some(_) => decision,
    }
}

/// The waiting begins, and every verified channel can end it.
fn begun(
    decision: Decision,
    answer: &Answer,
    known: (&AnswerFacts, &CustomerKnown),
    policy: &Policy,
) -> Decision {
    let (facts, customer) = known;
    let due = facts.now.plus(policy.recovery.waiting());
    let begun = Change::RecoveryBegun(RecoveryKnown {
        decision: facts.fresh.decision,
        customer: customer.id,
        kind: answer.kind,
        begun: facts.now,
        due,
        // As long as the code that ends it: nobody completes what nobody can stop any more.
        expires: facts.now.plus(policy.report_life()),
    });
    let kind = |report| NoticeKind::RecoveryBegun {
        report,
        place: answer.context.describe(),
        recovery: answer.kind,
        hours: policy.recovery.waiting_hours,
    };
    reported(decision.with([begun]), (facts, customer), kind, policy)
}

/// The waiting is over.
fn given(
    decision: Decision,
    known: (&AnswerFacts, &CustomerKnown),
    recovery: &RecoveryKnown,
    policy: &Policy,
) -> Decision {
    let (facts, customer) = known;
    match recovery.kind {
        RecoveryKind::Thaw => {
            let CustomerKnown { id, revision, .. } = *customer;
            let decision = decision
                .with([ended(recovery), Change::CustomerThawed { id, revision }])
                .with(money_waits((id, revision + 1), facts.now, policy));
            let kind = |report| NoticeKind::Thawed { report };
            reported(decision, (facts, customer), kind, policy)
        }
        RecoveryKind::Password => {
            let (id, token, state) = facts.fresh.interaction.clone();
            decision.with([Change::InteractionOpened {
                id,
                token,
                kind: InteractionKind::Recover,
                customer: Some(customer.id),
                state,
                at: facts.now,
                expires: facts.now.plus(CONVERSATION),
            }])
        }
    }
}

/// Adds a message on every verified channel with the code that says "this was not me".
fn reported(
    decision: Decision,
    known: (&AnswerFacts, &CustomerKnown),
    kind: impl FnOnce(SecretString) -> NoticeKind,
    policy: &Policy,
) -> Decision {
    let (facts, customer) = known;
    let (code, report) = facts.fresh.report.clone();
    let kind = kind(report);
    let issued = crate::report::issued(code, &decision.entry, customer.id, policy);
    let expires = facts.now.plus(kind.life(policy));
    let to = (customer, facts.fresh.notice);
    let notices = told(&facts.channels, to, &kind, expires);
    decision.with([issued]).telling(notices)
}

fn refusal(answer: &Answer, facts: &AnswerFacts) -> Option<Reason> {
    if facts.admission == Admission::Locked {
        return Some(Reason::TriesExhausted);
    }
    let Some(customer) = &facts.interaction.customer else {
        return Some(Reason::CodeWrong);
    };
    if facts.interaction.expires <= facts.now {
        return Some(Reason::Expired);
    }
    let bounds = bounds(answer.kind, facts.interaction.id);
    if facts.given.len() != bounds.len() {
        return Some(Reason::CodeWrong);
    }
    let lacks = |(given, bound): (&Given, &Bound<'_>)| {
        let factor = given.factor.as_ref();
        given.tried.lacks(factor, bound.digest(), facts.now)
    };
    if let Some(reason) = facts.given.iter().zip(&bounds).find_map(lacks) {
        return Some(reason);
    }
    match (answer.kind, customer.state) {
        (RecoveryKind::Thaw, CustomerState::Active) => Some(Reason::NotFrozen),
        (RecoveryKind::Thaw, CustomerState::Frozen) => {
            customer.contact_doubted.map(|_| Reason::ContactDoubted)
        }
        (RecoveryKind::Password, CustomerState::Frozen) => Some(Reason::Frozen),
        _ => None,
    }
}
