//! Everything of a place, one after another: what the place says to whoever asks about it.
//!
//! **Invariant:** who asks is known before the first row is added, as `Gathered` needs it; and one
//! place is held at a time.

use std::io::{BufRead, Write};

use sekisho_core::archive::VoidedRow;
use sekisho_core::id::CustomerId;
use sekisho_core::moment::Moment;
use sekisho_core::sighting::Trait;
use sekisho_core::sweep::{Finding, Gathered, Look};
use sekisho_core::text::Reference;

use super::lines::{Lines, Wrong, bytes, cells, ended, number, wrong};
use super::{ASKED, MOST, SHOWN, VOIDED, place_of, voided_of};
use crate::fault::Fault;
use crate::sweep::shown_by;

/// Who asks about a place.
struct Asker {
    customer: CustomerId,
    at: Moment,
    /// The procedure and the number of the place among its places.
    answer: String,
}

/// What was said of one place so far.
struct AtPlace {
    cell: String,
    place: Trait,
    /// The order of what was said last.
    stands: String,
    asked: Vec<Asker>,
    voided: Vec<VoidedRow>,
    /// Begun with the first row that shows somebody there.
    gathered: Option<Gathered>,
}

impl AtPlace {
    fn begin(cell: &str) -> Result<Self, Wrong> {
        Ok(Self {
            cell: cell.to_owned(),
            place: place_of(cell)?,
            stands: String::new(),
            asked: Vec::new(),
            voided: Vec::new(),
            gathered: None,
        })
    }

    fn begun(&mut self) -> &mut Gathered {
        let asked = self.asked.iter().map(|asker| (self.place, asker.customer));
        let voided = &self.voided;
        self.gathered
            .get_or_insert_with(|| Gathered::begin(asked, voided))
    }

    fn add(&mut self, order: &str, said: &str) -> Result<(), Wrong> {
        if order < self.stands.as_str() {
            return Err(wrong("does not come after the line before it"));
        }
        order.clone_into(&mut self.stands);
        if self.asked.len() > MOST || self.voided.len() > MOST {
            return Err(wrong(format!("is one more than {MOST} of one place")));
        }
        match order {
            ASKED => {
                let [customer, at, answer] = cells(said)?;
                self.asked.push(Asker {
                    customer: CustomerId(bytes(customer)?),
                    at: Moment(number(at)?),
                    answer: answer.to_owned(),
                });
            }
            _ if self.asked.is_empty() => return Err(wrong("is of a place that nobody asked")),
            VOIDED => self.voided.push(voided_of(said)?),
            SHOWN => {
                let [customer, at, ending, act, reference] = cells(said)?;
                let name = Reference::parse(reference).map_err(wrong)?;
                let shown = shown_by(bytes(customer)?, number(at)?, ending, act);
                let place = self.place;
                self.begun().add(place, &shown, || name);
            }
            _ => return Err(wrong("says nothing of a place")),
        }
        Ok(())
    }

    fn tell(mut self, look: &Look, to: &mut impl Write) -> Result<(), Wrong> {
        let (place, cell) = (self.place, self.cell.clone());
        self.begun();
        let Some(gathered) = &self.gathered else {
            return Ok(());
        };
        for asker in &self.asked {
            let known = gathered.known(place, asker.customer, look);
            let finding = Finding::of_place(&known, asker.at, look);
            let (word, told) = (finding.word(), known.told(finding));
            writeln!(to, "{}\t{word}\t{cell}\t{told}", asker.answer)?;
        }
        Ok(())
    }
}

/// What `ask`, `void` and `show` gave, sorted; out what each place says to whoever asked:
/// `PROCEDURE NUMBER FINDING PLACE JSON`. One place is held at a time.
///
/// # Errors
/// As of every stage.
pub fn gather(look: &Look, from: impl BufRead, to: &mut impl Write) -> Result<(), Fault> {
    let mut at: Option<AtPlace> = None;
    let lines = Lines::of(from).each(|line| {
        let [cell, order, said] = cells(line)?;
        let same = at.as_ref().is_some_and(|at| at.cell == cell);
        if !same {
            if at.as_ref().is_some_and(|at| at.cell.as_str() > cell) {
                return Err(wrong("does not come after the line before it"));
            }
            if let Some(done) = at.replace(AtPlace::begin(cell)?) {
                done.tell(look, to)?;
            }
        }
        match &mut at {
            Some(at) => at.add(order, said),
            None => Ok(()),
        }
    })?;
    ended(lines, at.map(|at| at.tell(look, to)))
}
