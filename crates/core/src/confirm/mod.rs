//! The act "confirm": the customer confirms or declines exactly one operation on a page that shows
//! it.
//!
//! **Invariant:** no operation becomes confirmed but by a session of its own customer, as that
//! customer stands now, with a second proof that is bound to its digest, within its life, and with
//! the transaction PIN where the policy asks for it.

mod barred;
mod ended;
mod hold;
mod payment;
mod pin;
mod send;
mod statement;
#[cfg(test)]
mod tests;

use ended::{Ended, judged};
pub use payment::{PaymentAsked, account_kind};
pub use send::{SendFacts, amount_text, decide_send, payee_text, payees_text};
pub use statement::{Statement, decide_altered};

use crate::access::{Act, Visit};
use crate::bytes::{CounterKey, Digest, Sealed};
use crate::change::{Change, GrantIssued, StatementKept};
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, GrantId, NoticeId};
use crate::known::{
    ChannelKnown, CustomerState, OperationKnown, SessionKnown, Standing, StopKnown, StopsKnown,
};
use crate::moment::Moment;
use crate::notice::{Locale, OperationEvent, OperationSubject};
use crate::operation::{Fields, OperationState};
use crate::passkey::{Usable, wait};
use crate::policy::{Demand, OperationPolicy, Policy};
use crate::proof::{FactorProved, Method, acr_of_confirmation};
use crate::reason::Reason;
use crate::risk::Familiarity;
use crate::step_up::{Admission, PinTried, Tried, failed};
use crate::verdict::{Requirement, Verdict};

/// An operation with what is needed to show it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The stored operation.
    pub operation: OperationKnown,
    /// Name of the application that asked.
    pub application: String,
    /// Its opened fields.
    pub fields: Fields,
    /// The session of whoever looks at it.
    pub session: SessionKnown,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// The customer's passkeys that will do.
    pub passkeys: Usable,
    /// The stops.
    pub stops: StopsKnown,
    /// What the catalogue wants to know.
    pub standing: Standing,
}

/// Since when a customer has the factors that are added in a session and prove in others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// The authenticator app.
    pub app: Option<Moment>,
    /// The phone that approved.
    pub phone: Option<Moment>,
}

impl Since {
    /// Whether what `factor` is of was added so lately that money waits.
    fn is_fresh(self, factor: &FactorProved, now: Moment, policy: &Policy) -> bool {
        let added = match factor {
            FactorProved::Push(_) => self.phone,
            FactorProved::Totp(_) => self.app,
            FactorProved::BackupCode(_)
            | FactorProved::MailCode(_)
            | FactorProved::Passkey(_)
            | FactorProved::SmsCode(_) => None,
        };
        added.is_some_and(|at| now.since(at) < wait(policy))
    }
}

impl Shown {
    fn locale(&self) -> Locale {
        self.operation.customer.locale
    }

    fn entry(&self, id: DecisionId, now: Moment, policy: &Policy) -> Entry {
        Entry {
            id,
            at: now,
            act: Act::Confirm(self.operation.kind.clone()),
            actor: Actor::Customer,
            customer: Some(self.operation.customer.id),
            operation: Some(self.operation.id),
            verdict: Verdict::Refuse,
            reasons: Vec::new(),
            policy: policy.version.clone(),
            facts: crate::stop::noted("{}".to_owned(), self.stop()),
        }
    }

    /// The operation as its customer is told of it.
    #[must_use]
    pub fn subject<'a>(&'a self, spec: &'a OperationPolicy) -> OperationSubject<'a> {
        OperationSubject {
            customer: &self.operation.customer,
            channels: &self.channels,
            spec,
            fields: &self.fields,
            payout_changed: self.operation.payout_changed,
        }
    }

    /// The stop that stands in the way.
    #[must_use]
    pub fn stop(&self) -> Option<&StopKnown> {
        self.operation.stopped(&self.stops)
    }

    /// Whether the customer confirms this with a passkey and with nothing weaker: the policy or the
    /// decision that admitted the operation wants it, or there is a passkey and the policy locks
    /// what it protects.
    #[must_use]
    pub fn wants_passkey(&self, spec: &OperationPolicy, now: Moment, policy: &Policy) -> bool {
        let customer = &self.operation.customer;
        self.asks(spec, Requirement::PhishingResistant, now)
            || self.passkeys.locks(spec.effect, customer, now, policy)
    }

    /// Whether session and `factor` together meet what the policy wants of this kind and what the
    /// decision asked that admitted the operation. A phishing-resistant factor has to be the one
    /// that confirms: the session's own was bound to no operation.
    fn meets(&self, spec: &OperationPolicy, factor: &FactorProved, now: Moment) -> bool {
        let method = factor.method();
        let met = |required: &Requirement| match required {
            Requirement::Confirmation => true,
            Requirement::PhishingResistant => method.meets(*required),
            // Each judged by itself: the one is typed beside the factor, the other is no proof.
            Requirement::TransactionPin | Requirement::BoundDevice => true,
            Requirement::Password | Requirement::SecondFactor => {
                let session = self.session.methods.iter();
                session.chain([&method]).any(|held| held.meets(*required))
            }
        };
        let demand = self.demand(spec, now);
        let asked = demand.require.iter();
        asked.chain(&self.operation.required).all(met)
    }

    /// What the policy wants of it as things stand.
    #[must_use]
    pub fn demand(&self, spec: &OperationPolicy, now: Moment) -> Demand {
        spec.demand(&self.fields, &self.standing, now)
    }

    /// Whether the policy wants this of the operation, or the decision that admitted it did.
    #[must_use]
    pub fn asks(&self, spec: &OperationPolicy, wanted: Requirement, now: Moment) -> bool {
        self.demand(spec, now).asks(wanted) || self.operation.required.contains(&wanted)
    }

    /// Whether the transaction PIN is typed beside: the policy or the decision that admitted the
    /// operation wants it.
    #[must_use]
    pub fn asks_pin(&self, spec: &OperationPolicy, now: Moment) -> bool {
        self.asks(spec, Requirement::TransactionPin, now)
    }

    /// Why the operation cannot be acted on in this session now.
    #[must_use]
    pub fn closed(&self, now: Moment) -> Option<Reason> {
        let stopped = || self.stop().map(|_| Reason::Stopped);
        self.settled(now).or_else(stopped)
    }

    /// Why nothing is left to decide of it in this session.
    fn settled(&self, now: Moment) -> Option<Reason> {
        if self.session.customer.id != self.operation.customer.id {
            Some(Reason::SessionMissing)
        } else if self.operation.customer.state == CustomerState::Frozen {
            Some(Reason::Frozen)
        } else if self.operation.state != OperationState::Pending {
            Some(Reason::OperationClosed)
        } else if self.operation.expires <= now {
            Some(Reason::Expired)
        } else {
            None
        }
    }
}

/// An answer.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// From where.
    pub context: Context,
    /// The counter that was used.
    pub tries: CounterKey,
    /// The counter of messages to the customer.
    pub sends: CounterKey,
}

/// What is known when an answer comes.
#[derive(Debug)]
pub struct Facts {
    /// The operation as shown.
    pub shown: Shown,
    /// With what it was tried.
    pub tried: Tried,
    /// The proof, if the answer was right.
    pub factor: Option<FactorProved>,
    /// Whether the try was admitted.
    pub admission: Admission,
    /// Since when the customer has what was tried, where that is added in a session.
    pub since: Since,
    /// What the page showed: its digest, and the text sealed.
    pub statement: (Digest, Sealed),
    /// How well the device is known that it came from.
    pub device: Familiarity,
    /// The transaction PIN that came with it, where one is asked for.
    pub pin: Option<PinTried>,
    /// Fresh values.
    pub fresh: Fresh,
    /// Now.
    pub now: Moment,
}

/// Fresh values.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// The id of this decision.
    pub decision: DecisionId,
    /// The grant.
    pub grant: GrantId,
    /// A notice that it was confirmed, or stopped.
    pub notice: NoticeId,
    /// A report code for it.
    pub report: (crate::bytes::TokenHash, secrecy::SecretString),
}

/// Judges an answer: the operation is confirmed, or another try, or the end after too many.
pub fn decide(
    attempt: &Attempt,
    facts: &Facts,
    spec: &OperationPolicy,
    policy: &Policy,
) -> Decision {
    let ending = judged(facts, spec, policy);
    let mut entry = facts.shown.entry(facts.fresh.decision, facts.now, policy);
    entry.verdict = ending.verdict();
    entry.reasons = ending.reasons();
    let operation = &facts.shown.operation;
    let customer = operation.customer.id;
    let visit = Visit {
        customer,
        context: &attempt.context,
        application: Some(operation.application),
        ending: ending.of_visit(),
    };
    let mut decision = Decision::of(entry);
    if facts.shown.session.customer.id == customer {
        decision.access = Some(visit.access(&decision.entry));
    }
    let decision = resting(decision, facts);
    match (&facts.factor, ending) {
        // Nothing was wrong with what was tried, and it may be tried again.
        (_, Ended::Refused(Reason::Stopped)) => decision,
        (Some(factor), Ended::Confirmed) => {
            let mut decision = decision;
            decision.sightings = visit.sightings(&decision.entry, &[]);
            let decision = granted(decision, attempt, facts, factor);
            let decision = decision.with(facts.counted(spec));
            facts.tell(decision, OperationEvent::Confirmed, spec, policy)
        }
        (Some(factor), Ended::Held(_) | Ended::Waits) => {
            // It counts while it waits, so that its release goes beyond no limit.
            let decision = decision.with(facts.counted(spec));
            hold::held(decision, (attempt, facts, ending), factor, (spec, policy))
        }
        (Some(factor), Ended::Over(_)) => {
            let decision = decision.with(factor.used(facts.now)).noting(factor);
            let decision = decision.with([moved(operation, OperationState::Refused, facts.now)]);
            facts.tell(decision, OperationEvent::Refused, spec, policy)
        }
        (_, ending) => {
            let mut decision = decision;
            decision.changes.extend(failed(&attempt.context, facts.now));
            decision.changes.extend(facts.partly_right(attempt, ending));
            if facts.is_last(ending) {
                let decision =
                    decision.with([moved(operation, OperationState::Refused, facts.now)]);
                facts.tell(decision, OperationEvent::Refused, spec, policy)
            } else {
                decision
            }
        }
    }
}

/// What is confirmed rests on the stops, and on session and customer as they were seen.
fn resting(decision: Decision, facts: &Facts) -> Decision {
    let refused = *decision.verdict() == Verdict::Refuse;
    let stands = (!refused).then(|| facts.shown.session.stands());
    decision
        .with(stands.into_iter().flatten())
        .while_stopped(&facts.shown.stops)
}

impl Decision {
    fn noting(mut self, factor: &FactorProved) -> Self {
        self.entry.reasons.extend(factor.noted());
        self
    }
}

impl Facts {
    /// What is confirmed counts towards the limits, where there are any.
    fn counted(&self, spec: &OperationPolicy) -> Option<Change> {
        let operation = &self.shown.operation;
        let limit = self.shown.demand(spec, self.now).limit?;
        Some(limit.counted(operation.customer.id, &operation.kind))
    }

    /// What was confirmed is kept word for word.
    fn kept(&self) -> Change {
        let (digest, sealed) = self.statement.clone();
        Change::StatementKept(StatementKept {
            operation: self.shown.operation.id,
            decision: self.fresh.decision,
            digest,
            sealed,
            at: self.now,
        })
    }

    /// Tells the customer what became of the operation, with a report code.
    fn tell(
        &self,
        decision: Decision,
        event: OperationEvent,
        spec: &OperationPolicy,
        policy: &Policy,
    ) -> Decision {
        let subject = self.shown.subject(spec);
        let fresh = (self.fresh.notice, self.fresh.report.clone());
        decision.telling_operation(event, subject, fresh, policy)
    }
}

fn granted(
    decision: Decision,
    attempt: &Attempt,
    facts: &Facts,
    factor: &FactorProved,
) -> Decision {
    let operation = &facts.shown.operation;
    let grant = facts.grant(factor);
    used_up(decision, attempt, facts, factor).with([Change::OperationMoved {
        id: operation.id,
        revision: operation.revision,
        to: OperationState::Confirmed,
        at: facts.now,
        grant: Some(grant),
    }])
}

impl Facts {
    /// The grant of what `factor` confirms. What the session was opened with confirmed nothing.
    fn grant(&self, factor: &FactorProved) -> GrantIssued {
        let session = &self.shown.session;
        let (_, by_pin) = self.pin_used();
        let mut methods: Vec<_> = by_pin.into_iter().collect();
        methods.extend([factor.method(), Method::Confirmation]);
        GrantIssued {
            id: self.fresh.grant,
            methods,
            proved: session.proved,
            acr: Some(acr_of_confirmation(&session.methods, factor.method())),
        }
    }
}

/// What a right answer uses up, and the counters that start anew.
fn used_up(
    decision: Decision,
    attempt: &Attempt,
    facts: &Facts,
    factor: &FactorProved,
) -> Decision {
    let (pin, _) = facts.pin_used();
    let cleared = facts.tried.cleared([attempt.tries, attempt.sends]);
    let decision = decision.with(factor.used(facts.now)).noting(factor);
    decision.with(pin).with(cleared).with([facts.kept()])
}

fn moved(operation: &OperationKnown, to: OperationState, at: Moment) -> Change {
    Change::OperationMoved {
        id: operation.id,
        revision: operation.revision,
        to,
        at,
        grant: None,
    }
}

/// The customer says no.
pub fn decide_decline(shown: &Shown, id: DecisionId, now: Moment, policy: &Policy) -> Decision {
    let reason = shown.settled(now);
    let mut entry = shown.entry(id, now, policy);
    entry.reasons = vec![reason.unwrap_or(Reason::OperationClosed)];
    if reason.is_some() {
        return Decision::of(entry);
    }
    entry.verdict = Verdict::Allow;
    Decision::of(entry).with([moved(&shown.operation, OperationState::Refused, now)])
}
