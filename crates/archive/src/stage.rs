//! The sweep in stages, for a cluster that deals out rows by place and then by procedure: each stage
//! makes lines of lines, and knows nothing but those of its partition.
//!
//! `list` takes rows of accesses and gives the procedures that are asked about; `ask` gives their
//! places; `show` and `void` pass on what is said of these places. `gather` has everything of a
//! place one after another and judges it for whoever asks; `judge` has a procedure with all of its
//! places. Whoever runs them sorts between them, line by line as bytes.
//!
//! **Invariant:** an input without its end, out of its order, or with a line that is none gives an
//! error: no answer rests on a part of the rows.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::io::{BufRead, Write};
use std::path::Path;

use sekisho_core::archive::{AccessRow, Cells, Done, Kept, VoidedRow};
use sekisho_core::id::CustomerId;
use sekisho_core::moment::Moment;
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::sweep::{Finding, Gathered, Look, Procedure, places};
use sekisho_core::text::Reference;
use serde_json::Value;

use crate::append::LONGEST;
use crate::fault::Fault;
use crate::sweep::{SweepQuestion, shown_by, traits_of};

/// How many places may be asked about, how many may ask about one, and how many may have said of
/// one that it is fraud: a hundred times the incident that the sweep is measured by, and some
/// hundred megabytes. Our own figure.
pub const MOST: usize = 1_000_000;

/// What is said of a place comes in this order.
const ASKED: &str = "1";
const VOIDED: &str = "2";
const SHOWN: &str = "3";

/// Lines that come to an end: the last one says `end` and how many there were.
struct Lines<R> {
    from: R,
    count: u64,
    text: String,
}

impl<R: BufRead> Lines<R> {
    fn of(from: R) -> Self {
        let (count, text) = (0, String::new());
        Self { from, count, text }
    }

    /// The next line; `None` after the last one.
    fn next(&mut self) -> Result<Option<&str>, Fault> {
        self.text.clear();
        let most = u64::try_from(LONGEST).unwrap_or(u64::MAX);
        let mut bounded = std::io::Read::take(&mut self.from, most.saturating_add(1));
        let read = bounded.read_line(&mut self.text);
        read.map_err(Fault::io(Path::new("standard input")))?;
        if self.text.len() > LONGEST {
            let (line, most) = (self.count + 1, LONGEST);
            return Err(Fault::Long { line, most });
        }
        let Some(line) = self.text.strip_suffix('\n') else {
            return Err(Fault::Cut(self.count));
        };
        match line.strip_prefix("end ").map(str::parse::<u64>) {
            None => {
                self.count += 1;
                Ok(Some(line))
            }
            Some(count) if count == Ok(self.count) => Ok(None),
            Some(_) => Err(Fault::Cut(self.count)),
        }
    }

    /// Does something with every line.
    fn each(mut self, mut of: impl FnMut(&str) -> Result<(), Wrong>) -> Result<(), Fault> {
        loop {
            let line = self.count + 1;
            let Some(text) = self.next()? else {
                return Ok(());
            };
            of(text).map_err(|wrong| match wrong {
                Wrong::Line(why) => Fault::Stage { line, why },
                Wrong::Out(why) => Fault::io(Path::new("standard output"))(why),
            })?;
        }
    }
}

/// What is wrong with a line, or that nobody reads what comes of it.
enum Wrong {
    Line(String),
    Out(std::io::Error),
}

impl From<std::io::Error> for Wrong {
    fn from(why: std::io::Error) -> Self {
        Self::Out(why)
    }
}

fn wrong(why: impl std::fmt::Display) -> Wrong {
    Wrong::Line(why.to_string())
}

/// The cells of a line, with a tab between them.
fn cells<const N: usize>(line: &str) -> Result<[&str; N], Wrong> {
    let cells: Vec<&str> = line.splitn(N, '\t').collect();
    cells
        .try_into()
        .map_err(|_| wrong(format!("has not {N} cells")))
}

fn bytes(cell: &str) -> Result<[u8; 16], Wrong> {
    let plain = cell.len() == 32 && cell.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = plain.then(|| u128::from_str_radix(cell, 16).ok()).flatten();
    let number = number.ok_or_else(|| wrong("needs 32 hexadecimal digits"))?;
    Ok(number.to_be_bytes())
}

fn maybe_bytes(cell: &str) -> Result<Option<[u8; 16]>, Wrong> {
    Ok(match cell {
        "" => None,
        cell => Some(bytes(cell)?),
    })
}

fn number<T: std::str::FromStr>(cell: &str) -> Result<T, Wrong> {
    let found = cell.parse();
    found.map_err(|_| wrong("needs a whole number"))
}

fn hex(bytes: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(bytes))
}

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
    })
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
    })
}

/// The places that are asked about.
#[derive(Debug)]
pub struct Asked(HashSet<Trait>);

impl Asked {
    /// Reads them, one a line and each once, with an end.
    ///
    /// # Errors
    /// Those of reading; [`Fault::Misuse`] if there are more than [`MOST`].
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
    })
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
    })
}

fn voided_of(row: &str) -> Result<VoidedRow, Wrong> {
    let cells = Cells::parse(Kept::Voided, row).map_err(wrong)?;
    VoidedRow::of(&cells).map_err(wrong)
}

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

/// What [`ask`], [`void`] and [`show`] gave, sorted; out what each place says to whoever asked:
/// `PROCEDURE NUMBER FINDING PLACE JSON`. One place is held at a time.
///
/// # Errors
/// As of every stage.
pub fn gather(look: &Look, from: impl BufRead, to: &mut impl Write) -> Result<(), Fault> {
    let mut at: Option<AtPlace> = None;
    Lines::of(from).each(|line| {
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
    ended(at.map(|at| at.tell(look, to)))
}

/// The last of what was held is told after the end of the input.
fn ended(told: Option<Result<(), Wrong>>) -> Result<(), Fault> {
    told.unwrap_or(Ok(())).map_err(|wrong| match wrong {
        Wrong::Line(why) => Fault::Misuse(why),
        Wrong::Out(why) => Fault::io(Path::new("standard output"))(why),
    })
}

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
            let mut why = String::from("the places of a procedure did not all come:");
            // Writing to a text never fails.
            let _ = write!(why, " {}", self.cell);
            return Err(wrong(why));
        }
        let finding = Finding::of_places(self.findings);
        if only.is_empty() || only.contains(&finding) {
            let told = self.procedure.told(finding, self.places);
            writeln!(to, "{}\t{told}", self.cell)?;
        }
        Ok(())
    }
}

/// What [`list`] and [`gather`] gave, sorted; out each procedure with what was found, as the sweep
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
    Lines::of(from).each(|line| {
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
    ended(at.map(|at| at.tell(only, to)))
}
