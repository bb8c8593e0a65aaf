//! The act "release": holds that are over, by time or by a person at the machine.
//!
//! **Invariant:** an operation is released, refused, cancelled or frozen at the revision that was
//! read, so that of any number who try at once one has its way.

use sekisho_core::confirm::amount_text;
use sekisho_core::hold::Hold;
use sekisho_core::id::{ApplicationId, NoticeId, OperationId};
use sekisho_core::known::OperationKnown;
use sekisho_core::mask;
use sekisho_core::moment::Moment;
use sekisho_core::operation::{Fields, OperationState};
use sekisho_core::reason::Reason;
use sekisho_core::release::{Attempt, Facts, decide, is_due};
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::Verdict;

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
}

impl Gate {
    /// Releases a held operation. Whoever calls this has looked at it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn release(&self, id: OperationId, ground: Ground) -> Result<ReleaseAnswer, Fault> {
        self.end_hold(id, &Attempt::Release(ground)).await
    }

    /// Refuses a held operation.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn refuse_held(
        &self,
        id: OperationId,
        ground: Ground,
    ) -> Result<ReleaseAnswer, Fault> {
        self.end_hold(id, &Attempt::Refuse(ground)).await
    }

    async fn end_hold(&self, id: OperationId, attempt: &Attempt) -> Result<ReleaseAnswer, Fault> {
        for _ in 0..ROUNDS {
            let Some(known) = self.store().release(id).await? else {
                return Ok(ReleaseAnswer::Unknown);
            };
            let now = self.now();
            if matches!(attempt, Attempt::Time) && !is_due(&known.operation, now) {
                return Ok(ReleaseAnswer::Closed(Reason::OperationClosed));
            }
            let facts = Facts {
                fields: self.fields_if_known(&known.operation),
                operation: known.operation,
                proof: known.proof,
                channels: known.channels,
                fresh: (self.fresh_decision(now)?, NoticeId(self.dice().id(now)?)),
                report: self.fresh_report()?,
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
                _ if committed.changes.is_empty() => {
                    ReleaseAnswer::Closed(reason.unwrap_or(Reason::OperationClosed))
                }
                _ => ReleaseAnswer::Refused,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Releases what time releases, and refuses what is over. Answers whether there was something.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn settle_due(&self, most: u32) -> Result<usize, Fault> {
        let due = self.store().operations_due(self.now(), most).await?;
        let mut settled = 0;
        for id in due {
            let word = match self.end_hold(id, &Attempt::Time).await {
                Ok(ReleaseAnswer::Released(_)) => "released",
                Ok(ReleaseAnswer::Refused) => "ended",
                // Another node was first.
                Ok(ReleaseAnswer::Closed(_) | ReleaseAnswer::Unknown) => continue,
                Err(fault) => {
                    tracing::warn!(operation = %id, error = %fault, "an operation stays due");
                    continue;
                }
            };
            metrics::counter!("sekisho_operations_settled_total", "how" => word).increment(1);
            settled += 1;
        }
        Ok(settled)
    }

    /// A page of held operations, those first that are due first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn held_operations(&self, most: u32) -> Result<Vec<HeldOperation>, Fault> {
        let held = self.store().operations_held(None, most).await?;
        Ok(held.iter().map(|known| self.held_view(known)).collect())
    }

    /// One operation, as staff see it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn held_operation(&self, id: OperationId) -> Result<Option<HeldOperation>, Fault> {
        let found = self.store().operation(id).await?;
        Ok(found.map(|known| self.held_view(&known)))
    }

    fn held_view(&self, known: &OperationKnown) -> HeldOperation {
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
