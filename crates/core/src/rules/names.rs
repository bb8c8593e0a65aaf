//! What a name means, and where.
//!
//! **Invariant:** a name that means nothing is answered with the nearest one that does.

use std::fmt;

use super::facts::{FACTS, Kind};
use super::fault::{RuleFault, Spot, nearest};

/// What an expression is written for, and so what it may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A condition with a name: facts, and other conditions.
    Is,
    /// Evidence: facts and conditions.
    Signal,
    /// A rule: all of these, signals and scores.
    Rule,
}

/// The names of a document, in the order in which they are worked out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    /// Conditions, without their `is.`.
    pub is: Vec<String>,
    /// Signals, without their `signal.`.
    pub signals: Vec<String>,
}

/// The scores: all evidence together, then one kind each, as [`super::document::Evidence`] has
/// them.
pub const SCORE_NAMES: [&str; 5] = [
    "score.total",
    "score.fast",
    "score.rare",
    "score.reported",
    "score.unlikely",
];

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The fact with this place in the table.
    Fact(u8, Kind),
    /// The condition or signal with this place in the row.
    Named(u8),
    /// The score with this place.
    Score(u8),
}

impl Names {
    /// What `name` means to an expression of this role.
    pub(super) fn find(&self, name: &str, role: Role, spot: Spot) -> Result<Meaning, RuleFault> {
        let place = |place: usize| u8::try_from(place).unwrap_or(u8::MAX);
        if let Some(fact) = FACTS.iter().position(|fact| fact.name == name) {
            return Ok(Meaning::Fact(place(fact), FACTS[fact].kind));
        }
        let is = name.strip_prefix("is.");
        if let Some(found) = is.and_then(|name| self.is.iter().position(|is| is == name)) {
            return Ok(Meaning::Named(place(found)));
        }
        let signal = name.strip_prefix("signal.");
        let signal = signal.and_then(|name| self.signals.iter().position(|one| one == name));
        let score = SCORE_NAMES.iter().position(|score| *score == name);
        match (signal, score) {
            (Some(found), _) if role == Role::Rule => {
                Ok(Meaning::Named(place(self.is.len() + found)))
            }
            (_, Some(found)) if role == Role::Rule => Ok(Meaning::Score(place(found))),
            (Some(_), _) | (_, Some(_)) => {
                let problem = format!("{name} can be named in rules alone");
                Err(RuleFault::at(spot, problem))
            }
            (None, None) => Err(self.unknown(name, role, spot)),
        }
    }

    fn unknown(&self, name: &str, role: Role, spot: Spot) -> RuleFault {
        let is = self.is.iter().map(|name| format!("is.{name}"));
        let signals = self.signals.iter().map(|name| format!("signal.{name}"));
        let mut all: Vec<_> = FACTS.iter().map(|fact| fact.name.to_owned()).collect();
        all.extend(is);
        if role == Role::Rule {
            all.extend(signals);
            all.extend(SCORE_NAMES.map(str::to_owned));
        }
        let advice = match nearest(name, all.iter().map(String::as_str)) {
            Some(near) => format!("did you mean {near}?"),
            None => "docs/rules.md lists all facts".to_owned(),
        };
        RuleFault::at(spot, format!("there is no {name}; {advice}"))
    }
}

/// As people who write rules name it: the words of CEL, or those that a fact may be.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("bool"),
            Self::Moment => f.write_str("timestamp"),
            Self::Real => f.write_str("double"),
            Self::Span => f.write_str("duration"),
            Self::Text => f.write_str("string"),
            Self::Whole => f.write_str("int"),
            Self::Word(words) => f.write_str(&words.join("|")),
        }
    }
}
