//! A part of the archive, and what it is known to hold.
//!
//! **Invariant:** the rows of a receipt were read back from the file that it names.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Cells, Day, Kept};
use crate::bytes::Digest;
use crate::id::DecisionId;

/// A part: the rows of one file. The same rows have the same name whenever they are kept again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    /// What it holds.
    pub kept: Kept,
    /// Of which day; `None` for what is kept as a whole.
    pub day: Option<Day>,
    /// Its name within the day: 1 to 40 letters, digits and hyphens.
    name: String,
}

/// Why a text is no name of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAPart {
    /// Not a name.
    #[error("a part has 1 to 40 of a-z, 0-9 and '-' as its name")]
    Name,
    /// No day where there is one, or the other way round.
    #[error("accesses and decisions are kept by day, what is voided is not")]
    Day,
}

impl Part {
    /// A part with a name.
    ///
    /// # Errors
    /// See [`NotAPart`].
    pub fn new(kept: Kept, day: Option<Day>, name: &str) -> Result<Self, NotAPart> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > 40 || !name.bytes().all(plain) {
            return Err(NotAPart::Name);
        }
        if day.is_some() == (kept == Kept::Voided) {
            return Err(NotAPart::Day);
        }
        let name = name.to_owned();
        Ok(Self { kept, day, name })
    }

    /// The part of a day whose decisions come after this one.
    #[must_use]
    pub fn after(kept: Kept, day: Day, after: DecisionId) -> Self {
        Self {
            kept,
            day: Some(day),
            name: format!("{:032x}", u128::from_be_bytes(after.0)),
        }
    }

    /// What is kept as a whole.
    #[must_use]
    pub fn voided() -> Self {
        Self {
            kept: Kept::Voided,
            day: None,
            name: "all".to_owned(),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/", self.kept.word())?;
        if let Some(day) = self.day {
            write!(f, "day={day}/")?;
        }
        write!(f, "part-{}.parquet", self.name)
    }
}

/// What a part holds, as it was read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// What is kept.
    pub kept: Kept,
    /// Of which day.
    pub day: Option<Day>,
    /// The name of the part.
    pub part: String,
    /// How many rows.
    pub rows: u64,
    /// SHA-256 over the lines of the rows, in their order, in hexadecimal digits.
    pub rows_sha256: String,
    /// Length of the file in bytes.
    pub bytes: u64,
    /// SHA-256 of the file, in hexadecimal digits.
    pub file_sha256: String,
}

impl Receipt {
    /// Of which part.
    ///
    /// # Errors
    /// See [`NotAPart`]: what was read from a file may say anything.
    pub fn of(&self) -> Result<Part, NotAPart> {
        Part::new(self.kept, self.day, &self.part)
    }

    /// Whether it says that exactly these rows are kept.
    #[must_use]
    pub fn is_of(&self, part: &Part, rows: &Rows) -> bool {
        self.of().as_ref() == Ok(part)
            && self.rows == rows.count
            && self.rows_sha256 == rows.digest().to_string()
    }
}

/// Rows as they are counted and digested, in their order.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// How many.
    pub count: u64,
    digest: Sha256,
}

impl Rows {
    /// One more, by its line.
    pub fn add(&mut self, line: &str) {
        self.count = self.count.saturating_add(1);
        self.digest.update(line.as_bytes());
    }

    /// Of all of them.
    #[must_use]
    pub fn of(kept: Kept, rows: &[Cells]) -> Self {
        let mut all = Self::default();
        for row in rows {
            all.add(&row.line(kept));
        }
        all
    }

    /// SHA-256 over their lines.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest(self.digest.clone().finalize().into())
    }
}
