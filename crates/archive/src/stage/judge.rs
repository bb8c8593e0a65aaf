//! A procedure with what all of its places say: what was found.
//!
//! **Invariant:** no procedure is judged before every place of it has answered, in their order.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use sekisho_core::archive::AccessRow;
use sekisho_core::sighting::Trait;
use sekisho_core::sweep::{Finding, Procedure, places};
use serde_json::Value;

use super::lines::{Lines, Wrong, cells, ended, number, wrong};
use super::{access_of, place_of};
use crate::fault::Fault;
use crate::sweep::SweepQuestion;

/// A procedure, and what its places say so far.
struct Judged {
    cell: String,
    procedure: Procedure,
    /// The places whose answers are still to come.
    missing: BTreeMap<usize, Trait>,
    findings: Vec<Finding>,
    places: Vec<Value>,
}

impl Judged {
    fn begin(question: &SweepQuestion, cell: &str, row: &str) -> Result<Self, Wrong> {
        let AccessRow {
            access, reference, ..
        } = access_of(row)?;
        let asked = places(&access, &question.traits).into_iter();
        Ok(Self {
            cell: cell.to_owned(),
            missing: asked.enumerate().map(|(at, it)| (at + 1, it)).collect(),
            procedure: Procedure { access, reference },
            findings: Vec::new(),
            places: Vec::new(),
        })
    }

    fn add(&mut self, index: &str, said: &str) -> Result<(), Wrong> {
        let [word, place, told] = cells(said)?;
        let (index, place): (usize, _) = (number(index)?, place_of(place)?);
        let due = self.missing.first_key_value();
        if due != Some((&index, &place)) {
            return Err(wrong("is not the place that was to come"));
        }
        self.missing.pop_first();
        let finding = Finding::ALL.into_iter().find(|one| one.word() == word);
        let finding = finding.ok_or_else(|| wrong("needs a finding"))?;
        self.findings.push(finding);
        self.places.push(serde_json::from_str(told).map_err(wrong)?);
        Ok(())
    }

    fn tell(self, only: &[Finding], to: &mut impl Write) -> Result<(), Wrong> {
        if !self.missing.is_empty() {
            let cell = self.cell;
            return Err(wrong(format!("comes before all places of {cell} did")));
        }
        let finding = Finding::of_places(self.findings);
        if only.is_empty() || only.contains(&finding) {
            let told = self.procedure.told(finding, self.places);
            writeln!(to, "{}\t{told}", self.cell)?;
        }
        Ok(())
    }
}

/// What `list` and `gather` gave, sorted; out each procedure with what was found, as the sweep
/// writes it, after the cell that gives its order: `PROCEDURE JSON`.
///
/// # Errors
/// As of every stage, and where a place of a procedure has no answer.
pub fn judge(
    (question, only): (&SweepQuestion, &[Finding]),
    from: impl BufRead,
    to: &mut impl Write,
) -> Result<(), Fault> {
    let mut at: Option<Judged> = None;
    let lines = Lines::of(from).each(|line| {
        let [cell, index, said] = cells(line)?;
        if index == "0" {
            if at.as_ref().is_some_and(|at| at.cell.as_str() >= cell) {
                return Err(wrong(
                    "does not come after the line before it, or comes twice",
                ));
            }
            let begun = Judged::begin(question, cell, said)?;
            return match at.replace(begun) {
                Some(done) => done.tell(only, to),
                None => Ok(()),
            };
        }
        match &mut at {
            Some(at) if at.cell == cell => at.add(index, said),
            _ => Err(wrong("is of a procedure that was not listed")),
        }
    })?;
    ended(lines, at.map(|at| at.tell(only, to)))
}
