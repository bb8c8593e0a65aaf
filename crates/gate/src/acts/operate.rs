//! The act "operate": an application asks to have an operation guarded.
//!
//! **Invariant:** the view that an application gets is made of the stored operation, never of its
//! request.

use std::collections::BTreeSet;

use secrecy::ExposeSecret as _;
use sekisho_core::access::OperationKind;
use sekisho_core::bytes::{Digest, Sealed};
use sekisho_core::hold::Hold;
use sekisho_core::id::{ApplicationId, GrantId, NoticeId, OperationId};
use sekisho_core::known::{OperationKnown, RiskKnown, Way};
use sekisho_core::moment::Moment;
use sekisho_core::operate::{Attempt, Facts, Fresh, decide};
use sekisho_core::operation::{Fields, Nonce, OperationState};
use sekisho_core::policy::OperationPolicy;
use sekisho_core::proof::{self, Method};
use sekisho_core::reason::Reason;
use sekisho_core::release::Proof;
use sekisho_core::sighting::Trait;
use sekisho_core::text::Reference;
use sekisho_seal::grant::GrantClaims;
use sekisho_store::RiskQuestion;

use super::judge::{DecisionView, RequestContext};
use super::stop::StopTold;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::keys::Place;
use crate::steps::caller::Caller;

/// What an application asks.
#[derive(Clone, Debug)]
pub struct OperateRequest {
    /// The application.
    pub application: ApplicationId,
    /// Its customer.
    pub customer: Reference,
    /// The kind of operation.
    pub kind: OperationKind,
    /// Its fields.
    pub fields: Fields,
    /// From where the customer asked.
    pub context: RequestContext,
    /// By which channel, and of which segments the customer is.
    pub way: Way,
    /// What the application already verified.
    pub verified: Vec<Method>,
    /// What it gives along for the grant.
    pub nonce: Option<Nonce>,
    /// Where the browser goes back to.
    pub return_uri: Option<String>,
    /// The idempotency key and the digest of the request.
    pub idempotency: Option<(String, Digest)>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum Operated {
    /// Kept.
    Created(OperationView),
    /// The idempotency key was used with another request.
    KeyReused,
    /// Kept before.
    Replayed(OperationView),
    /// The policy has no such kind.
    UnknownKind,
    /// No such customer.
    UnknownCustomer,
}

/// An operation, as its application sees it.
#[derive(Clone, Debug)]
pub struct OperationView {
    /// The id.
    pub id: OperationId,
    /// The kind.
    pub kind: OperationKind,
    /// Whose.
    pub customer: Reference,
    /// Where it stands. A pending one whose time is over is shown as refused.
    pub state: OperationState,
    /// The digest that a grant names.
    pub digest: Digest,
    /// When it was asked for.
    pub created: Moment,
    /// Until when it may be confirmed.
    pub expires: Moment,
    /// The hold, while it is held.
    pub hold: Option<Hold>,
    /// Why it was refused, where that came after it had been admitted.
    pub ended: Option<Reason>,
    /// Counts up with every change.
    pub revision: i64,
    /// The local path of the confirmation page, while it waits.
    pub confirm_path: Option<String>,
    /// The grant, while it can be redeemed and is not stopped.
    pub grant: Option<String>,
    /// The decision that admitted it.
    pub decision: DecisionView,
    /// The stop that stands in its way now, or that refused it.
    pub stop: Option<StopTold>,
}

impl Gate {
    /// Keeps an operation and says what it needs.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn operate(&self, request: OperateRequest) -> Result<Operated, Fault> {
        let policy = self.policy();
        let Some(spec) = policy.operation.get(&request.kind) else {
            return Ok(Operated::UnknownKind);
        };
        let reference = request.customer.clone();
        let attempt = self.attempted(request);
        let (payout, others) = self.payees(&attempt.fields);
        let mut traits = Trait::of_context(&attempt.context);
        traits.extend(payout.map(Trait::of_payout_account));
        let key = attempt
            .idempotency
            .as_ref()
            .map(|(key, _)| (attempt.application, key.as_str()));
        for _ in 0..ROUNDS {
            let now = self.now();
            let question = RiskQuestion {
                traits: &traits,
                address: attempt.context.address,
                kind: Some(&attempt.kind),
                at: now,
            };
            let known = self.store().operate(&reference, &question, key).await?;
            if let (Some(before), Some((_, digest))) = (known.idempotency, &attempt.idempotency) {
                let same = (before.request == *digest).then_some(before.operation);
                return self.replayed(&attempt, same).await;
            }
            let Some(customer) = known.customer else {
                return Ok(Operated::UnknownCustomer);
            };
            let others = self.others(&reference, &attempt, &others, now).await?;
            let (fresh, sealed) = self.fresh_operation(&attempt.fields, now)?;
            let risk = self.places().placed(known.risk);
            let (channels, operation) = (known.channels, fresh.operation);
            let facts = Facts {
                customer,
                channels,
                passkeys: self.usable_of(&known.passkeys),
                risk,
                stops: known.stops,
                standing: known.standing,
                payout,
                others,
                sealed,
                fresh,
                now,
            };
            let decision = decide(&attempt, &facts, spec, &policy);
            if self.commit(decision).await?.is_some() {
                let view = self.operation_of(attempt.application, operation).await?;
                return view.map(Operated::Created).ok_or(Fault::Internal {
                    what: "an operation is gone",
                });
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    fn attempted(&self, request: OperateRequest) -> Attempt {
        Attempt {
            application: request.application,
            context: self.context_of(request.application, &request.context),
            kind: request.kind,
            fields: request.fields,
            way: request.way,
            verified: request.verified,
            nonce: request.nonce,
            return_uri: request.return_uri,
            idempotency: self.keys().kept(request.application, request.idempotency),
        }
    }

    /// The keyed index of the first payee, and those of the others, each once.
    fn payees(&self, fields: &Fields) -> (Option<[u8; 16]>, Vec<[u8; 16]>) {
        let mut payees = fields.payees().map(|one| self.keys().payout_index(one));
        let first = payees.next();
        let others: BTreeSet<_> = payees.filter(|one| Some(*one) != first).collect();
        (first, others.into_iter().collect())
    }

    /// What the rules want to know of the other payees of a batch.
    async fn others(
        &self,
        customer: &Reference,
        attempt: &Attempt,
        payouts: &[[u8; 16]],
        at: Moment,
    ) -> Result<Vec<([u8; 16], RiskKnown)>, Fault> {
        let traits = |payout: &[u8; 16]| {
            let mut traits = Trait::of_context(&attempt.context);
            traits.push(Trait::of_payout_account(*payout));
            traits
        };
        let traits: Vec<_> = payouts.iter().map(traits).collect();
        let question = |traits| RiskQuestion {
            traits,
            address: attempt.context.address,
            kind: Some(&attempt.kind),
            at,
        };
        let questions: Vec<_> = traits.iter().map(|one| question(one.as_slice())).collect();
        let known = self.store().risks(customer, &questions).await?;
        let places = self.places();
        let known = known.into_iter().map(|one| places.placed(one));
        Ok(payouts.iter().copied().zip(known).collect())
    }

    async fn replayed(
        &self,
        attempt: &Attempt,
        before: Option<Option<OperationId>>,
    ) -> Result<Operated, Fault> {
        let Some(Some(id)) = before else {
            return Ok(Operated::KeyReused);
        };
        let view = self.operation_of(attempt.application, id).await?;
        Ok(view.map_or(Operated::KeyReused, Operated::Replayed))
    }

    /// Fresh values of an operation, and its fields sealed for it.
    pub(crate) fn fresh_operation(
        &self,
        fields: &Fields,
        now: Moment,
    ) -> Result<(Fresh, Sealed), Fault> {
        let operation = OperationId(self.dice().id(now)?);
        let place = Place::Operation(operation);
        let sealed = self
            .keys()
            .seal(place, fields.canonical().as_bytes(), self.dice())?;
        let fresh = Fresh {
            decision: self.fresh_decision(now)?,
            operation,
            grant: GrantId(self.dice().id(now)?),
            notice: NoticeId(self.dice().id(now)?),
            report: self.fresh_report()?,
        };
        Ok((fresh, sealed))
    }

    /// An operation of this application.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn operation(
        &self,
        caller: &Caller,
        id: OperationId,
    ) -> Result<Option<OperationView>, Fault> {
        self.operation_of(caller.application, id).await
    }

    pub(crate) async fn operation_of(
        &self,
        application: ApplicationId,
        id: OperationId,
    ) -> Result<Option<OperationView>, Fault> {
        let now = self.now();
        let found = self.store().operation_and_stops(id, now).await?;
        let Some((known, stops)) = found.filter(|(known, _)| known.application == application)
        else {
            return Ok(None);
        };
        let Some(decision) = self.store().admitting(known.decision).await? else {
            return Ok(None);
        };
        let over = known.state == OperationState::Pending && known.expires <= now;
        let state = if over {
            OperationState::Refused
        } else {
            known.state
        };
        let waits = state == OperationState::Pending;
        let open = waits || state == OperationState::Confirmed;
        let decision = self
            .decision_view(&decision.entry, decision.outcome)
            .await?;
        let stop = known.stopped(&stops).filter(|_| open).map(StopTold::from);
        Ok(Some(OperationView {
            id,
            kind: known.kind.clone(),
            customer: known.customer.reference.clone(),
            state,
            digest: known.digest,
            created: known.created,
            expires: known.expires,
            hold: known.hold.clone(),
            ended: known.ended.or(over.then_some(Reason::Expired)),
            revision: known.revision,
            confirm_path: waits.then(|| format!("/confirm/{id}")),
            grant: match &stop {
                Some(_) => None,
                None => self.grant_of(&known, now).await?,
            },
            stop: stop.or_else(|| decision.stop.clone()),
            decision,
        }))
    }

    /// The grant of a confirmed operation, signed anew each time with the same claims (of one that
    /// was held, with its own minute), while it can be redeemed.
    async fn grant_of(&self, known: &OperationKnown, now: Moment) -> Result<Option<String>, Fault> {
        let Some(grant) = known
            .grant
            .as_ref()
            .filter(|_| known.state == OperationState::Confirmed)
        else {
            return Ok(None);
        };
        let policy = self.policy();
        let until = grant.ends(&policy);
        if until <= now {
            return Ok(None);
        }
        // The customer may have removed meanwhile what confirmed it.
        let released = grant.until.is_some();
        if released && self.store().grant_proof(grant.id).await? == Proof::Absent {
            return Ok(None);
        }
        // What was held in between lives longer than one token may.
        let (issued, expires) = match grant.until {
            None => (grant.confirmed, until),
            Some(_) => (now, until.min(now.plus(policy.grant_life()))),
        };
        let claims = GrantClaims {
            iss: self.issuer().to_owned(),
            aud: known.application,
            sub: known.customer.reference.as_str().to_owned(),
            jti: grant.id,
            iat: issued.unix_seconds(),
            exp: expires.unix_seconds(),
            grant_until: until.unix_seconds(),
            operation_id: known.id,
            operation_kind: known.kind.clone(),
            operation_digest: known.digest,
            amr: proof::amr(&grant.methods),
            acr: grant.acr.clone(),
            auth_time: grant.acr.as_ref().map(|_| grant.proved.unix_seconds()),
            nonce: known.nonce.as_ref().map(|nonce| nonce.as_str().to_owned()),
        };
        let keys = self.signing_keys().await?;
        Ok(Some(claims.sign(&keys.current)?))
    }

    /// The opened fields of a stored operation.
    pub(crate) fn open_fields(
        &self,
        known: &OperationKnown,
        spec: &OperationPolicy,
    ) -> Result<Fields, Fault> {
        let text = self
            .keys()
            .open(Place::Operation(known.id), &known.fields)?;
        let value = serde_json::from_str(text.expose_secret()).ok();
        value
            .and_then(|value| Fields::parse(&value, &spec.fields).ok())
            .ok_or(Fault::Internal {
                what: "the fields of an operation do not fit the policy any more",
            })
    }
}
