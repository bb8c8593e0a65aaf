//! Why a rule, or a set of them, was not accepted.
//!
//! **Invariant:** a fault says where it is and what to do about it.

use std::fmt;

/// A place in a source, both counted from one; columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl Default for Spot {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct RuleFault {
    /// Of which part of a document: `rule network_new`, `is strange_place`; empty for an expression
    /// alone.
    pub part: String,
    /// Where in the expression; `None` for what is wrong with the part as a whole.
    pub spot: Option<Spot>,
    /// What is wrong, and what to do.
    pub problem: String,
}

impl RuleFault {
    /// At a place of an expression.
    #[must_use]
    pub fn at(spot: Spot, problem: impl Into<String>) -> Self {
        Self {
            part: String::new(),
            spot: Some(spot),
            problem: problem.into(),
        }
    }

    /// Of a part of a document as a whole.
    #[must_use]
    pub fn of(part: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            part: part.into(),
            spot: None,
            problem: problem.into(),
        }
    }

    /// The same fault, in this part of a document.
    #[must_use]
    pub fn within(self, part: &str) -> Self {
        Self {
            part: part.to_owned(),
            ..self
        }
    }
}

impl fmt::Display for RuleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.part.is_empty() {
            write!(f, "{}: ", self.part)?;
        }
        if let Some(Spot { line, column }) = self.spot {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.problem)
    }
}

/// The candidate that is written most like `word`, if any is close.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().max(word.len()) / 2)
        .min()
        .map(|(_, candidate)| candidate)
}
