//! The act "release": holds that are over, by time or by a person of the firm.
//!
//! **Invariant:** an operation is released, refused, cancelled or frozen at the revision that was
//! read, so that of any number who try at once one has its way.

use std::collections::BTreeSet;

use sekisho_core::confirm::amount_text;
use sekisho_core::hold::Hold;
use sekisho_core::id::{ApplicationId, NoticeId, OperationId};
use sekisho_core::known::{OperationKnown, RiskKnown};
use sekisho_core::mask;
use sekisho_core::moment::Moment;
use sekisho_core::operation::{Fields, OperationState};
use sekisho_core::proof::StaffProved;
use sekisho_core::reason::Reason;
use sekisho_core::release::{Attempt, Facts, decide, is_due};
use sekisho_core::sighting::Trait;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::Verdict;
use sekisho_store::RiskQuestion;
use serde_json::json;

use super::staff::{Proved, StaffAnswer, StaffBy};
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

/// A held operation, as staff see it.
#[derive(Clone, Debug)]
pub struct HeldOperation {
    /// The id.
    pub id: OperationId,
    /// The application that asked.
    pub application: ApplicationId,
    /// Whose.
    pub customer: Reference,
    /// The word of its kind.
    pub kind: String,
    /// Where it stands.
    pub state: OperationState,
    /// When it was asked for.
    pub created: Moment,
    /// The hold, while it is held.
    pub hold: Option<Hold>,
    /// Whether it was confirmed when it was held.
    pub confirmed: bool,
    /// The amount.
    pub amount: Option<String>,
    /// Bank and branch of the payee, with the account number masked; never the holder.
    pub payee: Option<String>,
}

/// What became of the wish to release or refuse an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseAnswer {
    /// Not possible, and why.
    Closed(Reason),
    /// It is refused.
    Refused,
    /// It goes on from this state.
    Released(OperationState),
    /// There is no such operation.
    Unknown,
    /// Who wants it did not prove who they are.
    Unproved,
}

impl Gate {
    /// Releases a held operation in the name of a person who looked at it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn release(
        &self,
        claim: impl Into<StaffBy<'_>>,
        id: OperationId,
        ground: &Ground,
    ) -> Result<ReleaseAnswer, Fault> {
        self.end_by_person(claim.into(), id, ground, |staff, ground| {
            Attempt::Release(staff, ground)
        })
        .await
    }

    /// Refuses a held operation in the name of a person.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn refuse_held(
        &self,
        claim: impl Into<StaffBy<'_>>,
        id: OperationId,
        ground: &Ground,
    ) -> Result<ReleaseAnswer, Fault> {
        self.end_by_person(claim.into(), id, ground, |staff, ground| {
            Attempt::Refuse(staff, ground)
        })
        .await
    }

    async fn end_by_person(
        &self,
        claim: StaffBy<'_>,
        id: OperationId,
        ground: &Ground,
        wish: for<'a> fn(&'a StaffProved, &'a Ground) -> Attempt<'a>,
    ) -> Result<ReleaseAnswer, Fault> {
        match self.prove_staff(claim).await? {
            Some(Proved { staff, .. }) => self.end_hold(id, wish(&staff, ground), None).await,
            None => Ok(ReleaseAnswer::Unproved),
        }
    }

    async fn end_hold(
        &self,
        id: OperationId,
        attempt: Attempt<'_>,
        passed: Option<Moment>,
    ) -> Result<ReleaseAnswer, Fault> {
        for _ in 0..ROUNDS {
            let now = passed.map_or(self.now(), |passed| passed.max(self.now()));
            let passed = passed.unwrap_or(now);
            let Some(known) = self.store().release(id, now).await? else {
                return Ok(ReleaseAnswer::Unknown);
            };
            let time = matches!(attempt, Attempt::Time);
            if time && !is_due(&known.operation, passed) {
                return Ok(ReleaseAnswer::Closed(Reason::OperationClosed));
            }
            let fields = self.fields_if_known(&known.operation);
            let risks = match &fields {
                Some(fields) if time => self.learned(&known.operation, fields, now).await?,
                _ => Vec::new(),
            };
            let facts = Facts {
                fields,
                operation: known.operation,
                proof: known.proof,
                standing: known.standing,
                risks,
                channels: known.channels,
                fresh: (self.fresh_decision(now)?, NoticeId(self.dice().id(now)?)),
                report: self.fresh_report()?,
                passed,
                now,
            };
            let decision = decide(attempt, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            let reason = committed.reasons().first().copied();
            return Ok(match committed.verdict() {
                Verdict::Allow => {
                    let known = self.store().operation(id).await?;
                    let state = known.map_or(OperationState::Pending, |known| known.state);
                    ReleaseAnswer::Released(state)
                }
                Verdict::Hold => ReleaseAnswer::Closed(reason.unwrap_or(Reason::OperationClosed)),
                _ if committed.changes.is_empty() => {
                    ReleaseAnswer::Closed(reason.unwrap_or(Reason::OperationClosed))
                }
                _ => ReleaseAnswer::Refused,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// What is known by now of the payees of an operation, and of the device that asked for it.
    async fn learned(
        &self,
        known: &OperationKnown,
        fields: &Fields,
        now: Moment,
    ) -> Result<Vec<RiskKnown>, Fault> {
        let admitted = self.store().decision(known.application, known.decision);
        let access = admitted.await?.and_then(|(_, access)| access);
        let place = access.map_or_else(Vec::new, |access| Trait::of_context(&access.context()));
        let payees: BTreeSet<_> = fields
            .payees()
            .map(|account| self.keys().payout_index(account))
            .collect();
        let payees = payees
            .into_iter()
            .map(|payee| vec![Trait::of_payout_account(payee)]);
        let traits: Vec<_> = std::iter::once(place).chain(payees).collect();
        let question = |traits| RiskQuestion {
            traits,
            address: None,
            kind: None,
            at: now,
        };
        let questions: Vec<_> = traits.iter().map(|one| question(one.as_slice())).collect();
        let reference = &known.customer.reference;
        Ok(self.store().risks(reference, &questions).await?)
    }

    /// Releases what time releases, and refuses what is over, as far as it was due at `now`, which
    /// may be behind the clock.
    /// Answers how many there were. What cannot be settled keeps nothing else waiting.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn settle_due(&self, now: Moment, page: u32) -> Result<usize, Fault> {
        let (mut settled, mut after) = (0, None);
        loop {
            let due = self.store().operations_due(now, after, page).await?;
            for (_, id) in &due {
                settled += usize::from(self.settle_one(*id, now).await);
            }
            let full = due.len() >= usize::try_from(page).unwrap_or(usize::MAX);
            let Some(last) = due.last().filter(|_| full) else {
                return Ok(settled);
            };
            after = Some(*last);
        }
    }

    async fn settle_one(&self, id: OperationId, now: Moment) -> bool {
        let word = match self.end_hold(id, Attempt::Time, Some(now)).await {
            Ok(ReleaseAnswer::Released(_)) => "released",
            Ok(ReleaseAnswer::Refused) => "ended",
            // Another node was first, or it waits for a person now.
            Ok(ReleaseAnswer::Closed(_) | ReleaseAnswer::Unknown | ReleaseAnswer::Unproved) => {
                return false;
            }
            Err(fault) => {
                tracing::warn!(operation = %id, error = %fault, "an operation stays due");
                return false;
            }
        };
        metrics::counter!("sekisho_operations_settled_total", "how" => word).increment(1);
        true
    }

    /// A page of held operations, those first that are due first, to a person who proves who they
    /// are and says why; both are in the record before a row is read.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn held_operations(
        &self,
        claim: impl Into<StaffBy<'_>>,
        most: u32,
        ground: Ground,
    ) -> Result<StaffAnswer<Vec<HeldOperation>>, Fault> {
        let asked = json!({ "held": most });
        Ok(match self.looking(claim.into(), ground, asked).await? {
            StaffAnswer::Done(()) => {
                let held = self.store().operations_held(None, most).await?;
                StaffAnswer::Done(held.iter().map(|known| self.held_view(known)).collect())
            }
            other => other.map(|()| Vec::new()),
        })
    }

    /// One operation, as staff see it, likewise.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn held_operation(
        &self,
        claim: impl Into<StaffBy<'_>>,
        id: OperationId,
        ground: Ground,
    ) -> Result<StaffAnswer<Option<HeldOperation>>, Fault> {
        let asked = json!({ "operation": id });
        Ok(match self.looking(claim.into(), ground, asked).await? {
            StaffAnswer::Done(()) => {
                let found = self.store().operation(id).await?;
                StaffAnswer::Done(found.map(|known| self.held_view(&known)))
            }
            other => other.map(|()| None),
        })
    }

    pub(super) fn held_view(&self, known: &OperationKnown) -> HeldOperation {
        let fields = self.fields_if_known(known);
        let account = fields.as_ref().and_then(|fields| fields.payout_account());
        HeldOperation {
            id: known.id,
            application: known.application,
            customer: known.customer.reference.clone(),
            kind: known.kind.as_str().to_owned(),
            state: known.state,
            created: known.created,
            hold: known.hold.clone(),
            confirmed: known.grant.is_some(),
            amount: fields.as_ref().and_then(amount_text),
            payee: account.map(|account| {
                let number = mask::account_number(&account.number);
                format!("{}-{} {number}", account.bank, account.branch)
            }),
        }
    }

    /// The opened fields; none of a kind that the policy has no more.
    pub(crate) fn fields_if_known(&self, known: &OperationKnown) -> Option<Fields> {
        let policy = self.policy();
        let spec = policy.operation.get(&known.kind)?;
        self.open_fields(known, spec).ok()
    }
}
