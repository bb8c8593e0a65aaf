//! Reading what a customer was shown of an operation that they confirmed.
//!
//! **Invariant:** the text that is handed out has the digest that was committed with the answer.

use secrecy::ExposeSecret as _;
use sekisho_core::bytes::Digest;
use sekisho_core::id::{DecisionId, OperationId};
use sekisho_core::moment::Moment;
use sekisho_core::reveal::{Facts, decide};
use sekisho_core::thaw::Ground;

use super::staff::{Proved, StaffAnswer, StaffBy};
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::keys::Place;

/// What a customer was shown when they confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownStatement {
    /// When they confirmed.
    pub at: Moment,
    /// By which decision.
    pub decision: DecisionId,
    /// Digest of the text.
    pub digest: Digest,
    /// The text: JSON, as [`sekisho_core::confirm::Statement::text`] makes it.
    pub text: String,
}

impl Gate {
    /// What the customer of an operation was shown, each time they confirmed it; `None` when there
    /// is no such operation. Who reads it proves who they are and says on which ground, and that is
    /// recorded first.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn reveal(
        &self,
        claim: impl Into<StaffBy<'_>>,
        id: OperationId,
        ground: &Ground,
    ) -> Result<StaffAnswer<Option<Vec<ShownStatement>>>, Fault> {
        let claim = claim.into();
        for _ in 0..ROUNDS {
            let Some(Proved { staff, .. }) = self.prove_staff(claim).await? else {
                return Ok(StaffAnswer::Unproved);
            };
            let Some(operation) = self.store().operation(id).await? else {
                return Ok(StaffAnswer::Done(None));
            };
            let kept = self.store().statements(id).await?;
            let now = self.now();
            let facts = Facts {
                staff,
                operation,
                statements: kept.len(),
                decision: self.fresh_decision(now)?,
                now,
            };
            let decided = decide(ground, &facts, &self.policy());
            let Some(committed) = self.commit(decided).await? else {
                continue;
            };
            if let Some(reason) = committed.reasons().first() {
                return Ok(StaffAnswer::Refused(*reason));
            }
            let opened = kept.into_iter().map(|one| {
                let text = self.keys().open(Place::Statement(id), &one.sealed)?;
                let text = text.expose_secret().to_owned();
                let same = Digest::of(text.as_bytes()) == one.digest;
                let shown = ShownStatement {
                    at: one.at,
                    decision: one.decision,
                    digest: one.digest,
                    text,
                };
                same.then_some(shown).ok_or(Fault::Internal {
                    what: "a kept statement is not the one that was shown",
                })
            });
            let opened = opened.collect::<Result<_, Fault>>()?;
            return Ok(StaffAnswer::Done(Some(opened)));
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}
