//! The act "assist": the support desk does for a caller what the web has stopped.
//!
//! The caller reads a code from the page of their own account, where they are signed in and proved
//! again a moment ago. What a thief of data knows, answers to questions say, and so there is no way
//! in by them. The desk then asks for an operation in the customer's name; money and payout
//! accounts wait until a second person agrees. The customer is told of every step.
//!
//! **Invariant:** no operation is asked for at the desk but in a call whose customer proved who
//! they are, by the person who took it; and none that moves money or where it goes is confirmed
//! there but by another person; both had their secret for a week.

use serde_json::Value;

use crate::access::{Act, OperationKind};
use crate::bytes::{Digest, Sealed};
use crate::change::{Change, DeskChange, GrantIssued, OperationCreated};
use crate::decision::Decision;
use crate::hold::Hold;
use crate::id::{ApplicationId, CallId, OperationId, StaffId};
use crate::known::{
    CallKnown, ChannelKnown, CrowdKnown, CustomerState, OperationKnown, StaffRole, Standing,
    StopKnown, StopsKnown, Strange, Way, Word,
};
use crate::moment::{Moment, Span};
use crate::notice::{HoldEvent, OperationEvent, OperationSubject};
use crate::operate::Fresh;
use crate::operation::{Fields, OperationState};
use crate::policy::{OperationEffect, OperationPolicy, Policy};
use crate::reason::Reason;
use crate::signal::registered;
use crate::thaw::Ground;
use crate::verdict::{Requirement, Verdict};

mod call;
mod demand;
mod judged;

use call::closed;
pub use call::{
    By, CallBackFacts, Desk, IdentifyFacts, decide_call_back, decide_code, decide_identify,
    decide_look, phone_of,
};

use demand::Asked;
pub use judged::Payee;
use judged::Said;

/// For how long a call counts.
pub const CALL_LIFE: Span = Span::minutes(30);
/// For how long a second person may agree.
pub const AGREE_LIFE: Span = Span::hours(24);

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
    /// What the catalogue wants to know.
    pub standing: Standing,
    /// Who else was seen with the payout accounts.
    pub crowd: Vec<CrowdKnown>,
    /// What the rules want to know, of every payee.
    pub payees: Vec<Payee>,
    /// The fields, sealed.
    pub sealed: Sealed,
    /// Fresh values.
    pub fresh: Fresh,
}

impl Facts {
    fn asked<'a>(&'a self, fields: &'a Fields) -> Asked<'a> {
        Asked {
            customer: &self.call.customer,
            fields,
            standing: &self.standing,
            now: self.desk.now,
        }
    }

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
    let beyond = facts.asked(&attempt.fields);
    let window = beyond.window(spec);
    let said = Said::of(&beyond, spec, &facts.payees, policy);
    let holding = said.holding(policy);
    let free = spec.effect == OperationEffect::Other && spec.require.is_empty();
    let waits = (!free || window > Span(0) || !holding.is_empty()).then_some(window);
    let reason = closed(desk, &facts.call)
        .or(stop.map(|_| Reason::Stopped))
        .or_else(|| waits.and_then(|_| desk.staff.unseasoned(desk.now)))
        .or_else(|| beyond.refusal(spec, policy));
    let about = (Act::Operate(attempt.kind.clone()), customer.id);
    let mut entry = desk.entry(facts.fresh.decision, about, policy);
    let more = serde_json::json!({ "call": facts.call.id });
    let aside = reason.is_some();
    let reason = reason.or_else(|| said.refusal(policy));
    let (verdict, first) = match reason {
        Some(reason) => (Verdict::Refuse, reason),
        None if waits.is_some() => (Verdict::Hold, Reason::SecondPerson),
        None => (Verdict::Allow, Reason::Proved),
    };
    (entry.reasons, entry.facts) = noted(&said, aside, (first, more));
    entry.facts = crate::stop::noted(entry.facts, stop);
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
    let waits = waits.map(|window| hold(desk.now, window, &holding));
    let created = Change::OperationCreated(Box::new(created(attempt, facts, waits.clone())));
    let counted = beyond.counted(spec, &attempt.kind);
    let subject = OperationSubject {
        customer,
        channels: &facts.channels,
        spec,
        fields: &attempt.fields,
        payout_changed: payout_changed(&facts.payees),
    };
    let fresh = (facts.fresh.notice, facts.fresh.report.clone());
    let decision = Decision::of(entry)
        .with(desk.stands(customer))
        .with([created, Change::Desk(asked)])
        .with(counted.filter(|_| waits.is_none()))
        .signalling(
            customer.id,
            registered(Some(spec.effect), &facts.crowd),
            policy,
        )
        .while_stopped(&facts.stops);
    if let Some(hold) = waits {
        let hours = hold.hours(desk.now);
        let reasons = hold.reasons;
        let event = HoldEvent::Held { reasons, hours };
        let to = (customer, facts.channels.as_slice());
        return decision.telling_hold((event, subject.about(desk.now, policy)), to, fresh, policy);
    }
    decision.telling_operation(OperationEvent::Confirmed, subject, fresh, policy)
}

/// Reasons and facts of an entry: what the desk says first, then every rule that applied and what
/// the rules saw. Of what was refused aside from rules, that alone.
fn noted(said: &Said, aside: bool, (first, more): (Reason, Value)) -> (Vec<Reason>, String) {
    if aside {
        return (vec![first], more.to_string());
    }
    let rules = said.reasons().iter().copied();
    let rules = rules.filter(|reason| *reason != first);
    let reasons = std::iter::once(first).chain(rules).collect();
    (reasons, said.recorded(more))
}

/// When the payout account was changed, which the customer is reminded of.
fn payout_changed(payees: &[Payee]) -> Option<Moment> {
    let changes = payees.iter().filter_map(|(_, risk)| risk.payout_change);
    changes.map(|change| change.at).max()
}

/// What only a second person ends within its time, once the window of the policy has passed; and
/// for what the rules would hold it.
fn hold(now: Moment, window: Span, holding: &[Reason]) -> Hold {
    Hold {
        at: now,
        until: None,
        ends: now.plus(window).plus(AGREE_LIFE),
        reasons: std::iter::once(Reason::SecondPerson)
            .chain(holding.iter().copied())
            .collect(),
    }
}

fn created(attempt: &Attempt, facts: &Facts, waits: Option<Hold>) -> OperationCreated {
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
        state: if waits.is_some() {
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
        expires: waits
            .as_ref()
            .map_or(now.plus(AGREE_LIFE), |hold| hold.ends),
        grant: waits.is_none().then_some(grant),
        hold: waits,
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
    /// What the catalogue wants to know.
    pub standing: Standing,
    /// What the rules want to know by now, of every payee.
    pub payees: Vec<Payee>,
    /// What whoever agrees looked at, if they say so.
    pub ground: Option<Ground>,
    /// Fresh values; that of the operation is not used.
    pub fresh: Fresh,
}

impl ApproveFacts {
    fn agreed(&self) -> Asked<'_> {
        Asked {
            customer: &self.operation.customer,
            fields: &self.fields,
            standing: &self.standing,
            now: self.desk.now,
        }
    }

    fn refusal(&self, spec: &OperationPolicy, policy: &Policy) -> Option<Reason> {
        let from = self.operation.created.plus(self.agreed().window(spec));
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
        } else if from.plus(AGREE_LIFE) <= now {
            Some(Reason::Expired)
        } else if now < from {
            Some(Reason::HoldWindow)
        } else if known.customer.state == CustomerState::Frozen {
            Some(Reason::Frozen)
        } else {
            let stopped = known.stopped(&self.stops).map(|_| Reason::Stopped);
            stopped
                .or(self.desk.staff.unseasoned(now))
                .or_else(|| self.agreed().refusal(spec, policy))
        }
    }
}

/// A second person agrees to an operation that the desk asked for.
pub fn decide_approve(facts: &ApproveFacts, spec: &OperationPolicy, policy: &Policy) -> Decision {
    let (desk, known) = (&facts.desk, &facts.operation);
    let said = Said::of(&facts.agreed(), spec, &facts.payees, policy);
    let aside = facts.refusal(spec, policy);
    let refused = aside.or_else(|| said.refusal(policy));
    let unsaid = match &facts.ground {
        None => said.holding(policy),
        Some(_) => Vec::new(),
    };
    let reason = refused.or_else(|| unsaid.first().copied());
    let mut entry = desk.entry(
        facts.fresh.decision,
        (Act::Assist, known.customer.id),
        policy,
    );
    let id: OperationId = known.id;
    entry.operation = Some(id);
    let more = serde_json::json!({ "ground": facts.ground.as_ref().map(Ground::as_str) });
    let first = reason.unwrap_or(Reason::Proved);
    (entry.reasons, entry.facts) = noted(&said, aside.is_some(), (first, more));
    entry.facts = crate::stop::noted(entry.facts, known.stopped(&facts.stops));
    if refused.is_none() && reason.is_some() {
        entry.verdict = Verdict::Hold;
    }
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
        .with(facts.agreed().counted(spec, &known.kind))
        .while_stopped(&facts.stops)
        .telling_operation(OperationEvent::Confirmed, subject, fresh, policy)
}

#[cfg(test)]
mod tests;
