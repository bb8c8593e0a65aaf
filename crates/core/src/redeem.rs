//! The act "redeem": an application hands in a grant just before it carries the operation out
//! (`POST /v1/grants/redeem`).
//!
//! **Invariant:** one grant is redeemed at most once, by the application it was issued to, for
//! exactly the fields that were confirmed, within its life.

use crate::access::Act;
use crate::bytes::Digest;
use crate::change::Change;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{ApplicationId, DecisionId, NoticeId};
use crate::known::{ChannelKnown, CrowdKnown, CustomerState, OperationKnown, StopsKnown, Strange};
use crate::moment::Moment;
use crate::notice::{FreshReport, OperationEvent, OperationSubject};
use crate::operation::{Fields, OperationState};
use crate::policy::{OperationEffect, Policy};
use crate::proof::GrantProved;
use crate::reason::Reason;
use crate::release::Proof;
use crate::sighting::{Ending, Scope, Sighting, Trait};
use crate::signal;
use crate::verdict::Verdict;

/// What is handed in.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// By which application.
    pub application: ApplicationId,
    /// Digest of the fields that it is about to carry out, if it says them.
    pub about: Option<Digest>,
    /// The key under which the application may ask again, and the digest of its request.
    pub idempotency: Option<(String, Digest)>,
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// The proof that the token is ours; `None` if it is not.
    pub grant: Option<GrantProved>,
    /// The operation it names.
    pub operation: Option<OperationKnown>,
    /// Its opened fields.
    pub fields: Option<Fields>,
    /// Whether what confirmed it is still the customer's.
    pub proof: Proof,
    /// The stops.
    pub stops: StopsKnown,
    /// Keyed indexes of the payout accounts in them.
    pub payouts: Vec<[u8; 16]>,
    /// Who else was seen with them.
    pub crowd: Vec<CrowdKnown>,
    /// Whether the operation was asked for from a place that was new for the customer.
    pub strange: Strange,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
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
    /// A notice that it is carried out.
    pub notice: NoticeId,
    /// A report code for it.
    pub report: FreshReport,
}

/// Judges a grant.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let reason = refusal(attempt, facts, policy);
    let operation = facts.operation.as_ref();
    let decision = Decision::of(Entry {
        id: facts.fresh.decision,
        at: facts.now,
        act: Act::Redeem,
        actor: Actor::Application(attempt.application),
        customer: operation.map(|known| known.customer.id),
        operation: operation.map(|known| known.id),
        verdict: if reason.is_none() {
            Verdict::Allow
        } else {
            Verdict::Refuse
        },
        reasons: vec![reason.unwrap_or(Reason::Proved)],
        policy: policy.version.clone(),
        facts: crate::stop::noted(
            "{}".to_owned(),
            operation.and_then(|known| known.stopped(&facts.stops)),
        ),
    });
    match operation {
        Some(operation) if reason.is_none() => {
            let mut decision = decision
                .with(redeemed(operation, facts, policy))
                .with(kept(attempt, facts));
            decision
                .sightings
                .extend(facts.payouts.iter().map(|payout| Sighting {
                    seen: Trait::of_payout_account(*payout),
                    customer: operation.customer.id,
                    at: facts.now,
                    ending: Ending::Success,
                    scope: Scope::Guarded,
                }));
            let crowd = signal::registered(effect(operation, policy), &facts.crowd);
            let decision = decision.registering(operation.customer.id, crowd, policy);
            tell(decision.while_stopped(&facts.stops), facts, policy)
        }
        _ => decision,
    }
}

/// The customer learns that it is carried out.
fn tell(decision: Decision, facts: &Facts, policy: &Policy) -> Decision {
    let Some((operation, fields)) = facts.operation.as_ref().zip(facts.fields.as_ref()) else {
        return decision;
    };
    let Some(spec) = policy.operation.get(&operation.kind) else {
        return decision;
    };
    let subject = OperationSubject {
        customer: &operation.customer,
        channels: &facts.channels,
        spec,
        fields,
        payout_changed: operation.payout_changed,
    };
    let fresh = (facts.fresh.notice, facts.fresh.report.clone());
    decision.telling_operation(OperationEvent::Redeemed, subject, fresh, policy)
}

fn refusal(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Option<Reason> {
    let (Some(proof), Some(operation)) = (&facts.grant, &facts.operation) else {
        return Some(Reason::GrantInvalid);
    };
    let Some(grant) = &operation.grant else {
        return Some(Reason::GrantInvalid);
    };
    let same = grant.id == proof.grant()
        && operation.digest == proof.digest()
        && operation.application == proof.audience()
        && operation.application == attempt.application;
    let alive = facts.now < proof.expires().min(grant.ends(policy));
    // Between its release and this the customer may have removed what confirmed it.
    let stands = grant.until.is_none() || facts.proof == Proof::Stands;
    if !stands
        || !same
        || !alive
        || operation.state != OperationState::Confirmed
        || grant.redeemed.is_some()
    {
        return Some(Reason::GrantInvalid);
    }
    if operation.customer.state == CustomerState::Frozen {
        return Some(Reason::Frozen);
    }
    if operation.stopped(&facts.stops).is_some() {
        return Some(Reason::Stopped);
    }
    attempt
        .about
        .filter(|about| *about != operation.digest)
        .map(|_| Reason::OperationAltered)
}

fn kept(attempt: &Attempt, facts: &Facts) -> Option<Change> {
    let (key, request) = attempt.idempotency.clone()?;
    Some(Change::IdempotencyKept {
        application: attempt.application,
        key,
        request,
        decision: facts.fresh.decision,
        operation: facts.operation.as_ref().map(|known| known.id),
        at: facts.now,
    })
}

fn effect(operation: &OperationKnown, policy: &Policy) -> Option<OperationEffect> {
    let spec = policy.operation.get(&operation.kind);
    spec.map(|spec| spec.effect)
}

fn redeemed(operation: &OperationKnown, facts: &Facts, policy: &Policy) -> Vec<Change> {
    let customer = operation.customer.id;
    let mut changes = vec![Change::OperationMoved {
        id: operation.id,
        revision: operation.revision,
        to: OperationState::Redeemed,
        at: facts.now,
        grant: None,
    }];
    let amount = facts
        .fields
        .as_ref()
        .and_then(Fields::amount)
        .map(|money| money.minor());
    if effect(operation, policy) == Some(OperationEffect::PayoutChange) {
        changes.push(Change::PayoutAccountChanged {
            customer,
            at: facts.now,
            strange: facts.strange,
        });
    } else if let Some(minor) = amount {
        changes.push(Change::AmountMoved {
            customer,
            kind: operation.kind.clone(),
            minor,
        });
    }
    changes
}
