//! The act "sweep": which procedures of a time were done from where, and who else was there.
//!
//! **Invariant:** not a row is read before the entry that says who sweeps and why is committed.

mod by;

use std::sync::Arc;

use sekisho_core::access::{Act, OperationKind};
use sekisho_core::bytes::Digest;
use sekisho_core::id::{ApplicationId, CustomerId, DecisionId};
use sekisho_core::moment::Moment;
use sekisho_core::sighting::TraitKind;
use sekisho_core::sweep::{Attempt, Finding, Handed, Look, Procedure, Swept, places};
use sekisho_core::thaw::Ground;
use sekisho_store::ProcedurePage;
use serde_json::json;

use super::staff::{StaffAnswer, StaffClaim};
use crate::fault::Fault;
use crate::gate::Gate;
use crate::steps::caller::Caller;
pub(crate) use by::MOST_PROGRAMS;
pub(super) use by::{By, Sweeper};

/// Procedures of one page: its places are two statements for each kind and 256 of them.
const PAGE: u32 = 2_048;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct SweepQuestion {
    /// Kinds of operations, confirmed here or allowed by `POST /v1/decisions`.
    pub kinds: Vec<OperationKind>,
    /// From this moment on.
    pub from: Moment,
    /// Before this one.
    pub until: Moment,
    /// Of this application only.
    pub application: Option<ApplicationId>,
    /// Which traits of the procedure's place are compared.
    pub traits: Vec<TraitKind>,
    /// How others at a place are weighed.
    pub look: Look,
    /// What is written of it, for the record; all where nothing is named.
    pub only: Vec<&'static str>,
}

impl SweepQuestion {
    /// What is asked, as the record has it.
    fn json(&self) -> serde_json::Value {
        json!({
            "kinds": self.kinds,
            "from": self.from,
            "until": self.until,
            "application": self.application.map(|id| id.to_string()),
            "traits": self.traits,
            "familiar_hours": self.look.familiar.as_seconds() / 3_600,
            "settled_days": self.look.settled.as_seconds() / 86_400,
            "shared_from": self.look.shared_from,
            "only": self.only,
        })
    }
}

/// How many of what were found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SweepTally {
    /// By finding, in the order of [`Finding::ALL`].
    pub found: [u64; Finding::ALL.len()],
}

impl SweepTally {
    pub(super) fn count(&mut self, finding: Finding) {
        let places = Finding::ALL.iter().zip(&mut self.found);
        for (_, count) in places.filter(|(of, _)| **of == finding) {
            *count += 1;
        }
    }

    /// All procedures.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.found.iter().sum()
    }

    /// By word.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let words = Finding::ALL.iter().zip(self.found);
        let counted = words.map(|(finding, count)| (finding.word().to_owned(), count.into()));
        serde_json::Value::Object(counted.collect())
    }
}

/// A sweep over operations in course.
#[derive(Debug)]
pub struct Sweep {
    pub(super) by: Arc<Sweeper>,
    question: SweepQuestion,
    /// The acts that are still to be listed, the present one last.
    acts: Vec<Act>,
    after: Option<(Moment, DecisionId)>,
    tally: SweepTally,
}

impl Gate {
    /// Begins a sweep in the name of a person.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sweep(
        &self,
        claim: &StaffClaim,
        question: SweepQuestion,
        ground: Ground,
    ) -> Result<StaffAnswer<Sweep>, Fault> {
        let asked = question.json();
        let by = self.sweeper(claim.into(), ground, asked).await?;
        Ok(by.map(|by| Sweep::begin(by, question)))
    }

    /// Begins the daily look.
    pub(super) async fn sweep_daily(
        &self,
        question: SweepQuestion,
        ground: Ground,
    ) -> Result<Sweep, Fault> {
        let sweeper = Sweeper {
            gate: self.clone(),
            by: By::Worker,
            ground,
            _place: None,
        };
        sweeper.note(&Attempt::Begin(question.json())).await?;
        Ok(Sweep::begin(sweeper, question))
    }

    /// Begins a sweep in the name of a program whose credential says that it may; `None` while
    /// two are under way on this node.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sweep_for(
        &self,
        caller: &Caller,
        question: SweepQuestion,
        ground: Ground,
    ) -> Result<Option<Sweep>, Fault> {
        let by = self.swept_by(caller, ground, question.json()).await?;
        Ok(by.map(|by| Sweep::begin(by, question)))
    }
}

impl Sweep {
    fn begin(by: Sweeper, question: SweepQuestion) -> Self {
        let confirmed =
            |kind: &OperationKind| [Act::Operate(kind.clone()), Act::Confirm(kind.clone())];
        let acts = question.kinds.iter().rev().flat_map(confirmed).collect();
        Self {
            by: Arc::new(by),
            question,
            acts,
            after: None,
            tally: SweepTally::default(),
        }
    }

    /// The next procedures with what was found; `None` after the last. A page may be empty.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn next(&mut self) -> Result<Option<Vec<Swept>>, Fault> {
        let Some(act) = self.acts.last() else {
            return Ok(None);
        };
        let page = ProcedurePage {
            act,
            from: self.question.from,
            until: self.question.until,
            after: self.after,
            limit: PAGE,
        };
        let mut procedures = self.by.gate.store().procedures(&page).await?;
        let whole = u32::try_from(procedures.len()).is_ok_and(|count| count == PAGE);
        self.after = procedures
            .last()
            .map(|last| (last.access.at, last.access.decision));
        if !whole {
            self.acts.pop();
            self.after = None;
        }
        if let Some(application) = self.question.application {
            procedures.retain(|one| one.access.application == Some(application));
        }
        let swept = self.look(procedures).await?;
        for one in &swept {
            self.tally.count(one.finding);
        }
        Ok(Some(swept))
    }

    async fn look(&self, procedures: Vec<Procedure>) -> Result<Vec<Swept>, Fault> {
        let SweepQuestion { traits, look, .. } = &self.question;
        let asked = procedures.iter();
        let asked: Vec<_> = asked
            .map(|one| (one.access.customer, places(&one.access, traits)))
            .collect();
        let known = self.by.places(&asked, look).await?;
        let both = procedures.into_iter().zip(known);
        Ok(both
            .map(|(procedure, places)| Swept::of(procedure, places, look))
            .collect())
    }

    /// The last of `acts` of each customer between two moments, with what is found of its places.
    pub(super) async fn last_of(
        &self,
        asked: &[(CustomerId, Moment, Moment)],
        acts: &[Act],
    ) -> Result<Vec<Option<Swept>>, Fault> {
        let last = self.by.gate.store().last_procedures(asked, acts).await?;
        let there: Vec<bool> = last.iter().map(Option::is_some).collect();
        let mut swept = self
            .look(last.into_iter().flatten().collect())
            .await?
            .into_iter();
        Ok(there
            .into_iter()
            .map(|is| is.then(|| swept.next()).flatten())
            .collect())
    }

    /// Ends it with counts of another kind.
    pub(super) async fn end_with(
        self,
        found: serde_json::Value,
        (handed, digest): (Handed, Digest),
    ) -> Result<(), Fault> {
        self.by.note(&Attempt::End(handed, found, digest)).await?;
        Ok(())
    }

    /// What was found so far.
    #[must_use]
    pub fn tally(&self) -> SweepTally {
        self.tally
    }

    /// Ends the sweep: the counts, how much was handed out and its digest stay in the record.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end(self, handed: Handed, digest: Digest) -> Result<SweepTally, Fault> {
        let tally = self.tally;
        self.end_with(tally.json(), (handed, digest)).await?;
        Ok(tally)
    }
}
