//! The act "assist": the code that a customer reads to the support desk, and what the desk does
//! then.
//!
//! **Invariant:** nothing of a customer leaves here unmasked.

use secrecy::SecretString;
use sekisho_core::access::OperationKind;
use sekisho_core::assist::{
    ApproveFacts, Attempt, By, CallBackFacts, Desk, Facts, IdentifyFacts, decide, decide_approve,
    decide_call_back, decide_code, decide_identify, decide_look,
};
use sekisho_core::bound::Bound;
use sekisho_core::decision::Decision;
use sekisho_core::guess::Counted;
use sekisho_core::id::{ApplicationId, CallId, NoticeId, OperationId};
use sekisho_core::known::CustomerState;
use sekisho_core::moment::Moment;
use sekisho_core::operation::{Fields, OperationState};
use sekisho_core::reason::Reason;
use sekisho_core::sighting::Trait;
use sekisho_core::text::Reference;
use sekisho_core::verdict::Verdict;
use sekisho_store::{JudgeKnown, RiskQuestion};

use super::account::Session;
use super::security::ShownChannel;
use super::staff::{Proved, StaffClaim};
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::steps::factor::Claim;

/// What became of the wish for a code to read out.
#[derive(Clone, Debug)]
pub enum TelephoneCode {
    /// The code, and until when it works.
    Made(SecretString, Moment),
    /// The customer has to prove again who they are.
    ProveAgain,
    /// The account is frozen.
    Refused,
}

/// What became of the wish of somebody at the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assisted<T> {
    /// It is done.
    Done(T),
    /// The rules say no.
    Refused(Reason),
    /// No such customer, call or operation.
    Unknown,
    /// They did not prove who they are.
    Unproved,
}

/// What the desk sees of a caller.
#[derive(Clone, Debug)]
pub struct ShownCaller {
    /// The number of the customer.
    pub reference: Reference,
    /// Whether the account is frozen.
    pub state: CustomerState,
    /// How the customer is reached, masked.
    pub channels: Vec<ShownChannel>,
    /// Until when the call counts.
    pub ends: Moment,
}

/// An operation that is asked for at the desk.
#[derive(Clone, Debug)]
pub struct DeskRequest {
    /// The application that carries it out.
    pub application: ApplicationId,
    /// The kind.
    pub kind: OperationKind,
    /// Its fields.
    pub fields: Fields,
}

fn answer<T>(committed: &Decision, done: T) -> Assisted<T> {
    let reason = committed.reasons().first().copied();
    match committed.verdict() {
        Verdict::Allow | Verdict::Hold => Assisted::Done(done),
        Verdict::Refuse | Verdict::StepUp(_) => {
            Assisted::Refused(reason.unwrap_or(Reason::OperationClosed))
        }
    }
}

impl Gate {
    /// Makes a code for the desk in the place of the one there is; it is shown to the session that
    /// asked, once.
    ///
    /// # Errors
    /// Those of the store and the dice.
    pub async fn telephone_code(&self, session: &Session) -> Result<TelephoneCode, Fault> {
        let bound = Bound::Telephone(session.customer()).digest();
        for _ in 0..ROUNDS {
            let owner = self.owner(session).await?;
            let seen = self.store().challenge(bound).await?;
            let fresh = self.fresh_challenge(owner.now, bound)?;
            let policy = self.policy();
            let decision = decide_code(&owner, seen.as_ref(), &fresh, &policy);
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            let until = owner.now.plus(policy.code_life());
            return Ok(match committed.verdict() {
                Verdict::Allow => TelephoneCode::Made(fresh.code, until),
                _ if committed.reasons().contains(&Reason::ProofStale) => TelephoneCode::ProveAgain,
                _ => TelephoneCode::Refused,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    async fn desk(&self, claim: &StaffClaim) -> Result<Option<Desk>, Fault> {
        let proved = self.prove_staff(claim).await?;
        Ok(proved.map(|Proved { staff, tries }| Desk {
            staff,
            tries,
            now: self.now(),
        }))
    }

    /// Sends a code to the phone of a customer whom the desk calls back; the call that it opens
    /// once it is read.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn call_back(
        &self,
        claim: &StaffClaim,
        reference: &Reference,
    ) -> Result<Assisted<CallId>, Fault> {
        for _ in 0..ROUNDS {
            let Some(desk) = self.desk(claim).await? else {
                return Ok(Assisted::Unproved);
            };
            let Some(customer) = self.store().customer_by_reference(reference).await? else {
                return Ok(Assisted::Unknown);
            };
            let call = CallId(self.dice().id(desk.now)?);
            let bound = By::CallBack(call).bound(customer.id, desk.staff.id());
            let facts = CallBackFacts {
                channels: self.store().channels(customer.id).await?,
                sends: self.sends(&customer.id.0, None).await?,
                challenge: self.fresh_challenge(desk.now, bound.digest())?,
                fresh: (self.fresh_decision(desk.now)?, call),
                desk,
                customer,
            };
            let decision = decide_call_back(&facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match committed.verdict() {
                Verdict::StepUp(_) => Assisted::Done(call),
                _ => answer(&committed, ()).refused(),
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// A caller reads the code, that of the page or that of the call back `by`; the call that it
    /// opens.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn identify(
        &self,
        claim: &StaffClaim,
        reference: &Reference,
        (code, by): (&str, By),
    ) -> Result<Assisted<CallId>, Fault> {
        let Some(found) = self.store().customer_by_reference(reference).await? else {
            return Ok(match self.desk(claim).await? {
                Some(_) => Assisted::Unknown,
                None => Assisted::Unproved,
            });
        };
        let tries = self.keys().counter("telephone", &found.id.0, None);
        let mut admission = None;
        for _ in 0..ROUNDS {
            let Some(desk) = self.desk(claim).await? else {
                return Ok(Assisted::Unproved);
            };
            // One try at the code, however often it is decided anew.
            let admitted = match admission {
                Some(admitted) => admitted,
                None => self.reserve(Counted::Code, tries, Some(found.id)).await?,
            };
            admission = Some(admitted);
            let Some(customer) = self.store().customer(found.id).await? else {
                return Ok(Assisted::Unknown);
            };
            let bound = by.bound(customer.id, desk.staff.id()).digest();
            let at = (admitted, desk.now);
            let tried = self.prove(Claim::Code(code), bound, customer.id, at);
            let tried = tried.await?;
            let call = match by {
                By::CallBack(call) => call,
                By::Page => CallId(self.dice().id(desk.now)?),
            };
            let notice = NoticeId(self.dice().id(desk.now)?);
            let facts = IdentifyFacts {
                channels: self.store().channels(customer.id).await?,
                by,
                told: (self.fresh_report()?, notice),
                fresh: (self.fresh_decision(desk.now)?, call),
                desk,
                customer,
                tried,
                admission: (admitted, tries),
            };
            let decision = decide_identify(&facts, &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(answer(&committed, call));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// What the desk sees of a caller; that it looked is recorded before.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn look_at_caller(
        &self,
        claim: &StaffClaim,
        call: CallId,
    ) -> Result<Assisted<ShownCaller>, Fault> {
        let Some(desk) = self.desk(claim).await? else {
            return Ok(Assisted::Unproved);
        };
        let Some((call, _)) = self.store().desk_call(call, desk.now).await? else {
            return Ok(Assisted::Unknown);
        };
        let id = self.fresh_decision(desk.now)?;
        let decision = decide_look(&desk, &call, id, &self.policy());
        let Some(committed) = self.commit(decision).await? else {
            return Err(Fault::Contended { rounds: 1 });
        };
        if committed.verdict() != &Verdict::Allow {
            return Ok(answer(&committed, ()).refused());
        }
        let channels = self.store().channels(call.customer.id).await?;
        let shown: Result<Vec<_>, _> = channels.iter().map(|one| self.shown_channel(one)).collect();
        Ok(Assisted::Done(ShownCaller {
            reference: call.customer.reference,
            state: call.customer.state,
            channels: shown?,
            ends: call.ends,
        }))
    }

    /// Asks for an operation in the name of a caller; its id, and where it stands.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn operate_for_caller(
        &self,
        claim: &StaffClaim,
        call: CallId,
        request: DeskRequest,
    ) -> Result<Assisted<(OperationId, OperationState)>, Fault> {
        let policy = self.policy();
        let Some(spec) = policy.operation.get(&request.kind) else {
            return Ok(Assisted::Unknown);
        };
        let attempt = Attempt {
            application: request.application,
            kind: request.kind,
            fields: request.fields,
        };
        for _ in 0..ROUNDS {
            let Some(desk) = self.desk(claim).await? else {
                return Ok(Assisted::Unproved);
            };
            let Some((call, _)) = self.store().desk_call(call, desk.now).await? else {
                return Ok(Assisted::Unknown);
            };
            let about = (&attempt.kind, &attempt.fields, desk.now);
            let known = self.known_at_desk(&call.customer.reference, about).await?;
            let (fresh, sealed) = self.fresh_operation(&attempt.fields, desk.now)?;
            let id = fresh.operation;
            let facts = Facts {
                desk,
                channels: self.store().channels(call.customer.id).await?,
                standing: known.standing,
                crowd: known.risk.crowd,
                stops: known.stops,
                call,
                sealed,
                fresh,
            };
            let decision = decide(&attempt, &facts, spec, &policy);
            if let Some(committed) = self.commit(decision).await? {
                let state = match committed.verdict() {
                    Verdict::Hold => OperationState::Held,
                    _ => OperationState::Confirmed,
                };
                return Ok(answer(&committed, (id, state)));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// What is known of an operation that the desk asks for, of one snapshot.
    async fn known_at_desk(
        &self,
        customer: &Reference,
        (kind, fields, at): (&OperationKind, &Fields, Moment),
    ) -> Result<JudgeKnown, Fault> {
        let payees = fields.payees().map(|one| self.keys().payout_index(one));
        let traits: Vec<_> = payees.map(Trait::of_payout_account).collect();
        let question = RiskQuestion {
            traits: &traits,
            address: None,
            kind: Some(kind),
            at,
        };
        Ok(self.store().judge(customer, &question, None, at).await?)
    }

    /// A second person agrees to an operation that the desk asked for.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn agree_at_desk(
        &self,
        claim: &StaffClaim,
        id: OperationId,
    ) -> Result<Assisted<OperationId>, Fault> {
        let policy = self.policy();
        for _ in 0..ROUNDS {
            let Some(desk) = self.desk(claim).await? else {
                return Ok(Assisted::Unproved);
            };
            let found = self.store().operation_and_stops(id, desk.now).await?;
            let Some((operation, stops)) = found else {
                return Ok(Assisted::Unknown);
            };
            let Some(spec) = policy.operation.get(&operation.kind) else {
                return Ok(Assisted::Unknown);
            };
            let fields = self.open_fields(&operation, spec)?;
            let about = (&operation.kind, &fields, desk.now);
            let reference = &operation.customer.reference;
            let standing = self.known_at_desk(reference, about).await?.standing;
            let (fresh, _) = self.fresh_operation(&fields, desk.now)?;
            let facts = ApproveFacts {
                asked: self.store().desk_asked(id).await?,
                channels: self.store().channels(operation.customer.id).await?,
                desk,
                operation,
                fields,
                stops,
                standing,
                fresh,
            };
            let decision = decide_approve(&facts, spec, &policy);
            if let Some(committed) = self.commit(decision).await? {
                return Ok(answer(&committed, id));
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}

impl Assisted<()> {
    /// The same refusal of something else.
    fn refused<T>(self) -> Assisted<T> {
        match self {
            Self::Refused(reason) => Assisted::Refused(reason),
            Self::Done(()) | Self::Unknown => Assisted::Unknown,
            Self::Unproved => Assisted::Unproved,
        }
    }
}
