//! The act "grow": an isolation forest from what everybody did lately.
//!
//! **Invariant:** the same accesses, counts and seed give the same forest, and no more than
//! [`ROWS`] accesses are held however many there were.

use crate::access::{Access, Act};
use crate::bytes::Digest;
use crate::change::{Change, PopulationChange};
use crate::decision::Decision;
use crate::entry::Entry;
use crate::id::DecisionId;
use crate::known::{Census, ForestKnown, PopulationKnown};
use crate::moment::{Moment, Span};
use crate::policy::Policy;
use crate::risk::chance::Chance;
use crate::risk::rare::{Column, Forest, Row, SAMPLE, Setting};
use crate::sighting::Trait;

/// Most accesses that a forest is grown from: a different sample for each tree.
pub const ROWS: usize = SAMPLE * 100;
/// Fewest accesses that say what is usual. Ours: each tree then has a quarter of them at most.
pub const FEWEST: usize = SAMPLE * 4;
/// From how far back accesses are taken.
pub const LOOK_BACK: Span = Span::days(60);
/// How often a forest is grown.
pub const EVERY: Span = Span::hours(24);

/// Accesses of which each that was offered has the same chance to be held (Vitter's algorithm R).
#[derive(Debug)]
pub struct Reservoir {
    held: Vec<Access>,
    offered: u64,
    chance: Chance,
}

impl Reservoir {
    /// An empty one.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            held: Vec::new(),
            offered: 0,
            chance: Chance::new(seed),
        }
    }

    /// Offers an access.
    pub fn offer(&mut self, access: Access) {
        self.offered += 1;
        if self.held.len() < ROWS {
            self.held.push(access);
            return;
        }
        let place = usize::try_from(self.chance.below(self.offered)).unwrap_or(usize::MAX);
        if let Some(held) = self.held.get_mut(place) {
            *held = access;
        }
    }

    /// What it holds.
    #[must_use]
    pub fn held(&self) -> &[Access] {
        &self.held
    }
}

/// What is asked of everybody for one access.
#[must_use]
pub fn asked(access: &Access) -> Vec<Census> {
    Census::of_access(&Trait::of_context(&access.context()), access.at)
}

/// The row of an access, as it was before it was counted.
#[must_use]
pub fn row(access: &Access, population: &PopulationKnown) -> Option<Vec<Option<f64>>> {
    let traits = Trait::of_context(&access.context());
    let setting = Setting::of(&traits, access.at, population)?;
    Some(setting.before().row_of(&Column::COUNTED))
}

/// Grows a forest; `None` of too few rows. Takes about a second of one core.
#[must_use]
pub fn forest(rows: &[Vec<Option<f64>>], seed: u64) -> Option<Forest> {
    if rows.len() < FEWEST {
        return None;
    }
    let rows: Vec<&Row> = rows.iter().map(Vec::as_slice).collect();
    Forest::train(&Column::COUNTED, &rows, seed)
}

/// Keeps a forest in place of the one with version `before`, 0 for none.
pub fn decide(
    (forest, rows): (&Forest, usize),
    before: i64,
    (id, now): (DecisionId, Moment),
    policy: &Policy,
) -> Decision {
    let bytes = forest.bytes();
    let known = ForestKnown {
        version: before + 1,
        digest: Digest::of(&bytes),
        bytes,
        grown: now,
        rows: u32::try_from(rows).unwrap_or(u32::MAX),
    };
    let facts = format!(
        "{{\"forest\":{},\"digest\":\"{}\",\"rows\":{rows}}}",
        known.version, known.digest
    );
    let entry = Entry::of_worker(Act::Housekeep, (id, now), facts, policy);
    let grown = PopulationChange::Grown(known);
    Decision::of(entry).with([Change::Population(Box::new(grown))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known::Headcount;
    use crate::sample::NOW;
    use crate::sighting::Ending;
    use crate::verdict::VerdictKind;

    fn access(number: u32) -> Access {
        let [a, b, c, d] = (0x0a00_0000 + number % 500).to_be_bytes();
        let mut id = [0; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        Access {
            decision: DecisionId(id),
            customer: crate::id::CustomerId(id),
            at: NOW.plus(Span::minutes(i64::from(number))),
            act: Act::SignIn,
            ending: Ending::Success,
            verdict: VerdictKind::Allow,
            address: Some(std::net::IpAddr::from([a, b, c, d]).into()),
            system: Some(number % 7),
            country: None,
            device: None,
            client: None,
            application: None,
        }
    }

    #[test]
    fn each_access_has_the_same_chance_to_be_held() {
        let mut reservoir = Reservoir::new(3);
        let all = u32::try_from(ROWS).unwrap() * 4;
        (0..all).for_each(|number| reservoir.offer(access(number)));
        assert_eq!(reservoir.held().len(), ROWS);
        let late = |one: &&Access| one.decision.0[..4] >= (all / 2).to_be_bytes()[..];
        let late = reservoir.held().iter().filter(late).count();
        // Half of them, give or take six deviations.
        assert!(late.abs_diff(ROWS / 2) < 480, "{late}");
    }

    #[test]
    fn a_forest_finds_what_nobody_shows() {
        let accesses: Vec<_> = (0..2_000).map(access).collect();
        let counts = |access: &Access, logins| PopulationKnown {
            counts: asked(access)
                .into_iter()
                .map(|what| {
                    (
                        what,
                        Headcount {
                            logins,
                            customers: logins / 2,
                        },
                    )
                })
                .chain([(
                    Census::Shown(Trait::ALL),
                    Headcount {
                        logins: 2_000,
                        customers: 900,
                    },
                )])
                .skip(1)
                .collect(),
        };
        let rows: Vec<_> = accesses
            .iter()
            .map(|one| row(one, &counts(one, 5 + u64::from(one.decision.0[3]) % 9)).unwrap())
            .collect();
        assert_eq!(forest(&rows[..FEWEST - 1], 1), None);
        let grown = forest(&rows, 1).unwrap();
        assert_eq!(forest(&rows, 1).unwrap(), grown);
        let of = |row: &[Option<f64>]| grown.score(row).unwrap().score;
        let nobody = row(&access(1), &counts(&access(1), 1)).unwrap();
        assert!(of(&nobody) > of(&rows[4]) + 0.05, "{}", of(&nobody));
        let policy = Policy::profile("jsda-2025").unwrap();
        let at = (DecisionId([1; 16]), NOW);
        let decision = decide((&grown, rows.len()), 4, at, &policy);
        let Some(Change::Population(change)) = decision.changes.first() else {
            panic!("nothing is kept");
        };
        let PopulationChange::Grown(known) = change.as_ref() else {
            panic!("no forest is kept");
        };
        assert_eq!((known.version, known.rows), (5, 2_000));
        assert_eq!(known.read().unwrap().forest.as_ref(), &grown);
    }
}
