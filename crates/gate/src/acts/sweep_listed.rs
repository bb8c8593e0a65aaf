//! The act "sweep" over a list of procedures that another system kept.
//!
//! **Invariant:** as of every sweep, the entry is committed before a row is read.

use sekisho_core::bytes::Digest;
use sekisho_core::context::Address;
use sekisho_core::moment::Moment;
use sekisho_core::sighting::TraitKind;
use sekisho_core::sweep::{Attempt, Handed, Listed, Look, MOST_LISTED, Swept};
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use serde_json::json;

use super::staff::{StaffAnswer, StaffClaim};
use super::sweep::{SweepTally, Sweeper};
use crate::fault::Fault;
use crate::gate::Gate;
use crate::steps::caller::Caller;

/// Rows of one page.
const PAGE: usize = 2_048;

/// Of a list, so many rows stand in the record by themselves: who looked up one person, or one
/// address, is to be seen there.
const KEPT: usize = 100;

/// A row of a list, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRow {
    /// The line, from 1.
    pub line: u64,
    /// What the application calls the customer.
    pub reference: Reference,
    /// When it was done.
    pub at: Moment,
    /// From where.
    pub address: Address,
}

/// What is looked for.
#[derive(Clone, Debug)]
pub struct ListedQuestion {
    /// The list, at most [`MOST_LISTED`]; more are cut off.
    pub rows: Vec<ListedRow>,
    /// What is compared: the address, its network, or both.
    pub traits: Vec<TraitKind>,
    /// How others at a place are weighed.
    pub look: Look,
    /// What is written of it, for the record; all where nothing is named.
    pub only: Vec<&'static str>,
}

impl ListedQuestion {
    /// What is asked, as the record has it: of the list its digest.
    fn json(&self) -> serde_json::Value {
        let rows = self.rows.iter();
        let text: Vec<_> = rows
            .map(|row| format!("{},{},{}", row.reference.as_str(), row.at, row.address))
            .collect();
        json!({
            "procedures": self.rows.len(),
            "first": text.iter().take(KEPT).collect::<Vec<_>>(),
            "list": Digest::of(text.join("\n").as_bytes()).to_string(),
            "traits": self.traits,
            "familiar_hours": self.look.familiar.as_seconds() / 3_600,
            "settled_days": self.look.settled.as_seconds() / 86_400,
            "shared_from": self.look.shared_from,
            "only": self.only,
        })
    }
}

/// A sweep over a list in course.
#[derive(Debug)]
pub struct ListedSweep {
    by: Sweeper,
    rows: std::vec::IntoIter<ListedRow>,
    traits: Vec<TraitKind>,
    look: Look,
    tally: SweepTally,
    /// How many of the customers are not known here.
    unknown: u64,
}

impl Gate {
    /// Begins a sweep over a list in the name of a person.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sweep_listed(
        &self,
        claim: &StaffClaim,
        question: ListedQuestion,
        ground: Ground,
    ) -> Result<StaffAnswer<ListedSweep>, Fault> {
        let by = self.sweeper(claim.into(), ground, question.json()).await?;
        Ok(by.map(|by| ListedSweep::begin(by, question)))
    }

    /// Begins a sweep over a list in the name of a program whose credential says that it may;
    /// `None` while two are under way on this node.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sweep_listed_for(
        &self,
        caller: &Caller,
        question: ListedQuestion,
        ground: Ground,
    ) -> Result<Option<ListedSweep>, Fault> {
        let by = self.swept_by(caller, ground, question.json()).await?;
        Ok(by.map(|by| ListedSweep::begin(by, question)))
    }
}

impl ListedSweep {
    fn begin(by: Sweeper, mut question: ListedQuestion) -> Self {
        question.rows.truncate(MOST_LISTED);
        Self {
            by,
            rows: question.rows.into_iter(),
            traits: question.traits,
            look: question.look,
            tally: SweepTally::default(),
            unknown: 0,
        }
    }

    /// The next rows with what was found; `None` after the last.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn next(&mut self) -> Result<Option<Vec<Swept<Listed>>>, Fault> {
        let page: Vec<_> = self.rows.by_ref().take(PAGE).collect();
        if page.is_empty() {
            return Ok(None);
        }
        let references: Vec<_> = page.iter().map(|row| row.reference.clone()).collect();
        let whose = self.by.gate.store().customers_called(&references).await?;
        let listed = page.into_iter().zip(whose).map(|(row, customer)| Listed {
            line: row.line,
            reference: row.reference,
            customer,
            at: row.at,
            address: row.address,
        });
        let listed: Vec<_> = listed.collect();
        let asked = listed.iter();
        let asked: Vec<_> = asked
            .map(|one| (one.whose(), one.places(&self.traits)))
            .collect();
        let known = self.by.places(&asked, &self.look).await?;
        let both = listed.into_iter().zip(known);
        let swept: Vec<_> = both
            .map(|(one, places)| {
                let at = one.at;
                Swept::at(one, at, places, &self.look)
            })
            .collect();
        for one in &swept {
            self.tally.count(one.finding);
            self.unknown += u64::from(one.procedure.customer.is_none());
        }
        Ok(Some(swept))
    }

    /// What was found so far, and of how many the customer is not known here.
    #[must_use]
    pub fn tally(&self) -> (SweepTally, u64) {
        (self.tally, self.unknown)
    }

    /// Ends the sweep: the counts, how much was handed out and its digest stay in the record.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end(self, handed: Handed, digest: Digest) -> Result<SweepTally, Fault> {
        let mut found = self.tally.json();
        found["unknown_customers"] = self.unknown.into();
        self.by.note(&Attempt::End(handed, found, digest)).await?;
        Ok(self.tally)
    }
}
