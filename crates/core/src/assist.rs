//! The act "assist": the support desk does for a caller what the web has stopped.
//!
//! The caller reads a code from the page of their own account, where they are signed in and proved
//! again a moment ago. What a thief of data knows, answers to questions say, and so there is no way
//! in by them. The desk then asks for an operation in the customer's name; money and payout
//! accounts wait until a second person agrees. The customer is told of every step.
//!
//! **Invariant:** no operation is asked for at the desk but in a call whose customer proved who
//! they are, by the person who took it; and none that moves money or where it goes is confirmed
//! there but by another person.

use crate::access::{Act, OperationKind};
use crate::bound::Bound;
use crate::bytes::{CounterKey, Digest, Sealed};
use crate::change::{Change, DeskChange, GrantIssued, OperationCreated};
use crate::decision::Decision;
use crate::enrol::Owner;
use crate::entry::{Actor, Entry};
use crate::hold::Hold;
use crate::id::{ApplicationId, CallId, CustomerId, DecisionId, OperationId, StaffId};
use crate::known::{
    CallKnown, ChallengeKnown, ChannelKnown, CrowdKnown, CustomerKnown, CustomerState,
    OperationKnown, StaffRole, StopKnown, StopsKnown, Strange, Way, Word,
};
use crate::login::ChannelKind;
use crate::moment::{Moment, Span};
use crate::notice::{HoldEvent, OperationEvent, OperationSubject};
use crate::operate::Fresh;
use crate::operation::{Fields, OperationState};
use crate::policy::{OperationEffect, OperationPolicy, Policy};
use crate::proof::{FactorProved, StaffProved};
use crate::reason::Reason;
use crate::signal::registered;
use crate::step_up::{Admission, FreshChallenge, Tried};
use crate::verdict::{Requirement, Verdict};

/// For how long a call counts.
pub const CALL_LIFE: Span = Span::minutes(30);
/// For how long a second person may agree.
pub const AGREE_LIFE: Span = Span::hours(24);

/// Makes the code that a customer reads to the desk, in the place of the one there is.
pub fn decide_code(
    owner: &Owner,
    seen: Option<&ChallengeKnown>,
    fresh: &FreshChallenge,
    policy: &Policy,
) -> Decision {
    let reason = owner.refusal(policy);
    let decision = Decision::of(owner.entry(Act::Assist, reason, policy));
    if reason.is_some() {
        return decision;
    }
    let customer = owner.customer();
    let made = Change::ChallengeSent {
        id: fresh.id,
        notice: fresh.notice,
        customer: Some(customer),
        kind: ChannelKind::Mail,
        bound: Bound::Telephone(customer).digest(),
        seen: seen.map(|known| known.id),
        code: fresh.hash,
        at: owner.now,
        expires: owner.now.plus(policy.code_life()),
    };
    decision.with(owner.stands()).with([made])
}

/// Who of the firm does it, and what is fresh about it.
#[derive(Debug)]
pub struct Desk {
    /// Who.
    pub staff: StaffProved,
    /// The counter of tries at their secret.
    pub tries: CounterKey,
    /// Now.
    pub now: Moment,
}

impl Desk {
    fn entry(&self, id: DecisionId, about: (Act, CustomerId), policy: &Policy) -> Entry {
        Entry {
            id,
            at: self.now,
            act: about.0,
            actor: Actor::Staff(self.staff.id()),
            customer: Some(about.1),
            operation: None,
            verdict: Verdict::Refuse,
            reasons: Vec::new(),
            policy: policy.version.clone(),
            facts: "{}".to_owned(),
        }
    }

    fn stands(&self, customer: &CustomerKnown) -> [Change; 3] {
        let (id, revision) = (customer.id, customer.revision);
        let customer = crate::change::Stands::Customer { id, revision };
        let cleared = Change::TriesCleared { key: self.tries };
        [self.staff.stands(), Change::Stands(customer), cleared]
    }

    fn lacks(&self, role: StaffRole) -> Option<Reason> {
        (!self.staff.has(role)).then_some(Reason::StaffRole)
    }
}

/// What is known when a caller reads a code.
#[derive(Debug)]
pub struct IdentifyFacts {
    /// Who answers.
    pub desk: Desk,
    /// Who is said to call.
    pub customer: CustomerKnown,
    /// The code that was made, and whether it was read.
    pub tried: (Tried, Option<FactorProved>),
    /// Whether the try was admitted, and its counter.
    pub admission: (Admission, CounterKey),
    /// Fresh values: the id of this decision and of the call.
    pub fresh: (DecisionId, CallId),
}

/// The caller is who they say, or is not.
pub fn decide_identify(facts: &IdentifyFacts, policy: &Policy) -> Decision {
    let (desk, customer) = (&facts.desk, &facts.customer);
    let (tried, factor) = &facts.tried;
    let bound = Bound::Telephone(customer.id).digest();
    let frozen = (customer.state == CustomerState::Frozen).then_some(Reason::Frozen);
    let locked = (facts.admission.0 == Admission::Locked).then_some(Reason::TriesExhausted);
    let wrong = || tried.lacks(factor.as_ref(), bound, desk.now);
    let role = desk.lacks(StaffRole::Desk);
    let reason = role.or(locked).or(frozen).or_else(wrong);
    let mut entry = desk.entry(facts.fresh.0, (Act::Assist, customer.id), policy);
    entry.reasons = vec![reason.unwrap_or(Reason::Proved)];
    entry.facts = serde_json::json!({ "call": facts.fresh.1 }).to_string();
    let (Some(factor), None) = (factor, reason) else {
        return Decision::of(entry).with([Change::TriesCleared { key: desk.tries }]);
    };
    entry.verdict = Verdict::Allow;
    let opened = DeskChange::CallOpened {
        id: facts.fresh.1,
        customer: customer.id,
        staff: desk.staff.id(),
        at: desk.now,
        ends: desk.now.plus(CALL_LIFE),
    };
    let cleared = Change::TriesCleared {
        key: facts.admission.1,
    };
    Decision::of(entry)
        .with(desk.stands(customer))
        .with(factor.used(desk.now))
        .with([cleared, Change::Desk(opened)])
}

/// Why nothing can be done in a call now.
fn closed(desk: &Desk, call: &CallKnown) -> Option<Reason> {
    if let Some(reason) = desk.lacks(StaffRole::Desk) {
        Some(reason)
    } else if call.staff != desk.staff.id() {
        Some(Reason::SamePerson)
    } else if call.ends <= desk.now {
        Some(Reason::Expired)
    } else {
        (call.customer.state == CustomerState::Frozen).then_some(Reason::Frozen)
    }
}

/// The desk looks at the customer of a call.
pub fn decide_look(desk: &Desk, call: &CallKnown, id: DecisionId, policy: &Policy) -> Decision {
    let reason = closed(desk, call);
    let mut entry = desk.entry(id, (Act::Assist, call.customer.id), policy);
    entry.reasons = vec![reason.unwrap_or(Reason::Proved)];
    entry.facts = serde_json::json!({ "call": call.id, "shown": "masked" }).to_string();
    if reason.is_none() {
        entry.verdict = Verdict::Allow;
    }
    Decision::of(entry).with([Change::TriesCleared { key: desk.tries }])
}

/// What the caller wants.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The application that carries it out.
    pub application: ApplicationId,
    /// What.
    pub kind: OperationKind,
    /// Its fields.
    pub fields: Fields,
}

/// What is known when the desk asks for an operation.
#[derive(Debug)]
pub struct Facts {
    /// Who.
    pub desk: Desk,
    /// In which call.
    pub call: CallKnown,
    /// How the customer is told.
    pub channels: Vec<ChannelKnown>,
    /// The stops.
    pub stops: StopsKnown,
    /// Who else was seen with the payout accounts.
    pub crowd: Vec<CrowdKnown>,
    /// The fields, sealed.
    pub sealed: Sealed,
    /// Fresh values.
    pub fresh: Fresh,
}

impl Facts {
    fn stop(&self, attempt: &Attempt) -> Option<&StopKnown> {
        self.stops
            .stopping((&attempt.kind, attempt.application), &way())
    }
}

fn way() -> Way {
    Way {
        channel: Some(Word::desk()),
        segments: None,
    }
}

/// Asks for an operation in the name of a caller.
pub fn decide(
    attempt: &Attempt,
    facts: &Facts,
    spec: &OperationPolicy,
    policy: &Policy,
) -> Decision {
    let (desk, customer) = (&facts.desk, &facts.call.customer);
    let stop = facts.stop(attempt);
    let reason = closed(desk, &facts.call).or(stop.map(|_| Reason::Stopped));
    let waits = spec.effect != OperationEffect::Other;
    let about = (Act::Operate(attempt.kind.clone()), customer.id);
    let mut entry = desk.entry(facts.fresh.decision, about, policy);
    entry.facts = serde_json::json!({ "call": facts.call.id }).to_string();
    entry.facts = crate::stop::noted(entry.facts, stop);
    let (verdict, said) = match reason {
        Some(reason) => (Verdict::Refuse, reason),
        None if waits => (Verdict::Hold, Reason::SecondPerson),
        None => (Verdict::Allow, Reason::Proved),
    };
    entry.reasons = vec![said];
    entry.verdict = verdict;
    if reason.is_some() {
        return Decision::of(entry).with([Change::TriesCleared { key: desk.tries }]);
    }
    entry.operation = Some(facts.fresh.operation);
    let asked = DeskChange::Asked {
        operation: facts.fresh.operation,
        call: facts.call.id,
        staff: desk.staff.id(),
    };
    let created = Change::OperationCreated(Box::new(created(attempt, facts, waits)));
    let subject = OperationSubject {
        customer,
        channels: &facts.channels,
        spec,
        fields: &attempt.fields,
        payout_changed: None,
    };
    let fresh = (facts.fresh.notice, facts.fresh.report.clone());
    let decision = Decision::of(entry)
        .with(desk.stands(customer))
        .with([created, Change::Desk(asked)])
        .signalling(
            customer.id,
            registered(Some(spec.effect), &facts.crowd),
            policy,
        )
        .while_stopped(&facts.stops);
    if waits {
        let hold = hold(desk.now);
        let hours = hold.hours(desk.now);
        let reasons = hold.reasons;
        let event = HoldEvent::Held { reasons, hours };
        let to = (customer, facts.channels.as_slice());
        return decision.telling_hold((event, subject.about(desk.now, policy)), to, fresh, policy);
    }
    decision.telling_operation(OperationEvent::Confirmed, subject, fresh, policy)
}

/// What only a second person ends within its time.
fn hold(now: Moment) -> Hold {
    Hold {
        at: now,
        until: None,
        ends: now.plus(AGREE_LIFE),
        reasons: vec![Reason::SecondPerson],
    }
}

fn created(attempt: &Attempt, facts: &Facts, waits: bool) -> OperationCreated {
    let (now, customer) = (facts.desk.now, &facts.call.customer);
    let (application, kind) = (attempt.application, attempt.kind.clone());
    let digest: Digest = attempt
        .fields
        .digest(application, &customer.reference, &kind);
    let grant = GrantIssued {
        id: facts.fresh.grant,
        methods: Vec::new(),
        proved: facts.call.opened,
        acr: None,
    };
    OperationCreated {
        id: facts.fresh.operation,
        application,
        customer: customer.id,
        kind,
        fields: facts.sealed.clone(),
        amount: attempt.fields.amount().copied(),
        digest,
        state: if waits {
            OperationState::Held
        } else {
            OperationState::Confirmed
        },
        required: vec![Requirement::Confirmation],
        nonce: None,
        way: way(),
        return_uri: None,
        decision: facts.fresh.decision,
        strange: Strange::New,
        at: now,
        expires: now.plus(AGREE_LIFE),
        hold: waits.then(|| hold(now)),
        grant: (!waits).then_some(grant),
    }
}

/// What is known when a second person agrees.
#[derive(Debug)]
pub struct ApproveFacts {
    /// Who.
    pub desk: Desk,
    /// To what.
    pub operation: OperationKnown,
    /// Its opened fields.
    pub fields: Fields,
    /// In which call it was asked for and by whom; none if not at the desk.
    pub asked: Option<(CallId, StaffId)>,
    /// How the customer is told.
    pub channels: Vec<ChannelKnown>,
    /// The stops.
    pub stops: StopsKnown,
    /// Fresh values; that of the operation is not used.
    pub fresh: Fresh,
}

impl ApproveFacts {
    fn refusal(&self) -> Option<Reason> {
        let (known, now) = (&self.operation, self.desk.now);
        let Some((_, asked_by)) = self.asked else {
            return Some(Reason::OperationClosed);
        };
        if let Some(reason) = self.desk.lacks(StaffRole::Approver) {
            Some(reason)
        } else if asked_by == self.desk.staff.id() {
            Some(Reason::SamePerson)
        } else if known.state != OperationState::Held {
            Some(Reason::OperationClosed)
        } else if known.created.plus(AGREE_LIFE) <= now {
            Some(Reason::Expired)
        } else if known.customer.state == CustomerState::Frozen {
            Some(Reason::Frozen)
        } else {
            known.stopped(&self.stops).map(|_| Reason::Stopped)
        }
    }
}

/// A second person agrees to an operation that the desk asked for.
pub fn decide_approve(facts: &ApproveFacts, spec: &OperationPolicy, policy: &Policy) -> Decision {
    let (desk, known) = (&facts.desk, &facts.operation);
    let reason = facts.refusal();
    let mut entry = desk.entry(
        facts.fresh.decision,
        (Act::Assist, known.customer.id),
        policy,
    );
    let id: OperationId = known.id;
    entry.operation = Some(id);
    entry.reasons = vec![reason.unwrap_or(Reason::Proved)];
    entry.facts = crate::stop::noted(entry.facts, known.stopped(&facts.stops));
    if reason.is_some() {
        return Decision::of(entry).with([Change::TriesCleared { key: desk.tries }]);
    }
    entry.verdict = Verdict::Allow;
    let moved = Change::OperationMoved {
        id,
        revision: known.revision,
        to: OperationState::Confirmed,
        at: desk.now,
        grant: Some(GrantIssued {
            id: facts.fresh.grant,
            methods: Vec::new(),
            proved: known.created,
            acr: None,
        }),
    };
    let subject = OperationSubject {
        customer: &known.customer,
        channels: &facts.channels,
        spec,
        fields: &facts.fields,
        payout_changed: known.payout_changed,
    };
    let fresh = (facts.fresh.notice, facts.fresh.report.clone());
    Decision::of(entry)
        .with(desk.stands(&known.customer))
        .with([moved])
        .while_stopped(&facts.stops)
        .telling_operation(OperationEvent::Confirmed, subject, fresh, policy)
}

#[cfg(test)]
mod tests;
