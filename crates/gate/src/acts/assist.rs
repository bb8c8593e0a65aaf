//! The act "assist": what the support desk does for a caller who proved who they are.
//!
//! **Invariant:** nothing of a customer leaves here unmasked, but the number that a code went to,
//! for the person who calls it back, once that is in the record.

use std::collections::BTreeSet;

use sekisho_core::access::OperationKind;
use sekisho_core::assist::{ApproveFacts, Attempt, Desk, Facts, Payee, decide, decide_approve};
use sekisho_core::decision::Decision;
use sekisho_core::id::{ApplicationId, CallId, OperationId};
use sekisho_core::moment::Moment;
use sekisho_core::operation::{Fields, OperationState};
use sekisho_core::policy::Policy;
use sekisho_core::reason::Reason;
use sekisho_core::sighting::Trait;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::Verdict;
use sekisho_store::{JudgeKnown, RiskQuestion};

use super::staff::{Proved, StaffClaim};
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
mod call;

pub use call::{CallBack, ShownCaller, TelephoneCode};

/// What became of the wish of somebody at the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assisted<T> {
    /// It is done.
    Done(T),
    /// It goes on only once it is said what was looked at, since rules hold it for these.
    Held(Vec<Reason>),
    /// The rules say no.
    Refused(Reason),
    /// No such customer, call or operation.
    Unknown,
    /// They did not prove who they are.
    Unproved,
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

/// Those of the reasons for which rules hold.
fn held_for(reasons: &[Reason], policy: &Policy) -> Vec<Reason> {
    let holds = |reason: &&Reason| policy.rules.holds(**reason);
    reasons.iter().filter(holds).copied().collect()
}

pub(super) fn answer<T>(committed: &Decision, done: T) -> Assisted<T> {
    let reason = committed.reasons().first().copied();
    match committed.verdict() {
        Verdict::Allow | Verdict::Hold => Assisted::Done(done),
        Verdict::Refuse | Verdict::StepUp(_) => {
            Assisted::Refused(reason.unwrap_or(Reason::OperationClosed))
        }
    }
}

impl Gate {
    pub(super) async fn desk(&self, claim: &StaffClaim) -> Result<Option<Desk>, Fault> {
        let proved = self.prove_staff(claim.into()).await?;
        Ok(proved.map(|Proved { staff, tries }| Desk {
            staff,
            tries,
            now: self.now(),
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
            let (known, payees) = self.known_at_desk(&call.customer.reference, about).await?;
            let (fresh, sealed) = self.fresh_operation(&attempt.fields, desk.now)?;
            let id = fresh.operation;
            let facts = Facts {
                desk,
                channels: self.store().channels(call.customer.id).await?,
                standing: known.standing,
                crowd: known.risk.crowd,
                payees,
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

    /// What is known of an operation that the desk asks for, and what the rules want to know of
    /// every payee.
    async fn known_at_desk(
        &self,
        customer: &Reference,
        (kind, fields, at): (&OperationKind, &Fields, Moment),
    ) -> Result<(JudgeKnown, Vec<Payee>), Fault> {
        let payees: BTreeSet<_> = fields
            .payees()
            .map(|one| self.keys().payout_index(one))
            .collect();
        let question = |traits| RiskQuestion {
            traits,
            address: None,
            kind: Some(kind),
            at,
        };
        let all: Vec<_> = payees
            .iter()
            .copied()
            .map(Trait::of_payout_account)
            .collect();
        let known = self
            .store()
            .judge(customer, &question(&all), None, at)
            .await?;
        // Each is judged by itself; of what has none, the customer.
        let each = payees.iter().copied().map(Some);
        let each: Vec<_> = each.chain(payees.is_empty().then_some(None)).collect();
        let traits = |payee: &Option<[u8; 16]>| -> Vec<_> {
            let payee = payee.map(Trait::of_payout_account);
            std::iter::once(Trait::ALL).chain(payee).collect()
        };
        let traits: Vec<_> = each.iter().map(traits).collect();
        let questions: Vec<_> = traits.iter().map(|one| question(one)).collect();
        let risks = self.store().risks(customer, &questions).await?;
        Ok((known, each.into_iter().zip(risks).collect()))
    }

    /// A second person agrees to an operation that the desk asked for; to what rules hold only by
    /// saying what was looked at.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn agree_at_desk(
        &self,
        claim: &StaffClaim,
        id: OperationId,
        ground: Option<Ground>,
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
            let (known, payees) = self.known_at_desk(reference, about).await?;
            let (fresh, _) = self.fresh_operation(&fields, desk.now)?;
            let facts = ApproveFacts {
                asked: self.store().desk_asked(id).await?,
                channels: self.store().channels(operation.customer.id).await?,
                desk,
                operation,
                fields,
                stops,
                standing: known.standing,
                payees,
                ground: ground.clone(),
                fresh,
            };
            let decision = decide_approve(&facts, spec, &policy);
            if let Some(committed) = self.commit(decision).await? {
                let held = committed.verdict() == &Verdict::Hold;
                return Ok(match held {
                    true => Assisted::Held(held_for(committed.reasons(), &policy)),
                    false => answer(&committed, id),
                });
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}

impl Assisted<()> {
    /// The same refusal of something else.
    pub(super) fn refused<T>(self) -> Assisted<T> {
        match self {
            Self::Held(reasons) => Assisted::Held(reasons),
            Self::Refused(reason) => Assisted::Refused(reason),
            Self::Done(()) | Self::Unknown => Assisted::Unknown,
            Self::Unproved => Assisted::Unproved,
        }
    }
}
