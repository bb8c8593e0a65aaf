//! The act "count": accesses that ended well are added to what is known of everybody, some time
//! after they happened.
//!
//! Accesses are followed in the order of their decisions' ids, which begin with the moment at which
//! a node made them. [`LATE`] is how long a decision may take from there until it is committed to
//! be counted for certain. What a node decides whose clock is behind by more than that may be
//! missed; a mark that lies far ahead, since some clock did, is set back, and what had been counted
//! in between by that clock counts twice. Both only make the counts a little wrong.
//!
//! **Invariant:** the counts and the mark up to which was counted change together, and only from
//! the mark that was seen: a batch counts once, whoever counts and wherever it is cut off.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::{Access, Act};
use crate::change::{Change, PopulationChange};
use crate::decision::Decision;
use crate::entry::Entry;
use crate::id::{CustomerId, DecisionId};
use crate::known::{Census, Headcount, PopulationKnown};
use crate::moment::{Moment, Span};
use crate::policy::Policy;
use crate::sighting::{Trait, TraitKind};

/// How far behind the clock is counted: longer than any request is answered.
pub const LATE: Span = Span::seconds(60);
/// How far ahead of that the mark may lie before it is taken for a clock's mistake.
const AHEAD: Span = Span::hours(1);
/// Most decisions that are looked at at once.
pub const MOST: u32 = 250;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Uncounted {
    /// How often was counted before.
    pub epoch: i64,
    /// Up to which decision; none before the first time.
    pub mark: Option<DecisionId>,
    /// How many decisions follow, [`MOST`] at most, and the last of them.
    pub looked: (u32, Option<DecisionId>),
    /// The accesses among them that ended well.
    pub accesses: Vec<Access>,
    /// Earlier decisions that, as it was reported among these, ended well after all.
    pub reported: Vec<DecisionId>,
    /// What each of these customers showed for the first time in them.
    pub firsts: Vec<(CustomerId, Trait)>,
}

/// The last decision that is old enough to be counted at `now`.
#[must_use]
pub fn horizon(now: Moment) -> DecisionId {
    let [_, _, milliseconds @ ..] = (now.minus(LATE).0.max(0) / 1_000).to_be_bytes();
    let mut id = [0xff; 16];
    id[..6].copy_from_slice(&milliseconds);
    DecisionId(id)
}

/// Below every decision that is made at `moment`.
#[must_use]
pub fn before(moment: Moment) -> DecisionId {
    let [_, _, milliseconds @ ..] = (moment.0.max(0) / 1_000).to_be_bytes();
    let mut id = [0; 16];
    id[..6].copy_from_slice(&milliseconds);
    DecisionId(id)
}

/// The moment in an id, to within a millisecond.
#[must_use]
pub fn moment_of(id: DecisionId) -> Moment {
    let [a, b, c, d, e, f, ..] = id.0;
    Moment(i64::from_be_bytes([0, 0, a, b, c, d, e, f]).saturating_mul(1_000))
}

impl Uncounted {
    /// The same with the accesses that were reported, of which each counts as its own report says:
    /// whoever reports twice counts twice.
    #[must_use]
    pub fn with(mut self, accesses: Vec<Access>) -> Self {
        self.accesses.extend(accesses);
        self
    }

    /// What these accesses count under, whose values may be new.
    #[must_use]
    pub fn valued(&self) -> Vec<Census> {
        let all = self.accesses.iter().flat_map(counted_as);
        let valued: BTreeSet<_> = all.filter(|what| what.values().is_some()).collect();
        valued.into_iter().collect()
    }

    /// What is to be added, given what was known of [`Self::valued`].
    fn more(&self, known: &PopulationKnown) -> BTreeMap<Census, Headcount> {
        let mut more: BTreeMap<Census, Headcount> = BTreeMap::new();
        for what in self.accesses.iter().flat_map(counted_as) {
            more.entry(what).or_default().logins += 1;
        }
        for what in self.valued() {
            let new = known.of(what).logins == 0;
            if let Some(values) = what.values().filter(|_| new) {
                more.entry(values).or_default().logins += 1;
            }
        }
        let firsts: BTreeSet<_> = self.firsts.iter().collect();
        for (_, seen) in firsts {
            if let Some(count) = more.get_mut(&Census::Shown(*seen)) {
                count.customers += 1;
            }
        }
        more
    }
}

/// What an access may show for the first time: what it counts under, no more than
/// [`Census::MOST`].
#[must_use]
pub fn first_shown(access: &Access) -> Vec<Trait> {
    let shown = counted_as(access)
        .into_iter()
        .filter_map(|what| match what {
            Census::Shown(seen) => Some(seen),
            _ => None,
        });
    shown.take(Census::MOST).collect()
}

fn counted_as(access: &Access) -> Vec<Census> {
    let traits = Trait::of_context(&access.context());
    let plain = |seen: &Trait| seen.kind != TraitKind::Device;
    let traits: Vec<_> = traits.into_iter().filter(plain).collect();
    Census::of_access(&traits, access.at)
}

/// Counts; `None` where nothing is to be done. `known` is what is known of [`Uncounted::valued`].
pub fn decide(
    read: &Uncounted,
    known: &PopulationKnown,
    (id, now): (DecisionId, Moment),
    policy: &Policy,
) -> Option<Decision> {
    let (looked, last) = read.looked;
    let horizon = horizon(now);
    let mark = read.mark.map_or(Moment(0), moment_of);
    let ahead = mark.since(moment_of(horizon)) > AHEAD;
    let to = match last {
        _ if ahead => horizon,
        // A few decisions without an access are looked at again rather than recorded each time.
        Some(last) if !read.accesses.is_empty() || looked >= MOST => last,
        _ => return None,
    };
    let more: Vec<_> = read.more(known).into_iter().collect();
    let facts = format!("{{\"counted\":{}}}", read.accesses.len());
    let entry = Entry::of_worker(Act::Housekeep, (id, now), facts, policy);
    let counted = PopulationChange::Counted {
        seen: read.epoch,
        to,
        more,
    };
    Some(Decision::of(entry).with([Change::Population(Box::new(counted))]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::NOW;
    use crate::sighting::Ending;
    use crate::verdict::VerdictKind;

    fn access(customer: u8, system: Option<u32>) -> Access {
        Access {
            decision: DecisionId([customer; 16]),
            customer: CustomerId([customer; 16]),
            at: NOW,
            act: Act::SignIn,
            ending: Ending::Success,
            verdict: VerdictKind::Allow,
            address: Some(std::net::IpAddr::from([203, 0, 113, 7]).into()),
            system,
            country: None,
            device: Some(crate::id::DeviceId([7; 16])),
            client: None,
            application: None,
        }
    }

    fn read() -> Uncounted {
        let accesses = vec![access(1, Some(1)), access(1, Some(1)), access(2, Some(2))];
        let address = Trait::of_address(accesses[0].address.unwrap())[0];
        let first = |who| CustomerId([who; 16]);
        Uncounted {
            epoch: 4,
            mark: Some(DecisionId([0; 16])),
            looked: (3, Some(DecisionId([1; 16]))),
            accesses,
            reported: Vec::new(),
            // Named twice where two accesses are of one moment.
            firsts: vec![
                (first(1), Trait::ALL),
                (first(1), Trait::ALL),
                (first(1), address),
                (first(2), address),
            ],
        }
    }

    fn change(read: &Uncounted, known: &PopulationKnown) -> Option<PopulationChange> {
        let policy = Policy::profile("jsda-2025").unwrap();
        let decision = decide(read, known, (DecisionId([9; 16]), NOW), &policy)?;
        match decision.changes.into_iter().next() {
            Some(Change::Population(change)) => Some(*change),
            _ => None,
        }
    }

    #[test]
    fn a_batch_is_added_up_and_new_values_count_once() {
        let read = read();
        let one = Headcount {
            logins: 9,
            customers: 3,
        };
        let known = PopulationKnown {
            counts: vec![(Census::Shown(Trait::of_system(2)), one)],
        };
        assert_eq!(read.valued().len(), 2);
        let Some(PopulationChange::Counted { seen, to, more }) = change(&read, &known) else {
            panic!("nothing is counted");
        };
        assert_eq!((seen, to), (4, DecisionId([1; 16])));
        let of = |what| {
            let found = more.iter().find(|(known, _)| *known == what);
            found.map(|(_, count)| (count.logins, count.customers))
        };
        assert_eq!(of(Census::Shown(Trait::ALL)), Some((3, 1)));
        let address = Trait::of_address(read.accesses[0].address.unwrap())[0];
        assert_eq!(of(Census::Shown(address)), Some((3, 2)));
        assert_eq!(of(Census::Shown(Trait::of_system(1))), Some((2, 0)));
        assert_eq!(of(Census::Values(TraitKind::System)), Some((1, 0)));
        assert_eq!(of(Census::hour(NOW)), Some((3, 0)));
        // The address, all, two systems, their number, the hour: no device, no client, no pair.
        assert_eq!(more.len(), 6);
        assert!(more.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn nothing_to_count_is_recorded_only_where_it_takes_long_to_look_at() {
        let mut read = read();
        read.accesses.clear();
        read.firsts.clear();
        assert_eq!(change(&read, &PopulationKnown::default()), None);
        read.looked.0 = MOST;
        let Some(PopulationChange::Counted { more, .. }) =
            change(&read, &PopulationKnown::default())
        else {
            panic!("the mark stays");
        };
        assert!(more.is_empty());
        assert_eq!(
            change(&Uncounted::default(), &PopulationKnown::default()),
            None
        );
    }

    #[test]
    fn a_mark_that_a_clock_set_far_ahead_is_set_back() {
        let at = |moment: Moment| Uncounted {
            mark: Some(horizon(moment)),
            ..Uncounted::default()
        };
        let nothing = PopulationKnown::default();
        assert_eq!(change(&at(NOW.plus(Span::minutes(59))), &nothing), None);
        let Some(PopulationChange::Counted { to, .. }) =
            change(&at(NOW.plus(Span::days(365))), &nothing)
        else {
            panic!("the mark stays ahead");
        };
        assert_eq!(to, horizon(NOW));
        assert_eq!(moment_of(to), Moment(NOW.minus(LATE).0 / 1_000 * 1_000));
    }
}
