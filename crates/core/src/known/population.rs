//! What is counted of everybody, for the values that one attempt shows.
//!
//! **Invariant:** these counts are approximate and late (a worker adds them up in batches, so that
//! no row is hot), and nothing that guards against guessing rests on them.

use crate::bytes::Digest;
use crate::moment::Moment;
use crate::sighting::{Trait, TraitKind};

/// Something of which accesses that ended well are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Census {
    /// A trait; [`Trait::ALL`] is everything.
    Shown(Trait),
    /// An hour of the day in UTC.
    Hour(u8),
    /// A client family in a network (AS), by a digest of both.
    Together([u8; 16]),
    /// The values that a kind of trait ever had, each counted once.
    Values(TraitKind),
}

/// The kinds of traits that are counted.
const SHOWN: [TraitKind; 5] = [
    TraitKind::All,
    TraitKind::Address,
    TraitKind::System,
    TraitKind::Country,
    TraitKind::Client,
];

/// The kinds of traits whose values are counted, since a score asks how many there are.
const VALUES: [TraitKind; 2] = [TraitKind::System, TraitKind::Country];

/// Above every kind of trait. The numbers are stored.
const HOUR: i64 = 64;
const TOGETHER: i64 = 65;
const OF_VALUES: i64 = 128;

impl Census {
    /// Most that one attempt asks for.
    pub const MOST: usize = SHOWN.len() + VALUES.len() + 2;

    /// What an access with these traits is counted under.
    #[must_use]
    pub fn of_access(traits: &[Trait], at: Moment) -> Vec<Self> {
        let find = |kind| traits.iter().find(|seen| seen.kind == kind);
        let mut all = Vec::with_capacity(Self::MOST);
        all.extend(SHOWN.into_iter().filter_map(find).copied().map(Self::Shown));
        if let (Some(system), Some(client)) = (find(TraitKind::System), find(TraitKind::Client)) {
            all.push(Self::together(system, client));
        }
        all.push(Self::hour(at));
        all
    }

    /// What is asked of everybody where an attempt shows these traits.
    #[must_use]
    pub fn of_attempt(traits: &[Trait], at: Moment) -> Vec<Self> {
        let mut all = Self::of_access(traits, at);
        let shows = |kind: &TraitKind| traits.iter().any(|seen| seen.kind == *kind);
        all.extend(VALUES.into_iter().filter(shows).map(Self::Values));
        all
    }

    /// The hour of the day.
    #[must_use]
    pub const fn hour(at: Moment) -> Self {
        Self::Hour(at.unix_seconds().div_euclid(3_600).rem_euclid(24) as u8)
    }

    /// A client family in a network.
    #[must_use]
    pub fn together(system: &Trait, client: &Trait) -> Self {
        let digest = Digest::of(&[system.value, client.value].concat());
        Self::Together(digest.0.first_chunk().copied().unwrap_or_default())
    }

    /// What counts this value among those of its kind, where they are counted.
    #[must_use]
    pub fn values(self) -> Option<Self> {
        match self {
            Self::Shown(seen) if VALUES.contains(&seen.kind) => Some(Self::Values(seen.kind)),
            _ => None,
        }
    }

    /// As stored: a number, and sixteen bytes.
    #[must_use]
    pub const fn key(self) -> (i64, [u8; 16]) {
        let mut value = [0; 16];
        match self {
            Self::Shown(seen) => (seen.kind.code(), seen.value),
            Self::Hour(hour) => {
                value[0] = hour;
                (HOUR, value)
            }
            Self::Together(pair) => (TOGETHER, pair),
            Self::Values(kind) => (OF_VALUES + kind.code(), value),
        }
    }

    /// What was stored so.
    #[must_use]
    pub const fn of_key(kind: i64, value: [u8; 16]) -> Option<Self> {
        match kind {
            HOUR => Some(Self::Hour(value[0])),
            TOGETHER => Some(Self::Together(value)),
            OF_VALUES.. => match TraitKind::from_code(kind - OF_VALUES) {
                Some(kind) => Some(Self::Values(kind)),
                None => None,
            },
            _ => match TraitKind::from_code(kind) {
                Some(kind) => Some(Self::Shown(Trait { kind, value })),
                None => None,
            },
        }
    }
}

/// How often, and by how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Headcount {
    /// Accesses that ended well; of [`Census::Values`] the values.
    pub logins: u64,
    /// Customers whose first of them is among those; only of traits.
    pub customers: u64,
}

/// Accesses that ended well, of all customers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PopulationKnown {
    /// What was found of what was asked; what is not here was never seen.
    pub counts: Vec<(Census, Headcount)>,
}

impl PopulationKnown {
    /// What was counted under this.
    #[must_use]
    pub fn of(&self, what: Census) -> Headcount {
        let found = self.counts.iter().find(|(known, _)| *known == what);
        found.map_or(Headcount::default(), |(_, count)| *count)
    }

    /// Everything: accesses, and customers who ever had one.
    #[must_use]
    pub fn all(&self) -> Headcount {
        self.of(Census::Shown(Trait::ALL))
    }

    /// What was counted of a trait.
    #[must_use]
    pub fn with(&self, seen: &Trait) -> Headcount {
        self.of(Census::Shown(*seen))
    }

    /// Values that a kind of trait ever had.
    #[must_use]
    pub fn values(&self, kind: TraitKind) -> u64 {
        self.of(Census::Values(kind)).logins
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use crate::sample::{NOW, context};

    #[test]
    fn what_is_counted_is_found_by_its_key_again() {
        let bare = Context {
            place: crate::context::Place {
                system: Some(4713),
                country: crate::context::Country::parse("JP"),
                ..crate::context::Place::default()
            },
            client: Some(crate::client_family::ClientFamily::of("Firefox on Windows")),
            ..context()
        };
        let traits = Trait::of_context(&bare);
        let asked = Census::of_attempt(&traits, NOW);
        assert_eq!(asked.len(), Census::MOST);
        let mut keys: Vec<_> = asked.iter().map(|what| what.key()).collect();
        for (what, (kind, value)) in asked.iter().zip(keys.clone()) {
            assert_eq!(Census::of_key(kind, value), Some(*what));
        }
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), asked.len());
        assert_eq!(Census::of_key(63, [0; 16]), None);
        let counted = Census::of_access(&traits, NOW);
        assert_eq!(counted.len(), Census::MOST - VALUES.len());
        assert!(Census::of_access(&[], NOW) == [Census::hour(NOW)]);
    }
}
