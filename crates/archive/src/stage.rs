//! The sweep in stages, for a cluster that deals out rows by place and then by procedure: each one
//! makes lines of lines, and knows nothing but those of its partition.
//!
//! `list` takes rows of accesses and gives the procedures that are asked about; `ask` gives their
//! places; `show` and `void` pass on what is said of these places. `gather` has everything of a
//! place one after another and judges it for whoever asks; `judge` has a procedure with all of its
//! places. Whoever runs them sorts between them, line by line as bytes.
//!
//! **Invariant:** an input without its end, out of its order, or with a line that is none gives an
//! error: no answer rests on a part of the rows.

mod gather;
mod judge;
mod lines;

use std::collections::HashSet;
use std::io::{BufRead, Write};

use sekisho_core::archive::{AccessRow, Cells, Done, Kept, VoidedRow};
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::sweep::places;

use crate::fault::Fault;
use crate::sweep::{SweepQuestion, traits_of};
use lines::{Lines, Wrong, bytes, cells, hex, maybe_bytes, number, wrong};

pub use gather::gather;
pub use judge::judge;

/// How many places may be asked about, how many may ask about one, and how many may have said of
/// one that it is fraud: a hundred times the incident that the sweep is measured by, and some
/// hundred megabytes. Our own figure.
pub const MOST: usize = 1_000_000;

/// What is said of a place comes in this order.
const ASKED: &str = "1";
const VOIDED: &str = "2";
const SHOWN: &str = "3";

/// A place as the cell by which lines are dealt out: the number of its kind and its value.
fn place_cell(place: Trait) -> String {
    format!("{}-{}", place.kind.code(), hex(place.value))
}

fn place_of(cell: &str) -> Result<Trait, Wrong> {
    let (kind, value) = cell.split_once('-').ok_or_else(|| wrong("needs a place"))?;
    let kind = TraitKind::from_code(number(kind)?);
    Ok(Trait {
        kind: kind.ok_or_else(|| wrong("needs a kind of trait"))?,
        value: bytes(value)?,
    })
}

fn access_of(row: &str) -> Result<AccessRow, Wrong> {
    let cells = Cells::parse(Kept::Accesses, row).map_err(wrong)?;
    AccessRow::of(&cells).map_err(wrong)
}

/// By what procedures are ordered: the act in the order asked, the moment, the decision.
fn procedure_cell(act: usize, row: &AccessRow) -> String {
    let at = row.access.at.0.cast_unsigned() ^ (1 << 63);
    format!("{act:05}-{at:016x}-{}", hex(row.access.decision.0))
}

/// Rows of accesses in, as `append` reads them; procedures out: `PROCEDURE 0 ROW`, with tabs.
///
/// # Errors
/// Those of the input and of the output, as of every stage.
pub fn list(
    question: &SweepQuestion,
    from: impl BufRead,
    to: &mut impl Write,
) -> Result<(), Fault> {
    let acts = question.acts();
    Lines::of(from).each(|line| {
        let row = access_of(line)?;
        let access = &row.access;
        let within = access.at >= question.from && access.at < question.until;
        let whose = question.application;
        let of_it = whose.is_none() || access.application == whose;
        let Some(act) = acts.get(&access.act.word()) else {
            return Ok(());
        };
        if row.done == Done::Yes && within && of_it {
            let again = row.cells().map_err(wrong)?.line(Kept::Accesses);
            write!(to, "{}\t0\t{again}", procedure_cell(*act, &row))?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Procedures in, as [`list`] gives them; out, for each of their places, who asks about it and
/// when: `PLACE 1 CUSTOMER AT PROCEDURE NUMBER`.
///
/// # Errors
/// As of every stage.
pub fn ask(question: &SweepQuestion, from: impl BufRead, to: &mut impl Write) -> Result<(), Fault> {
    Lines::of(from).each(|line| {
        let [procedure, _, row] = cells(line)?;
        let access = access_of(row)?.access;
        let (customer, at) = (hex(access.customer.0), access.at.0);
        for (index, place) in places(&access, &question.traits).into_iter().enumerate() {
            let (place, index) = (place_cell(place), index + 1);
            writeln!(
                to,
                "{place}\t{ASKED}\t{customer}\t{at}\t{procedure}\t{index}"
            )?;
        }
        Ok(())
    })?;
    Ok(())
}

/// The places that are asked about.
#[derive(Debug)]
pub struct Asked(HashSet<Trait>);

impl Asked {
    /// Reads them, one a line and each once, with an end.
    ///
    /// # Errors
    /// As of every stage, and [`Fault::Stage`] if there are more than [`MOST`].
    pub fn read(from: impl BufRead) -> Result<Self, Fault> {
        let mut asked = HashSet::new();
        Lines::of(from).each(|line| {
            asked.insert(place_of(line)?);
            match asked.len() > MOST {
                true => Err(wrong(format!(
                    "is one place more than {MOST}: ask for less"
                ))),
                false => Ok(()),
            }
        })?;
        Ok(Self(asked))
    }
}

/// Rows in, `CUSTOMER AT ENDING ACT REFERENCE ADDRESS DEVICE`, where the last two may be empty; out
/// what they show of places that are asked about: `PLACE 3 CUSTOMER AT ENDING ACT REFERENCE`.
///
/// # Errors
/// As of every stage.
pub fn show(asked: &Asked, from: impl BufRead, to: &mut impl Write) -> Result<(), Fault> {
    Lines::of(from).each(|line| {
        let [customer, at, ending, act, reference, address, device] = cells(line)?;
        for seen in traits_of(maybe_bytes(address)?, maybe_bytes(device)?) {
            if asked.0.contains(&seen) {
                let place = place_cell(seen);
                let who = format_args!("{customer}\t{at}\t{ending}\t{act}\t{reference}");
                writeln!(to, "{place}\t{SHOWN}\t{who}")?;
            }
        }
        Ok(())
    })?;
    Ok(())
}

/// Rows of what is voided in, as `append` reads them; out those of places that are asked about:
/// `PLACE 2 ROW`.
///
/// # Errors
/// As of every stage.
pub fn void(asked: &Asked, from: impl BufRead, to: &mut impl Write) -> Result<(), Fault> {
    Lines::of(from).each(|line| {
        let seen = voided_of(line)?.seen;
        if asked.0.contains(&seen) {
            writeln!(to, "{}\t{VOIDED}\t{line}", place_cell(seen))?;
        }
        Ok(())
    })?;
    Ok(())
}

fn voided_of(row: &str) -> Result<VoidedRow, Wrong> {
    let cells = Cells::parse(Kept::Voided, row).map_err(wrong)?;
    VoidedRow::of(&cells).map_err(wrong)
}
