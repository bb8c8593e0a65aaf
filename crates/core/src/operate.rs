//! The act "operate": an application asks to have an operation guarded (`POST /v1/operations`).
//!
//! **Invariant:** what the customer will be shown, what the digest covers and what the grant
//! permits are the same stored fields.

use crate::access::{Act, OperationKind, Visit};
use crate::bytes::{Digest, Sealed};
use crate::change::{Change, GrantIssued, OperationCreated, Stands};
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::hold::{Hold, holding, with_confirmation};
use crate::id::{ApplicationId, DecisionId, GrantId, NoticeId, OperationId};
use crate::known::{
    ChannelKnown, CustomerKnown, CustomerState, RiskKnown, Standing, StopKnown, StopsKnown, Way,
};
use crate::moment::Moment;
use crate::notice::{HoldEvent, OperationEvent, OperationSubject};
use crate::operation::{Fields, Nonce, OperationState};
use crate::passkey::Usable;
use crate::policy::{OperationPolicy, Policy};
use crate::proof::Method;
use crate::reason::Reason;
use crate::risk::basis::Payee;
use crate::risk::{Features, Judgement, Subject, judge};
use crate::sighting::{Ending, Trait, TraitKind};
use crate::signal::registered;
use crate::verdict::{Requirement, VerdictKind};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The application.
    pub application: ApplicationId,
    /// What kind of operation.
    pub kind: OperationKind,
    /// Its fields.
    pub fields: Fields,
    /// From where the customer asked the application.
    pub context: Context,
    /// By which channel, and of which segments the customer is.
    pub way: Way,
    /// What the application already verified.
    pub verified: Vec<Method>,
    /// What it gives along for the grant.
    pub nonce: Option<Nonce>,
    /// Where the browser goes back to.
    pub return_uri: Option<String>,
    /// The key under which the application may ask again, and the digest of its request.
    pub idempotency: Option<(String, Digest)>,
}

impl Attempt {
    /// The stop that stands in the way.
    fn stop<'a>(&self, facts: &'a Facts) -> Option<&'a StopKnown> {
        facts
            .stops
            .stopping((&self.kind, self.application), &self.way)
    }
}

/// What is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The customer.
    pub customer: CustomerKnown,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// The customer's passkeys that will do.
    pub passkeys: Usable,
    /// What the rules want to know.
    pub risk: RiskKnown,
    /// The stops.
    pub stops: StopsKnown,
    /// What the catalogue wants to know.
    pub standing: Standing,
    /// Keyed index of the payout account in the fields, of a batch the first one.
    pub payout: Option<[u8; 16]>,
    /// The other payees of a batch, each with what the rules want to know of it.
    pub others: Vec<([u8; 16], RiskKnown)>,
    /// The fields, sealed.
    pub sealed: Sealed,
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
    /// The operation.
    pub operation: OperationId,
    /// A grant, if nothing is asked.
    pub grant: GrantId,
    /// A notice, if it is held or refused.
    pub notice: NoticeId,
    /// A report code for it.
    pub report: (crate::bytes::TokenHash, secrecy::SecretString),
}

/// Judges an operation that an application wants to carry out.
pub fn decide(
    attempt: &Attempt,
    facts: &Facts,
    spec: &OperationPolicy,
    policy: &Policy,
) -> Decision {
    let (judged, features) = judged(attempt, facts, spec, policy);
    let state = match judged.verdict.kind() {
        VerdictKind::Allow => OperationState::Confirmed,
        VerdictKind::Hold => OperationState::Held,
        VerdictKind::Refuse => OperationState::Refused,
        VerdictKind::StepUp => OperationState::Pending,
    };
    let demand = spec.demand(&attempt.fields, &facts.standing, facts.now);
    let heals = features.heals(policy).max(demand.hold.unwrap_or_default());
    let held_for = holding(&judged.reasons, &features, policy);
    let hold =
        (state == OperationState::Held).then(|| Hold::new(&held_for, heals, facts.now, policy));
    let required = match &hold {
        // Whatever was proved elsewhere, the customer confirms it once the hold is over.
        Some(hold) if !hold.is_window() => with_confirmation(&judged.required),
        _ => judged.verdict.requirements().to_vec(),
    };
    let grant = granted(attempt, facts, (state, hold.as_ref()));
    let counted = grant.as_ref().and(demand.limit);
    let customer = facts.customer.id;
    let recorded = judged.recorded(&features);
    let entry = Entry {
        id: facts.fresh.decision,
        at: facts.now,
        act: Act::Operate(attempt.kind.clone()),
        actor: Actor::Application(attempt.application),
        customer: Some(customer),
        operation: Some(facts.fresh.operation),
        verdict: judged.verdict,
        reasons: judged.reasons,
        policy: policy.version.clone(),
        facts: crate::stop::noted(recorded, attempt.stop(facts)),
    };
    let ending = match state {
        OperationState::Confirmed | OperationState::Redeemed => Ending::Success,
        OperationState::Held | OperationState::Pending => Ending::Pending,
        OperationState::Refused => Ending::Failure,
    };
    let visit = Visit {
        customer,
        context: &attempt.context,
        application: Some(attempt.application),
        ending,
    };
    let others = facts.others.iter().map(|(payout, _)| *payout);
    let payees = facts.payout.into_iter().chain(others);
    let account: Vec<_> = payees.map(Trait::of_payout_account).collect();
    let mut decision = Decision::of(entry);
    decision.access = Some(visit.access(&decision.entry));
    decision.sightings = visit.sightings(&decision.entry, &account);
    decision
        .changes
        .push(Change::OperationCreated(Box::new(created(
            attempt,
            facts,
            policy,
            (state, required, grant, &features),
            hold.clone(),
        ))));
    let counted = counted.map(|limit| limit.counted(customer, &attempt.kind));
    decision.changes.extend(counted);
    decision.changes.extend(kept(attempt, facts));
    // A change of contact, or a freeze, holds or ends what there is; each has to find the other.
    let (id, revision) = (facts.customer.id, facts.customer.revision);
    let decision = decision.with([Change::Stands(Stands::Customer { id, revision })]);
    let decision = decision.while_stopped(&facts.stops);
    let decision = signalled(decision, facts, (state, spec), policy);
    match state {
        OperationState::Pending => decision,
        _ => told(decision, (attempt, facts, state), hold, (spec, policy)),
    }
}

fn judged(
    attempt: &Attempt,
    facts: &Facts,
    spec: &OperationPolicy,
    policy: &Policy,
) -> (Judgement, Features) {
    let amount = attempt.fields.amount().map(|money| money.minor());
    let demand = spec.demand(&attempt.fields, &facts.standing, facts.now);
    let of_payee = |payout: Option<[u8; 16]>, risk: &RiskKnown| {
        let subject = Subject {
            effect: Some(spec.effect),
            amount,
            payout,
            contact_changed: facts.customer.contact_changed,
            pin_recovered: facts.customer.pin_recovered,
            ..Subject::of(policy)
        };
        let features = Features::of(&attempt.context, risk, subject, facts.now);
        let judged = judge(&features, &demand.require, &held(attempt), policy);
        (judged, features)
    };
    // One payee of a batch that is held holds the batch.
    let first = of_payee(facts.payout, &facts.risk);
    let others = facts.others.iter();
    let others: Vec<_> = others
        .map(|(payout, risk)| of_payee(Some(*payout), risk))
        .collect();
    let payees: Vec<_> = match others.is_empty() {
        true => Vec::new(),
        false => std::iter::once(&first)
            .chain(&others)
            .map(|(_, features)| Payee::of(features))
            .collect(),
    };
    let (mut judged, features) = others.into_iter().fold(first, strictest);
    if let Some(basis) = &mut judged.basis {
        basis.payees = payees;
    }
    // An outcome teaches, or takes back, every one of them.
    let payees = facts.others.iter().map(|(payout, _)| *payout);
    let features = features.of_batch(facts.payout.into_iter().chain(payees));
    if facts
        .passkeys
        .locks(spec.effect, &facts.customer, facts.now, policy)
    {
        judged = judged.locked();
    }
    judged = judged.weighed(&demand, &facts.standing, facts.now);
    if attempt.stop(facts).is_some() {
        judged = Judgement::refused(Reason::Stopped);
    }
    if facts.customer.state == CustomerState::Frozen {
        judged = Judgement::refused(Reason::Frozen);
    }
    (judged, features)
}

/// Both judgements as one, with the features that were the stricter's.
pub(crate) fn strictest(
    (mine, features): (Judgement, Features),
    (theirs, others): (Judgement, Features),
) -> (Judgement, Features) {
    let features = match theirs.verdict.kind() > mine.verdict.kind() {
        true => others,
        false => features,
    };
    (mine.join(theirs), features)
}

/// What the application verified, as far as it can have been: nobody has confirmed an operation
/// that is only now made, and the transaction PIN is typed on the page that shows it.
fn held(attempt: &Attempt) -> Vec<Method> {
    let possible =
        |method: &&Method| !matches!(method, Method::Confirmation | Method::TransactionPin);
    attempt.verified.iter().filter(possible).copied().collect()
}

fn created(
    attempt: &Attempt,
    facts: &Facts,
    policy: &Policy,
    judged: (
        OperationState,
        Vec<Requirement>,
        Option<GrantIssued>,
        &Features,
    ),
    hold: Option<Hold>,
) -> OperationCreated {
    let (state, required, grant, features) = judged;
    OperationCreated {
        id: facts.fresh.operation,
        application: attempt.application,
        customer: facts.customer.id,
        kind: attempt.kind.clone(),
        fields: facts.sealed.clone(),
        digest: attempt.fields.digest(
            attempt.application,
            &facts.customer.reference,
            &attempt.kind,
        ),
        state,
        required,
        nonce: attempt.nonce.clone(),
        way: attempt.way.clone(),
        return_uri: attempt.return_uri.clone(),
        decision: facts.fresh.decision,
        strange: features.strange(),
        at: facts.now,
        expires: match &hold {
            Some(hold) => hold.ends,
            None => facts.now.plus(policy.confirm_life()),
        },
        amount: attempt.fields.amount().copied(),
        grant,
        hold,
    }
}

/// The grant of what nobody has to confirm. What waits has it as well, and it is given out once the
/// state says confirmed.
fn granted(
    attempt: &Attempt,
    facts: &Facts,
    (state, hold): (OperationState, Option<&Hold>),
) -> Option<GrantIssued> {
    let window = hold.is_some_and(Hold::is_window);
    (state == OperationState::Confirmed || window).then(|| GrantIssued {
        id: facts.fresh.grant,
        methods: held(attempt),
        proved: facts.now,
        acr: None,
    })
}

/// Staff see what others have of what is registered; what nobody has to confirm is registered now.
fn signalled(
    decision: Decision,
    facts: &Facts,
    (state, spec): (OperationState, &OperationPolicy),
    policy: &Policy,
) -> Decision {
    let accounts = facts.others.iter().flat_map(|(_, risk)| &risk.crowd);
    let accounts = accounts.filter(|one| one.seen.kind == TraitKind::PayoutAccount);
    let crowd: Vec<_> = facts.risk.crowd.iter().chain(accounts).copied().collect();
    let crowd = registered(Some(spec.effect), &crowd);
    let customer = facts.customer.id;
    match state {
        OperationState::Confirmed | OperationState::Redeemed => {
            decision.registering(customer, crowd, policy)
        }
        OperationState::Held | OperationState::Pending => {
            decision.signalling(customer, crowd, policy)
        }
        OperationState::Refused => decision,
    }
}

fn kept(attempt: &Attempt, facts: &Facts) -> Option<Change> {
    let (key, request) = attempt.idempotency.clone()?;
    Some(Change::IdempotencyKept {
        application: attempt.application,
        key,
        request,
        decision: facts.fresh.decision,
        operation: Some(facts.fresh.operation),
        at: facts.now,
    })
}

/// The customer learns that an operation in their name was let through, held or refused.
fn told(
    decision: Decision,
    about: (&Attempt, &Facts, OperationState),
    hold: Option<Hold>,
    rules: (&OperationPolicy, &Policy),
) -> Decision {
    let ((attempt, facts, state), (spec, policy)) = (about, rules);
    let subject = OperationSubject {
        customer: &facts.customer,
        channels: &facts.channels,
        spec,
        fields: &attempt.fields,
        payout_changed: facts.risk.payout_change.map(|change| change.at),
    };
    let fresh = (facts.fresh.notice, facts.fresh.report.clone());
    if let Some(hold) = hold {
        let hours = hold.hours(facts.now);
        let reasons = hold.reasons;
        let event = HoldEvent::Held { reasons, hours };
        let to = (&facts.customer, facts.channels.as_slice());
        return decision.telling_hold((event, subject.about(facts.now, policy)), to, fresh, policy);
    }
    let event = match state {
        OperationState::Confirmed | OperationState::Redeemed => OperationEvent::Confirmed,
        OperationState::Held | OperationState::Pending | OperationState::Refused => {
            OperationEvent::Refused
        }
    };
    decision.telling_operation(event, subject, fresh, policy)
}
