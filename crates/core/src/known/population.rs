//! What is counted of everybody, for the values that one attempt shows.
//!
//! **Invariant:** these counts are approximate and late (they are flushed in batches, so that no
//! row is hot), and nothing that guards against guessing rests on them.

use crate::sighting::{Trait, TraitKind};

/// Logins that ended well, of all customers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PopulationKnown {
    /// Logins.
    pub logins: u64,
    /// Customers who ever logged in.
    pub customers: u64,
    /// Logins by trait, for those that were asked; one that is not here was never seen.
    pub traits: Vec<(Trait, u64)>,
    /// How many values a kind of trait ever had, for those that were asked.
    pub distinct: Vec<(TraitKind, u64)>,
}

impl PopulationKnown {
    /// Logins with a trait.
    #[must_use]
    pub fn with(&self, seen: &Trait) -> u64 {
        let found = self.traits.iter().find(|(value, _)| value == seen);
        found.map_or(0, |(_, logins)| *logins)
    }

    /// Values that a kind of trait ever had.
    #[must_use]
    pub fn values(&self, kind: TraitKind) -> u64 {
        let found = self.distinct.iter().find(|(known, _)| *known == kind);
        found.map_or(0, |(_, values)| *values)
    }
}
