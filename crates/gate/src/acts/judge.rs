//! The act "judge": the decision API for an application with a login of its own, and its outcomes.
//!
//! **Invariant:** the same key with the same request gives the same decision again, and changes
//! nothing.

use std::net::IpAddr;

use sekisho_core::access::{Act, OperationKind};
use sekisho_core::attempt::agent;
use sekisho_core::bytes::Digest;
use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::{Address, Context, Terminal};
use sekisho_core::id::{ApplicationId, CustomerId, DecisionId};
use sekisho_core::judge::{Attempt, Check, Facts, decide, decide_again};
use sekisho_core::known::{StopsKnown, Way};
use sekisho_core::moment::Moment;
use sekisho_core::operation::Fields;
use sekisho_core::outcome::{self, Outcome};
use sekisho_core::proof::Method;
use sekisho_core::reason::Reason;
use sekisho_core::sighting::Trait;
use sekisho_core::text::Reference;
use sekisho_core::verdict::{Requirement, VerdictKind};
use sekisho_store::{JudgeKnown, RiskQuestion};

use super::stop::StopTold;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::steps::caller::Caller;

/// From where a customer came to the application.
#[derive(Clone, Debug, Default)]
pub struct RequestContext {
    /// The address.
    pub address: Option<IpAddr>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The application's own token of the device.
    pub device: Option<String>,
}

/// When an attempt was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Now.
    Now,
    /// Then, as a line of a log says; what is stopped today did not stop it.
    Recorded(Moment),
    /// A short time ago, as the application says; what came of it is still to be carried out.
    Told(Moment),
}

/// What an application asks.
#[derive(Clone, Debug)]
pub struct JudgeRequest {
    /// The application.
    pub application: ApplicationId,
    /// Its customer.
    pub customer: Reference,
    /// The guarded operation; `None` for signing in.
    pub operation: Option<(OperationKind, Fields)>,
    /// By which channel, and of which segments the customer is.
    pub way: Way,
    /// From where.
    pub context: RequestContext,
    /// When it happened.
    pub when: When,
    /// What the application already verified.
    pub verified: Vec<Method>,
    /// How the application's own check ended.
    pub check: Check,
    /// The idempotency key and the digest of the request.
    pub idempotency: Option<(String, Digest)>,
}

/// A decision, as an application sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionView {
    /// The id.
    pub id: DecisionId,
    /// The verdict.
    pub verdict: VerdictKind,
    /// What is still missing.
    pub requirements: Vec<Requirement>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Version of the policy.
    pub policy: String,
    /// When the attempt was made.
    pub at: Moment,
    /// What was attempted.
    pub act: String,
    /// What the application reported later.
    pub outcome: Option<Outcome>,
    /// The stop that refused, if one did.
    pub stop: Option<StopTold>,
}

/// What became of the question.
#[derive(Clone, Debug)]
pub enum Judged {
    /// Decided now.
    Decided(DecisionView),
    /// The idempotency key was used with another request.
    KeyReused,
    /// Decided before.
    Replayed(DecisionView),
}

/// What became of a reported outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeAnswer {
    /// The idempotency key was used with another request.
    KeyReused,
    /// No such decision of this application.
    NotFound,
    /// Recorded.
    Recorded,
    /// Recorded before, under this key.
    Replayed,
}

impl DecisionView {
    pub(crate) fn of(entry: &sekisho_core::entry::Entry, outcome: Option<Outcome>) -> Self {
        Self {
            id: entry.id,
            verdict: entry.verdict.kind(),
            requirements: entry.verdict.requirements().to_vec(),
            reasons: entry.reasons.clone(),
            policy: entry.policy.clone(),
            at: entry.at,
            act: entry.act.word(),
            outcome,
            stop: None,
        }
    }
}

impl Gate {
    /// Judges one attempt of an application's customer.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn judge(&self, request: JudgeRequest) -> Result<Judged, Fault> {
        let (now, when) = (self.now(), request.when);
        let agent = request.context.user_agent.as_deref().and_then(agent);
        let attempt = self.asked_about(request, now);
        let operation = attempt.operation.as_ref();
        let account = operation.and_then(|(_, fields)| fields.payout_account());
        let payout = account.map(|account| self.keys().payout_index(account));
        let mut traits = Trait::of_context(&attempt.context);
        traits.extend(payout.map(Trait::of_payout_account));
        let question = RiskQuestion {
            traits: &traits,
            address: attempt.context.address,
            kind: attempt.operation.as_ref().map(|(kind, _)| kind),
            at: attempt.at,
        };
        let key = attempt
            .idempotency
            .as_ref()
            .map(|(key, _)| (attempt.application, key.as_str()));
        for _ in 0..ROUNDS {
            let known = self
                .store()
                .judge(&attempt.customer, &question, key, now)
                .await?;
            if let (Some(before), Some((_, digest))) = (known.idempotency, &attempt.idempotency) {
                if before.request != *digest {
                    return Ok(Judged::KeyReused);
                }
                let (stops, before) = (&known.stops, before.decision);
                match self.judged_before(&attempt, stops, before).await? {
                    Some(judged) => return Ok(judged),
                    None => continue,
                }
            }
            let JudgeKnown {
                customer,
                risk,
                mut stops,
                standing,
                ..
            } = known;
            if let When::Recorded(_) = when {
                stops.listed.clear();
            }
            let places = self.places_at(attempt.at);
            let mut facts = Facts {
                customer,
                risk: places.placed(risk),
                stops,
                standing,
                payout,
                decision: self.fresh_decision(now)?,
                fresh_customer: CustomerId(self.dice().id(now)?),
            };
            let live = !matches!(when, When::Recorded(_));
            let origin = attempt.origin(&facts, agent);
            facts.risk.pace = self.paced(&origin, now).filter(|_| live);
            let mut decision = decide(&attempt, &facts, &self.policy());
            if attempt.operation.is_none() && live {
                decision = attempt.tried(decision, origin);
            }
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            let view = self.decision_view(&committed.entry, None).await?;
            return Ok(Judged::Decided(view));
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    fn asked_about(&self, request: JudgeRequest, now: Moment) -> Attempt {
        let at = match request.when {
            When::Now => now,
            When::Recorded(at) | When::Told(at) => at,
        };
        let mut context = self.context_of(request.application, &request.context);
        // What counts for a time is asked of the time of the attempt.
        let places = self.places_at(at);
        let place = context.address.map(|address| places.of(address.ip()));
        context.place = place.unwrap_or_default();
        Attempt {
            application: request.application,
            context,
            customer: request.customer,
            operation: request.operation,
            way: request.way,
            at,
            verified: request.verified,
            check: request.check,
            idempotency: self.keys().kept(request.application, request.idempotency),
        }
    }

    /// What was decided under the same key before, unless it is stopped by now; `None` when that
    /// changed meanwhile.
    async fn judged_before(
        &self,
        attempt: &Attempt,
        stops: &StopsKnown,
        before: DecisionId,
    ) -> Result<Option<Judged>, Fault> {
        let found = self.store().decision(attempt.application, before).await?;
        let Some((known, _)) = found else {
            return Ok(Some(Judged::KeyReused));
        };
        let at = (self.fresh_decision(stops.at)?, stops.at);
        if let Some(decision) = decide_again(attempt, &known.entry, stops, at) {
            let Some(committed) = self.commit(decision).await? else {
                return Ok(None);
            };
            let view = self.decision_view(&committed.entry, None).await?;
            return Ok(Some(Judged::Decided(view)));
        }
        let view = self.decision_view(&known.entry, known.outcome).await?;
        Ok(Some(Judged::Replayed(view)))
    }

    /// A decision of this application.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn decision(
        &self,
        caller: &Caller,
        id: DecisionId,
    ) -> Result<Option<DecisionView>, Fault> {
        self.decision_of(caller.application, id).await
    }

    async fn decision_of(
        &self,
        application: ApplicationId,
        id: DecisionId,
    ) -> Result<Option<DecisionView>, Fault> {
        let found = self.store().decision(application, id).await?;
        let Some((known, _)) = found else {
            return Ok(None);
        };
        let view = self.decision_view(&known.entry, known.outcome).await?;
        Ok(Some(view))
    }

    /// Records how a judged act ended.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn outcome(
        &self,
        caller: &Caller,
        id: DecisionId,
        outcome: Outcome,
        idempotency: Option<(String, Digest)>,
    ) -> Result<OutcomeAnswer, Fault> {
        let application = caller.application;
        let idempotency = self.keys().kept(application, idempotency);
        for _ in 0..ROUNDS {
            if let Some((key, digest)) = &idempotency {
                let before = self.store().idempotency(application, key).await?;
                match before {
                    Some(before) if before.request == *digest => {
                        return Ok(OutcomeAnswer::Replayed);
                    }
                    Some(_) => return Ok(OutcomeAnswer::KeyReused),
                    None => {}
                }
            }
            let found = self.store().decision(application, id).await?;
            let Some((judged, access)) = found else {
                return Ok(OutcomeAnswer::NotFound);
            };
            let now = self.now();
            let crowd = self.crowd_of_judged(&judged.entry).await?;
            let taught = match outcome {
                Outcome::ConfirmedFraud => self.store().taught(id).await?,
                _ => None,
            };
            let tried = match judged.entry.act {
                Act::SignIn => self.store().attempt(judged.entry.at, id).await?,
                _ => None,
            };
            let facts = outcome::Facts {
                judged,
                access,
                tried,
                taught,
                crowd,
                decision: self.fresh_decision(now)?,
                now,
            };
            let attempt = outcome::Attempt {
                application,
                outcome,
                idempotency: idempotency.clone(),
            };
            let decision = outcome::decide(&attempt, &facts, &self.policy());
            if self.commit(decision).await?.is_some() {
                return Ok(OutcomeAnswer::Recorded);
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    pub(crate) fn context_of(&self, application: ApplicationId, given: &RequestContext) -> Context {
        let device = given
            .device
            .as_deref()
            .map(|token| self.keys().device_of(application, token));
        Context {
            address: given.address.map(Address::from),
            place: given
                .address
                .map(|address| self.places().of(address))
                .unwrap_or_default(),
            client: given.user_agent.as_deref().map(ClientFamily::of),
            device,
            terminal: Terminal::Own,
        }
    }
}
