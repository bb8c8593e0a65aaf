//! What a customer may choose for a kind of operation.
//!
//! **Invariant:** every choice but `none` adds to what the policy asks, and `none` takes nothing
//! from a tier.

use serde::{Deserialize, Deserializer};

use crate::verdict::Requirement;

/// A choice. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// Nothing is asked whatever the risk, below the tiers.
    None,
    /// This is asked at a confirmation beside what the policy asks.
    Ask(Requirement),
}

impl Choice {
    /// The word in the policy and in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ask(requirement) => requirement.word(),
        }
    }

    /// The choice of a word. A password is asked at the door, and is no choice here.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        if word == "none" {
            return Some(Self::None);
        }
        Requirement::parse(word)
            .filter(|one| *one != Requirement::Password)
            .map(Self::Ask)
    }
}

impl<'de> Deserialize<'de> for Choice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let problem = "a choice is none, confirmation, second_factor, phishing_resistant, \
                       transaction_pin or bound_device";
        Self::parse(&word).ok_or_else(|| serde::de::Error::custom(problem))
    }
}
