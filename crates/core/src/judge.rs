//! The act "judge": an application that has its own login asks what to do (`POST /v1/decisions`),
//! and a recorded log is judged line by line. What the application verified is taken as given; what
//! it reports as failed is counted.
//!
//! **Invariant:** judging changes nothing about the customer but the record of what was seen.

use crate::access::{Act, OperationKind, Visit};
use crate::attempt::{Account, Origin};
use crate::bytes::Digest;
use crate::change::Change;
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{ApplicationId, CustomerId, DecisionId};
use crate::known::{CustomerKnown, CustomerState, RiskKnown, Standing, StopKnown, StopsKnown, Way};
use crate::moment::Moment;
use crate::notice::Locale;
use crate::operation::Fields;
use crate::policy::Policy;
use crate::proof::Method;
use crate::reason::Reason;
use crate::risk::{Familiarity, Features, Judgement, Subject, judge};
use crate::sighting::{Ending, Trait};
use crate::signal::registered;
use crate::text::Reference;
use crate::verdict::{Requirement, Verdict, VerdictKind};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The application.
    pub application: ApplicationId,
    /// Its customer.
    pub customer: Reference,
    /// The guarded operation; `None` for signing in.
    pub operation: Option<(OperationKind, Fields)>,
    /// By which channel, and of which segments the customer is.
    pub way: Way,
    /// From where.
    pub context: Context,
    /// When it happened: now, or in the past for a recorded log.
    pub at: Moment,
    /// What the application already verified.
    pub verified: Vec<Method>,
    /// How the application's own check ended.
    pub check: Check,
    /// The key under which the application may ask again, and the digest of its request.
    pub idempotency: Option<(String, Digest)>,
}

/// How the application's own check of the customer's proof ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The proof was wrong.
    Failed,
    /// What `verified` says was right.
    Passed,
}

/// What is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The customer, if it was seen before.
    pub customer: Option<CustomerKnown>,
    /// What the rules want to know.
    pub risk: RiskKnown,
    /// The stops.
    pub stops: StopsKnown,
    /// What the catalogue wants to know.
    pub standing: Standing,
    /// Keyed index of the payout account in the operation.
    pub payout: Option<[u8; 16]>,
    /// The id of this decision.
    pub decision: DecisionId,
    /// The id for a customer that was never seen.
    pub fresh_customer: CustomerId,
}

/// Judges one attempt.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let kind = attempt.operation.as_ref().map(|(kind, _)| kind);
    let spec = kind.and_then(|kind| policy.operation.get(kind));
    let subject = subject(attempt, facts, policy);
    let features = Features::of(&attempt.context, &facts.risk, subject, attempt.at);
    let operation = attempt.operation.as_ref();
    let amount = operation.and_then(|(_, fields)| fields.amount());
    let demand = spec.map(|spec| spec.demand_at(amount, &facts.standing, attempt.at));
    let always = demand.as_ref().map(|demand| demand.require.as_slice());
    let always = here(always.unwrap_or(&policy.sign_in.require), &features);
    let mut judged = judge(&features, &always, &attempt.verified, policy);
    if let Some(demand) = &demand {
        judged = judged.weighed(demand, &facts.standing, attempt.at);
    }
    let judged = weigh(attempt, facts, judged);
    let ending = match (attempt.check, judged.verdict.kind()) {
        (Check::Failed, _) | (Check::Passed, VerdictKind::Refuse) => Ending::Failure,
        (Check::Passed, VerdictKind::Allow) => Ending::Success,
        (Check::Passed, VerdictKind::Hold | VerdictKind::StepUp) => Ending::Pending,
    };
    let customer = facts
        .customer
        .as_ref()
        .map_or(facts.fresh_customer, |known| known.id);
    let recorded = judged.recorded(&features);
    let entry = Entry {
        id: facts.decision,
        at: attempt.at,
        act: kind.map_or(Act::SignIn, |kind| Act::Operate(kind.clone())),
        actor: Actor::Application(attempt.application),
        customer: Some(customer),
        operation: None,
        verdict: judged.verdict,
        reasons: judged.reasons,
        policy: policy.version.clone(),
        facts: crate::stop::noted(recorded, attempt.stop(facts)),
    };
    let visit = Visit {
        customer,
        context: &attempt.context,
        application: Some(attempt.application),
        ending,
    };
    let account: Vec<_> = facts
        .payout
        .map(Trait::of_payout_account)
        .into_iter()
        .collect();
    let (access, sightings) = (visit.access(&entry), visit.sightings(&entry, &account));
    let changes = changes(attempt, facts, &entry);
    let decision = Decision {
        entry,
        changes,
        access: Some(access),
        tried: None,
        sightings,
        notices: Vec::new(),
    };
    let decision = signalled(decision, (attempt, facts), (customer, ending), policy);
    match attempt.operation {
        Some(_) => decision.while_stopped(&facts.stops),
        None => decision,
    }
}

/// Refuses what was let through under the same key before and is stopped by now: whoever asks again
/// has not carried it out yet. `None` where the answer of before still holds.
pub fn decide_again(
    attempt: &Attempt,
    before: &Entry,
    stops: &StopsKnown,
    at: (DecisionId, Moment),
) -> Option<Decision> {
    let (kind, _) = attempt.operation.as_ref()?;
    let stop = stops.stopping((kind, attempt.application), &attempt.way)?;
    if before.verdict == Verdict::Refuse {
        return None;
    }
    let facts = serde_json::json!({ "again": before.id }).to_string();
    let entry = Entry {
        id: at.0,
        at: at.1,
        verdict: Verdict::Refuse,
        reasons: vec![Reason::Stopped],
        facts: crate::stop::noted(facts, Some(stop)),
        ..before.clone()
    };
    let visit = Visit {
        customer: before.customer?,
        context: &attempt.context,
        application: Some(attempt.application),
        ending: Ending::Failure,
    };
    let access = Some(visit.access(&entry));
    Some(Decision {
        access,
        ..Decision::of(entry)
    })
}

/// Staff see what others have of what is registered; what was let through is registered now.
fn signalled(
    decision: Decision,
    (attempt, facts): (&Attempt, &Facts),
    (customer, ending): (CustomerId, Ending),
    policy: &Policy,
) -> Decision {
    let effect = subject(attempt, facts, policy).effect;
    let crowd = registered(effect, &facts.risk.crowd);
    match ending {
        Ending::Success => decision.registering(customer, crowd, policy),
        Ending::Pending => decision.signalling(customer, crowd, policy),
        Ending::Failure => decision,
    }
}

impl Attempt {
    /// Who is named, and from where; `agent` is [`crate::attempt::agent`] of the header.
    #[must_use]
    pub fn origin(&self, facts: &Facts, agent: Option<[u8; 16]>) -> Origin {
        let fresh = facts.fresh_customer;
        let account = match (&facts.customer, self.check) {
            (Some(known), _) => Account::Customer(known.id),
            // Whom the application names for the first time is its customer from this decision on,
            // unless nothing was right but the name: anybody can invent one.
            (None, Check::Passed) => Account::Customer(fresh),
            (None, Check::Failed) => Account::Nobody(fresh.0),
        };
        Origin {
            account,
            context: self.context,
            device: self.context.device,
            met: facts.risk.met(),
            agent,
            application: Some(self.application),
        }
    }

    /// The same decision, with its row in the feed.
    pub fn tried(&self, decision: Decision, origin: Origin) -> Decision {
        let tried = decision.tried(origin);
        let passed = self.check == Check::Passed;
        if passed && self.is_bound() {
            tried.bound()
        } else if passed && self.is_twofold() {
            tried.twofold()
        } else {
            tried
        }
    }

    /// Whether the application verified a proof that cannot be typed elsewhere.
    fn is_bound(&self) -> bool {
        use Method::{Passkey, SecurityKey, SyncedPasskey};
        let bound = [Passkey, SecurityKey, SyncedPasskey];
        self.verified.iter().any(|one| bound.contains(one))
    }

    /// Whether it verified two kinds of proof.
    fn is_twofold(&self) -> bool {
        let first = self.verified.first();
        self.verified.iter().any(|one| Some(one) != first)
    }

    /// The stop that stands in the way. None stops signing in.
    fn stop<'a>(&self, facts: &'a Facts) -> Option<&'a StopKnown> {
        let (kind, _) = self.operation.as_ref()?;
        facts.stops.stopping((kind, self.application), &self.way)
    }
}

fn subject<'a>(attempt: &Attempt, facts: &Facts, policy: &'a Policy) -> Subject<'a> {
    let operation = attempt.operation.as_ref();
    let spec = operation.and_then(|(kind, _)| policy.operation.get(kind));
    let amount = operation.and_then(|(_, fields)| fields.amount());
    let customer = facts.customer.as_ref();
    Subject {
        effect: spec.map(|spec| spec.effect),
        amount: amount.map(|money| money.minor()),
        payout: facts.payout,
        contact_changed: customer.and_then(|known| known.contact_changed),
        pin_recovered: customer.and_then(|known| known.pin_recovered),
        ..Subject::of(policy)
    }
}

/// What is required and not met by the device that the application names, as long as that has been
/// the customer's for long enough.
fn here(always: &[Requirement], features: &Features) -> Vec<Requirement> {
    let met = |one: &&Requirement| {
        **one != Requirement::BoundDevice || features.device != Familiarity::Known
    };
    always.iter().filter(met).copied().collect()
}

/// A frozen account, a stop and a failed check go before any rule.
fn weigh(attempt: &Attempt, facts: &Facts, judged: Judgement) -> Judgement {
    let frozen = facts
        .customer
        .as_ref()
        .is_some_and(|known| known.state == CustomerState::Frozen);
    let stopped = attempt.stop(facts).is_some();
    let mut reasons = judged.reasons;
    if stopped {
        reasons.insert(0, Reason::Stopped);
    }
    if frozen {
        reasons.insert(0, Reason::Frozen);
    }
    if attempt.check == Check::Failed {
        reasons.insert(0, Reason::CredentialMismatch);
    }
    let refused = frozen || stopped || attempt.check == Check::Failed;
    Judgement {
        verdict: if refused {
            Verdict::Refuse
        } else {
            judged.verdict
        },
        reasons,
        required: judged.required,
        basis: judged.basis,
    }
    .beside(match refused {
        true => VerdictKind::Refuse,
        false => VerdictKind::Allow,
    })
}

fn changes(attempt: &Attempt, facts: &Facts, entry: &Entry) -> Vec<Change> {
    let mut changes = Vec::new();
    if facts.customer.is_none() {
        let reference = attempt.customer.clone();
        changes.push(Change::CustomerCreated {
            id: facts.fresh_customer,
            reference,
            locale: Locale::default(),
            at: attempt.at,
        });
    }
    if let (Check::Failed, Some(address)) = (attempt.check, attempt.context.address) {
        changes.push(Change::FailureCounted {
            address,
            at: attempt.at,
        });
    }
    if let Some((key, request)) = &attempt.idempotency {
        changes.push(Change::IdempotencyKept {
            application: attempt.application,
            key: key.clone(),
            request: *request,
            decision: entry.id,
            operation: None,
            at: attempt.at,
        });
    }
    changes
}
