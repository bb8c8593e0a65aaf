//! What leaves the hot store for the archive: rows as cells, the one line that stands for each, and
//! the receipt of a part.
//!
//! Whoever sends and whoever keeps name a row by the same line, so that both can say with one
//! digest that they mean the same rows.
//!
//! **Invariant:** a row has exactly one line; two digests over the same rows are equal wherever
//! they were made.

mod cells;
mod day;
mod decide;
mod receipt;
mod room;
mod row;

use serde::{Deserialize, Serialize};

pub use cells::{Cell, Cells, NotARow};
pub use day::{Day, NotADay};
pub use decide::{Attempt, Facts, LEAST_DAYS, PartKept, decide};
pub use receipt::{NotAPart, Part, Receipt, Rows};
pub use room::Room;
pub use row::{AccessRow, DecisionRow, Done, VoidedRow};

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// The history of accesses, by the day of its decisions.
    Accesses,
    /// Decisions with what they were judged by and what became known of them, by their day.
    Decisions,
    /// Traits that stand for fraud of a customer, as of the last run.
    Voided,
}

impl Kept {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Accesses, Self::Decisions, Self::Voided];

    /// The word, which is also the folder.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accesses => "accesses",
            Self::Decisions => "decisions",
            Self::Voided => "voided",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kept| kept.word() == word)
    }

    /// The columns, in the order of the file.
    #[must_use]
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Accesses => ACCESSES,
            Self::Decisions => DECISIONS,
            Self::Voided => VOIDED,
        }
    }

    /// How many of the first columns are the key, in whose order the rows stand.
    #[must_use]
    pub const fn key(self) -> usize {
        match self {
            Self::Accesses | Self::Voided => 3,
            Self::Decisions => 1,
        }
    }

    /// The place of a column.
    #[must_use]
    pub fn column(self, name: &str) -> Option<usize> {
        self.columns().iter().position(|column| column.name == name)
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Sixteen bytes: an id, an address.
    Bytes,
    /// Microseconds since 1970 in UTC.
    Moment,
    /// A whole number.
    Number,
    /// UTF-8.
    Text,
}

/// Whether every row has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Every row.
    Always,
    /// Some rows.
    Sometimes,
}

/// Whether single values are looked for, so that a file says of which it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    /// By range at most.
    Never,
    /// One by one.
    Singly,
}

/// A column of a file.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// Whether every row has it.
    pub presence: Presence,
    /// Whether it is looked for.
    pub sought: Sought,
}

const fn always(name: &'static str, holds: Holds) -> Column {
    Column {
        name,
        holds,
        presence: Presence::Always,
        sought: Sought::Never,
    }
}

const fn sometimes(name: &'static str, holds: Holds) -> Column {
    Column {
        presence: Presence::Sometimes,
        ..always(name, holds)
    }
}

const fn sought(column: Column) -> Column {
    Column {
        sought: Sought::Singly,
        ..column
    }
}

const ACCESSES: &[Column] = &[
    sought(always("customer", Holds::Bytes)),
    always("at", Holds::Moment),
    always("decision", Holds::Bytes),
    always("reference", Holds::Text),
    always("act", Holds::Text),
    always("ending", Holds::Text),
    always("verdict", Holds::Text),
    sought(sometimes("address", Holds::Bytes)),
    sometimes("system", Holds::Number),
    sometimes("country", Holds::Text),
    sought(sometimes("device", Holds::Bytes)),
    sometimes("client", Holds::Text),
    sometimes("application", Holds::Bytes),
    always("done", Holds::Number),
];

const DECISIONS: &[Column] = &[
    always("decision", Holds::Bytes),
    always("at", Holds::Moment),
    always("act", Holds::Text),
    always("actor", Holds::Text),
    sometimes("acting", Holds::Bytes),
    sought(sometimes("customer", Holds::Bytes)),
    sometimes("operation", Holds::Bytes),
    always("verdict", Holds::Text),
    always("requirements", Holds::Text),
    always("reasons", Holds::Text),
    always("policy", Holds::Text),
    always("facts", Holds::Text),
    sometimes("truth", Holds::Text),
];

const VOIDED: &[Column] = &[
    always("kind", Holds::Number),
    always("value", Holds::Bytes),
    sought(always("customer", Holds::Bytes)),
    always("first", Holds::Moment),
    always("last", Holds::Moment),
    always("voided", Holds::Moment),
    always("reference", Holds::Text),
];

#[cfg(test)]
mod tests;
