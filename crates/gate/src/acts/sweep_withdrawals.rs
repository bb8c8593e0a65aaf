//! The act "sweep" over withdrawals: each beside the change of the payout account before it.
//!
//! **Invariant:** it reads what a sweep over operations reads, and the last change of each customer
//! whose withdrawal is listed.

use std::sync::Arc;

use sekisho_core::access::{Act, OperationKind};
use sekisho_core::bytes::Digest;
use sekisho_core::change::Change;
use sekisho_core::id::CustomerId;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::policy::OperationEffect;
use sekisho_core::sighting::TraitKind;
use sekisho_core::sweep::{Handed, Look, Matched, Suspicion, Swept};
use sekisho_core::thaw::Ground;

use super::staff::{StaffAnswer, StaffClaim};
use super::sweep::{Sweep, SweepQuestion, Sweeper};
use crate::fault::Fault;
use crate::gate::Gate;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct WithdrawalQuestion {
    /// Withdrawals from this moment on.
    pub from: Moment,
    /// Before this one.
    pub until: Moment,
    /// How long before a withdrawal a change of the payout account is looked for.
    pub back: Span,
    /// Which traits are compared.
    pub traits: Vec<TraitKind>,
    /// How others at a place are weighed.
    pub look: Look,
    /// What is written of it, for the record; all where nothing is named.
    pub only: Vec<&'static str>,
}

/// A sweep over withdrawals in course.
#[derive(Debug)]
pub struct WithdrawalSweep {
    sweep: Sweep,
    changes: Vec<Act>,
    back: Span,
    found: [u64; Suspicion::ALL.len()],
}

impl Gate {
    /// Begins a sweep over the withdrawals of a time: every kind of operation by which the policy
    /// lets money out, beside every kind that changes where it goes.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sweep_withdrawals(
        &self,
        claim: &StaffClaim,
        asked: WithdrawalQuestion,
        ground: Ground,
    ) -> Result<StaffAnswer<WithdrawalSweep>, Fault> {
        let (question, parts) = self.over_withdrawals(asked);
        let sweep = self.sweep(claim, question, ground).await?;
        Ok(sweep.map(|sweep| WithdrawalSweep::begin(sweep, parts)))
    }

    /// Begins the daily look.
    pub(crate) async fn match_daily(
        &self,
        asked: WithdrawalQuestion,
        ground: Ground,
    ) -> Result<WithdrawalSweep, Fault> {
        let (question, parts) = self.over_withdrawals(asked);
        let sweep = self.sweep_daily(question, ground).await?;
        Ok(WithdrawalSweep::begin(sweep, parts))
    }

    /// The question of a sweep, and what it is matched with.
    fn over_withdrawals(&self, asked: WithdrawalQuestion) -> (SweepQuestion, (Vec<Act>, Span)) {
        let policy = self.policy();
        let kinds = |effect| -> Vec<OperationKind> {
            let kinds = policy.operation.iter();
            let kinds = kinds.filter(|(_, operation)| operation.effect == effect);
            kinds.map(|(kind, _)| kind.clone()).collect()
        };
        let changes = kinds(OperationEffect::PayoutChange).into_iter();
        let changes = changes
            .flat_map(|kind| [Act::Operate(kind.clone()), Act::Confirm(kind)])
            .collect();
        let question = SweepQuestion {
            kinds: kinds(OperationEffect::MoneyOut),
            from: asked.from,
            until: asked.until,
            application: None,
            traits: asked.traits,
            look: asked.look,
            only: asked.only,
        };
        (question, (changes, asked.back))
    }
}

impl WithdrawalSweep {
    fn begin(sweep: Sweep, (changes, back): (Vec<Act>, Span)) -> Self {
        Self {
            sweep,
            changes,
            back,
            found: [0; Suspicion::ALL.len()],
        }
    }

    /// Ends the daily look, which has got so far; whether it was this one that got there.
    pub(crate) async fn end_daily(self, looked: Change) -> Result<bool, Fault> {
        let found = self.found_json();
        self.sweep.by.note_daily(found, looked).await
    }

    /// How many there were of each, by word.
    fn found_json(&self) -> serde_json::Value {
        let words = Suspicion::ALL.iter().zip(self.found);
        let words = words.map(|(suspicion, count)| (suspicion.word().to_owned(), count.into()));
        serde_json::Value::Object(words.collect())
    }

    pub(super) fn by(&self) -> &Arc<Sweeper> {
        &self.sweep.by
    }

    /// The next withdrawals with what was found; `None` after the last. A page may be empty.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn next(&mut self) -> Result<Option<Vec<Matched>>, Fault> {
        let Some(withdrawals) = self.sweep.next().await? else {
            return Ok(None);
        };
        let before = |one: &Swept| -> (CustomerId, Moment, Moment) {
            let at = one.procedure.access.at;
            (one.procedure.access.customer, at, at.minus(self.back))
        };
        let asked: Vec<_> = withdrawals.iter().map(before).collect();
        let changes = self.sweep.last_of(&asked, &self.changes).await?;
        let both = withdrawals.into_iter().zip(changes);
        let matched: Vec<_> = both.map(|(one, change)| Matched::of(one, change)).collect();
        for one in &matched {
            let places = Suspicion::ALL.iter().zip(&mut self.found);
            for (_, count) in places.filter(|(of, _)| **of == one.suspicion) {
                *count += 1;
            }
        }
        Ok(Some(matched))
    }

    /// How many there were of each, in the order of [`Suspicion::ALL`].
    #[must_use]
    pub fn tally(&self) -> [u64; Suspicion::ALL.len()] {
        self.found
    }

    /// Ends the sweep: the counts, how much was handed out and its digest stay in the record.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end(self, handed: Handed, digest: Digest) -> Result<(), Fault> {
        let found = self.found_json();
        self.sweep.end_with(found, (handed, digest)).await
    }
}
