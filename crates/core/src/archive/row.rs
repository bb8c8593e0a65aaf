//! The rows that are kept, as what they mean and as cells.
//!
//! **Invariant:** a row that was made from cells gives the same cells again.

use super::{Cell, Cells, Kept, NotARow};
use crate::access::{Access, Act};
use crate::context::{Address, Country};
use crate::entry::{Actor, Entry};
use crate::id::{ApplicationId, CustomerId, DecisionId, DeviceId, OperationId, StaffId};
use crate::moment::Moment;
use crate::reason::Reason;
use crate::risk::replay::Truth;
use crate::sighting::{Ending, Trait, TraitKind};
use crate::text::{Line, Reference};
use crate::verdict::{Requirement, Verdict, VerdictKind};

/// An access of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRow {
    /// The access.
    pub access: Access,
    /// What the application calls the customer.
    pub reference: Reference,
    /// Whether what was asked for was done, as far as it was known when the row was kept.
    pub done: Done,
}

/// Whether a procedure was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It was.
    Yes,
    /// It was not, or nobody said so.
    No,
}

/// A decision with what it was judged by.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionRow {
    /// The entry.
    pub entry: Entry,
    /// What it really was, as far as it was known when the row was kept.
    pub truth: Option<Truth>,
}

/// A trait that stands for fraud of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoidedRow {
    /// Who.
    pub customer: CustomerId,
    /// What the application calls them.
    pub reference: Reference,
    /// The trait.
    pub seen: Trait,
    /// When the customer showed it first and last, as far as that is known.
    pub shown: (Moment, Moment),
    /// When it was last said to be fraud.
    pub at: Moment,
}

const ENDINGS: [(Ending, &str); 3] = [
    (Ending::Failure, "failure"),
    (Ending::Pending, "pending"),
    (Ending::Success, "success"),
];

fn unfit(kept: Kept, name: &str, needs: &'static str) -> NotARow {
    let column = kept
        .column(name)
        .and_then(|place| kept.columns().get(place));
    NotARow::Unfit {
        column: column.map_or("", |column| column.name),
        needs,
    }
}

/// The cells of one kind of rows, read by the names of their columns.
struct Reading<'a> {
    kept: Kept,
    cells: &'a Cells,
}

impl Reading<'_> {
    fn place(&self, name: &str) -> usize {
        self.kept.column(name).unwrap_or(usize::MAX)
    }

    fn maybe_bytes(&self, name: &str) -> Option<[u8; 16]> {
        self.cells.bytes(self.place(name))
    }

    fn bytes(&self, name: &str) -> Result<[u8; 16], NotARow> {
        let unfit = || unfit(self.kept, name, "sixteen bytes");
        self.maybe_bytes(name).ok_or_else(unfit)
    }

    fn moment(&self, name: &str) -> Result<Moment, NotARow> {
        let found = self.cells.number(self.place(name)).map(Moment);
        found.ok_or_else(|| unfit(self.kept, name, "a moment"))
    }

    fn maybe<T>(
        &self,
        name: &str,
        needs: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, NotARow> {
        let text = self.cells.text(self.place(name));
        let read = |text| read(text).ok_or_else(|| unfit(self.kept, name, needs));
        text.map(read).transpose()
    }

    fn word<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, NotARow> {
        const KNOWN: &str = "a word of this version";
        let found = self.maybe(name, KNOWN, read)?;
        found.ok_or_else(|| unfit(self.kept, name, KNOWN))
    }

    fn reference(&self) -> Result<Reference, NotARow> {
        self.word("reference", |text| Reference::parse(text).ok())
    }

    fn words<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, NotARow> {
        self.word(name, |text| text.split_whitespace().map(&read).collect())
    }
}

fn joined<'a>(words: impl IntoIterator<Item = &'a str>) -> Cell {
    Cell::Text(words.into_iter().collect::<Vec<_>>().join(" "))
}

impl AccessRow {
    /// As cells.
    ///
    /// # Errors
    /// None for a row of this version.
    pub fn cells(&self) -> Result<Cells, NotARow> {
        let access = &self.access;
        let ending = ENDINGS.iter().find(|(ending, _)| *ending == access.ending);
        let cells = vec![
            Cell::Bytes(access.customer.0),
            Cell::Number(access.at.0),
            Cell::Bytes(access.decision.0),
            Cell::text(self.reference.as_str()),
            Cell::text(access.act.word()),
            Cell::text(ending.map_or("", |(_, word)| word)),
            Cell::text(access.verdict.word()),
            Cell::maybe_bytes(access.address.map(|address| address.bytes())),
            Cell::maybe_number(access.system),
            Cell::maybe_text(access.country.as_ref().map(Country::code)),
            Cell::maybe_bytes(access.device.map(|device| device.0)),
            Cell::maybe_text(access.client.as_ref().map(Line::as_str)),
            Cell::maybe_bytes(access.application.map(|id| id.0)),
            Cell::Number(i64::from(self.done == Done::Yes)),
        ];
        Cells::of(Kept::Accesses, cells)
    }

    /// From cells.
    ///
    /// # Errors
    /// [`NotARow::Unfit`] for a word that this version does not know.
    pub fn of(cells: &Cells) -> Result<Self, NotARow> {
        let kept = Kept::Accesses;
        let read = Reading { kept, cells };
        let system = cells.number(read.place("system")).map(u32::try_from);
        let system = system.transpose();
        let ending = |text: &str| {
            let found = ENDINGS.iter().find(|(_, word)| *word == text);
            found.map(|(ending, _)| *ending)
        };
        Ok(Self {
            access: Access {
                decision: DecisionId(read.bytes("decision")?),
                customer: CustomerId(read.bytes("customer")?),
                at: read.moment("at")?,
                act: read.word("act", Act::parse)?,
                ending: read.word("ending", ending)?,
                verdict: read.word("verdict", VerdictKind::parse)?,
                address: read.maybe_bytes("address").map(Address::from_bytes),
                system: system.map_err(|_| unfit(kept, "system", "a number of 32 bits"))?,
                country: read.maybe("country", "two capital letters", Country::parse)?,
                device: read.maybe_bytes("device").map(DeviceId),
                client: read.maybe("client", "one short line", |text| Line::parse(text).ok())?,
                application: read.maybe_bytes("application").map(ApplicationId),
            },
            reference: read.reference()?,
            done: match cells.number(read.place("done")) {
                Some(1) => Done::Yes,
                _ => Done::No,
            },
        })
    }
}

impl DecisionRow {
    /// As cells.
    ///
    /// # Errors
    /// None for a row of this version.
    pub fn cells(&self) -> Result<Cells, NotARow> {
        let entry = &self.entry;
        let acting = match entry.actor {
            Actor::Application(id) => Some(id.0),
            Actor::Staff(id) => Some(id.0),
            Actor::Customer | Actor::Operator | Actor::Worker => None,
        };
        let truth = self.truth.map(|truth| match truth {
            Truth::Fraud => "fraud",
            Truth::Genuine => "genuine",
        });
        let requirements = entry.verdict.requirements().iter();
        let cells = vec![
            Cell::Bytes(entry.id.0),
            Cell::Number(entry.at.0),
            Cell::text(entry.act.word()),
            Cell::text(entry.actor.word()),
            Cell::maybe_bytes(acting),
            Cell::maybe_bytes(entry.customer.map(|id| id.0)),
            Cell::maybe_bytes(entry.operation.map(|id| id.0)),
            Cell::text(entry.verdict.kind().word()),
            joined(requirements.map(|requirement| requirement.word())),
            joined(entry.reasons.iter().map(Reason::code)),
            Cell::text(entry.policy.as_str()),
            Cell::text(entry.facts.as_str()),
            Cell::maybe_text(truth),
        ];
        Cells::of(Kept::Decisions, cells)
    }

    /// From cells.
    ///
    /// # Errors
    /// [`NotARow::Unfit`] for a word that this version does not know.
    pub fn of(cells: &Cells) -> Result<Self, NotARow> {
        let kept = Kept::Decisions;
        let read = Reading { kept, cells };
        let actor = match read.word("actor", |word| Some(word.to_owned()))?.as_str() {
            "application" => Actor::Application(ApplicationId(read.bytes("acting")?)),
            "staff" => Actor::Staff(StaffId(read.bytes("acting")?)),
            "customer" => Actor::Customer,
            "operator" => Actor::Operator,
            "worker" => Actor::Worker,
            _ => return Err(unfit(kept, "actor", "a word of this version")),
        };
        let verdict = match read.word("verdict", VerdictKind::parse)? {
            VerdictKind::Allow => Verdict::Allow,
            VerdictKind::Hold => Verdict::Hold,
            VerdictKind::Refuse => Verdict::Refuse,
            VerdictKind::StepUp => Verdict::StepUp(read.words("requirements", Requirement::parse)?),
        };
        let truth = |word: &str| match word {
            "fraud" => Some(Truth::Fraud),
            "genuine" => Some(Truth::Genuine),
            _ => None,
        };
        Ok(Self {
            entry: Entry {
                id: DecisionId(read.bytes("decision")?),
                at: read.moment("at")?,
                act: read.word("act", Act::parse)?,
                actor,
                customer: read.maybe_bytes("customer").map(CustomerId),
                operation: read.maybe_bytes("operation").map(OperationId),
                verdict,
                reasons: read.words("reasons", Reason::parse)?,
                policy: read.word("policy", |text| Some(text.to_owned()))?,
                facts: read.word("facts", |text| Some(text.to_owned()))?,
            },
            truth: read.maybe("truth", "fraud or genuine", truth)?,
        })
    }
}

impl VoidedRow {
    /// As cells.
    ///
    /// # Errors
    /// None for a row of this version.
    pub fn cells(&self) -> Result<Cells, NotARow> {
        let cells = vec![
            Cell::Number(self.seen.kind.code()),
            Cell::Bytes(self.seen.value),
            Cell::Bytes(self.customer.0),
            Cell::Number(self.shown.0.0),
            Cell::Number(self.shown.1.0),
            Cell::Number(self.at.0),
            Cell::text(self.reference.as_str()),
        ];
        Cells::of(Kept::Voided, cells)
    }

    /// From cells.
    ///
    /// # Errors
    /// [`NotARow::Unfit`] for a kind of trait that this version does not know.
    pub fn of(cells: &Cells) -> Result<Self, NotARow> {
        let kept = Kept::Voided;
        let read = Reading { kept, cells };
        let kind = cells.number(read.place("kind"));
        let kind = kind.and_then(TraitKind::from_code);
        Ok(Self {
            customer: CustomerId(read.bytes("customer")?),
            reference: read.reference()?,
            seen: Trait {
                kind: kind.ok_or_else(|| unfit(kept, "kind", "a kind of trait"))?,
                value: read.bytes("value")?,
            },
            shown: (read.moment("first")?, read.moment("last")?),
            at: read.moment("voided")?,
        })
    }
}
