//! The act "confirm": the customer confirms or declines exactly one operation on a page that shows
//! it.
//!
//! **Invariant:** no operation becomes confirmed but by a session of its own customer, as that
//! customer stands now, with a second proof that is bound to its digest, within its life.

mod send;

pub use send::{SendFacts, amount_text, decide_send, payee_text};

use crate::access::{Act, Visit};
use crate::bound::Bound;
use crate::bytes::CounterKey;
use crate::change::{Change, GrantIssued};
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, GrantId, NoticeId};
use crate::known::{ChannelKnown, CustomerState, OperationKnown, PasskeyKnown, SessionKnown};
use crate::moment::Moment;
use crate::notice::{Locale, Notice, NoticeKind};
use crate::operation::{Fields, OperationState};
use crate::policy::{OperationPolicy, Policy};
use crate::proof::{FactorProved, Method};
use crate::reason::Reason;
use crate::sighting::Ending;
use crate::step_up::{Admission, Tried, failed, told};
use crate::verdict::{Requirement, Verdict};

/// An operation with what is needed to show it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The stored operation.
    pub operation: OperationKnown,
    /// Its opened fields.
    pub fields: Fields,
    /// The session of whoever looks at it.
    pub session: SessionKnown,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// The customer's passkeys.
    pub passkeys: Vec<PasskeyKnown>,
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
            facts: "{}".to_owned(),
        }
    }

    /// Whether the customer confirms this with a passkey and with nothing weaker: the policy wants
    /// it for this kind, or there is a passkey and the policy locks what it protects.
    #[must_use]
    pub fn wants_passkey(&self, spec: &OperationPolicy, policy: &Policy) -> bool {
        let locked = policy.passkey.lock.contains(&spec.effect);
        spec.require.contains(&Requirement::PhishingResistant)
            || (locked && !self.passkeys.is_empty())
    }

    /// Why the operation cannot be acted on in this session now.
    fn closed(&self, now: Moment) -> Option<Reason> {
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
    let reason = refusal(facts, spec, policy);
    let mut entry = facts.shown.entry(facts.fresh.decision, facts.now, policy);
    entry.reasons = vec![reason.unwrap_or(Reason::Confirmed)];
    let confirmed = reason.is_none();
    if confirmed {
        entry.verdict = Verdict::Allow;
    }
    let operation = &facts.shown.operation;
    let customer = operation.customer.id;
    let ending = if confirmed {
        Ending::Success
    } else {
        Ending::Failure
    };
    let visit = Visit {
        customer,
        context: &attempt.context,
        application: Some(operation.application),
        ending,
    };
    let mut decision = Decision::of(entry);
    if facts.shown.session.customer.id == customer {
        decision.access = Some(visit.access(&decision.entry));
    }
    match &facts.factor {
        Some(factor) if confirmed => {
            decision.sightings = visit.sightings(&decision.entry, &[]);
            granted(decision, attempt, facts, factor)
        }
        _ => {
            decision.changes.extend(failed(&attempt.context, facts.now));
            let ended = facts.admission == Admission::Last && reason == Some(Reason::CodeWrong);
            if ended {
                given_up(decision, facts, spec, policy)
            } else {
                decision
            }
        }
    }
    .reported(facts, spec, policy, confirmed)
}

impl Decision {
    /// Adds the notice that an operation was confirmed, with its report code.
    fn reported(
        self,
        facts: &Facts,
        spec: &OperationPolicy,
        policy: &Policy,
        confirmed: bool,
    ) -> Self {
        if !confirmed {
            return self;
        }
        let locale = facts.shown.locale();
        let (code, report) = facts.fresh.report.clone();
        let operation = spec.name.in_locale(locale).to_owned();
        let amount = amount_text(&facts.shown.fields);
        let kind = NoticeKind::OperationConfirmed {
            report,
            operation,
            amount,
        };
        let issued =
            crate::report::issued(code, &self.entry, facts.shown.operation.customer.id, policy);
        self.with([issued]).telling(notice(facts, &kind, policy))
    }
}

fn notice(facts: &Facts, kind: &NoticeKind, policy: &Policy) -> Vec<Notice> {
    let to = (&facts.shown.operation.customer, facts.fresh.notice);
    let expires = facts.now.plus(kind.life(policy));
    told(&facts.shown.channels, to, kind, expires)
}

fn refusal(facts: &Facts, spec: &OperationPolicy, policy: &Policy) -> Option<Reason> {
    let operation = &facts.shown.operation;
    if facts.admission == Admission::Locked {
        return Some(Reason::TriesExhausted);
    }
    if let Some(reason) = facts.shown.closed(facts.now) {
        return Some(reason);
    }
    let bound = Bound::Operation {
        id: operation.id,
        fields: operation.digest,
        customer: operation.customer.id,
    }
    .digest();
    let wanted = facts.shown.wants_passkey(spec, policy);
    if wanted && facts.tried != Tried::Passkey {
        return Some(Reason::PasskeyNeeded);
    }
    let lacks = facts.tried.lacks(facts.factor.as_ref(), bound, facts.now);
    lacks.or_else(|| facts.factor.as_ref()?.forbidden(policy))
}

fn granted(
    decision: Decision,
    attempt: &Attempt,
    facts: &Facts,
    factor: &FactorProved,
) -> Decision {
    let operation = &facts.shown.operation;
    let mut methods = facts.shown.session.methods.clone();
    methods.extend([factor.method(), Method::Confirmation]);
    methods.dedup();
    let mut decision = decision.with(factor.used(facts.now));
    decision.entry.reasons.extend(factor.noted());
    decision.with([
        Change::TriesCleared { key: attempt.tries },
        Change::TriesCleared { key: attempt.sends },
        Change::OperationMoved {
            id: operation.id,
            revision: operation.revision,
            to: OperationState::Confirmed,
            at: facts.now,
            grant: Some(GrantIssued {
                id: facts.fresh.grant,
                methods,
                proved: facts.shown.session.proved,
            }),
        },
    ])
}

/// After the last admitted wrong code the operation ends, and the customer is told.
fn given_up(
    decision: Decision,
    facts: &Facts,
    spec: &OperationPolicy,
    policy: &Policy,
) -> Decision {
    let operation = &facts.shown.operation;
    let (code, report) = facts.fresh.report.clone();
    let name = spec.name.in_locale(facts.shown.locale()).to_owned();
    let stopped = NoticeKind::OperationStopped {
        report,
        operation: name,
    };
    let notices = notice(facts, &stopped, policy);
    let issued = crate::report::issued(code, &decision.entry, operation.customer.id, policy);
    decision
        .with([moved(operation, OperationState::Refused, facts.now), issued])
        .telling(notices)
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
    let reason = shown.closed(now);
    let mut entry = shown.entry(id, now, policy);
    entry.reasons = vec![reason.unwrap_or(Reason::OperationClosed)];
    if reason.is_some() {
        return Decision::of(entry);
    }
    entry.verdict = Verdict::Allow;
    Decision::of(entry).with([moved(&shown.operation, OperationState::Refused, now)])
}
