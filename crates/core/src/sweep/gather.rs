//! What is known of places, gathered from rows of the history: for a sweep where there are no
//! sightings to probe.
//!
//! Rows come in any order and in any partition: by day, by customer, by trait. What was gathered of
//! each is merged, and the answers are those of the sightings of a store that knows the same rows.
//!
//! **Invariant:** the room of a place is bounded, however many were there; and no answer depends on
//! the order of rows or of merging.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{CrowdKnown, Look, MOST_COUNTED, MOST_READ, OtherSeen, PlaceKnown};
use crate::archive::VoidedRow;
use crate::id::CustomerId;
use crate::known::Seen;
use crate::moment::Moment;
use crate::sighting::{Ending, Scope, Trait, TraitKind};
use crate::text::Reference;

/// That a customer was somewhere.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// Who.
    pub customer: CustomerId,
    /// When.
    pub at: Moment,
    /// How it ended.
    pub ending: Ending,
    /// Whether a guarded operation was asked for.
    pub scope: Scope,
}

impl Shown {
    fn seen(&self, voided: Option<Moment>, kind: TraitKind) -> Seen {
        let teaches = match (self.ending, voided) {
            (Ending::Failure | Ending::Pending, _) => false,
            (Ending::Success, None) => true,
            // A device or payout account never settles anything again, a place anew.
            (Ending::Success, Some(voided)) => {
                let never = matches!(kind, TraitKind::Device | TraitKind::PayoutAccount);
                !never && self.at > voided
            }
        };
        let [successes, failures] = match self.ending {
            Ending::Success => [1, 0],
            Ending::Failure => [0, 1],
            Ending::Pending => [0, 0],
        };
        Seen {
            first: self.at,
            first_success: teaches.then_some(self.at),
            last: self.at,
            successes,
            failures,
            guarded: match self.scope {
                Scope::Guarded => successes + failures,
                Scope::Access => 0,
            },
        }
    }
}

fn joined(one: Seen, other: Seen) -> Seen {
    let both = one.first_success.into_iter().chain(other.first_success);
    Seen {
        first: one.first.min(other.first),
        first_success: both.min(),
        last: one.last.max(other.last),
        successes: one.successes.saturating_add(other.successes),
        failures: one.failures.saturating_add(other.failures),
        guarded: one.guarded.saturating_add(other.guarded),
    }
}

/// Whoever was at a place.
type People = BTreeMap<CustomerId, (Seen, Reference)>;

/// One place.
#[derive(Clone, Debug, Default)]
struct Place {
    /// Of whom it is asked.
    asked: BTreeSet<CustomerId>,
    /// They.
    own: People,
    /// The first others in the order of their ids, one more than is counted. Whoever is not among
    /// them in one part of the rows is not among them in all.
    others: People,
    /// Who said that it was fraud, and when.
    voided: BTreeMap<CustomerId, Moment>,
}

/// One more than is counted.
const MOST_KEPT: usize = MOST_COUNTED as usize + 1;

impl Place {
    /// Whether a customer has to be kept.
    fn wants(&self, customer: CustomerId) -> bool {
        let past = |last: &CustomerId| *last < customer;
        self.asked.contains(&customer)
            || self.others.len() < MOST_KEPT
            || !self
                .others
                .last_key_value()
                .is_some_and(|(last, _)| past(last))
    }

    fn add(&mut self, customer: CustomerId, seen: Seen, reference: impl FnOnce() -> Reference) {
        let people = match self.asked.contains(&customer) {
            true => &mut self.own,
            false => &mut self.others,
        };
        match people.get_mut(&customer) {
            Some((known, _)) => *known = joined(*known, seen),
            None => {
                people.insert(customer, (seen, reference()));
            }
        }
        if self.others.len() > MOST_KEPT {
            self.others.pop_last();
        }
    }

    fn merge(&mut self, other: Self) {
        for (customer, (seen, reference)) in other.own.into_iter().chain(other.others) {
            if self.wants(customer) {
                self.add(customer, seen, || reference);
            }
        }
    }

    /// All that are kept, in the order of their ids.
    fn all(&self) -> Vec<(&CustomerId, &(Seen, Reference))> {
        let mut all: Vec<_> = self.own.iter().chain(&self.others).collect();
        all.sort_unstable_by_key(|(customer, _)| **customer);
        all
    }

    fn known(&self, place: Trait, customer: CustomerId, look: &Look) -> PlaceKnown {
        let all = self.all();
        let own = self.own.get(&customer).map(|(seen, _)| *seen);
        let counted = u32::try_from(all.len().min(MOST_KEPT)).unwrap_or(MOST_COUNTED);
        let others = counted - u32::from(own.is_some());
        let mut crowd = CrowdKnown {
            reported: !self.voided.is_empty(),
            ..CrowdKnown::default()
        };
        if counted > look.shared_from {
            let read = &all[..all.len().min(MOST_READ as usize)];
            let failing = read
                .iter()
                .filter(|(_, (seen, _))| seen.first_success.is_none());
            crowd.failing = u32::try_from(failing.count()).unwrap_or(MOST_READ);
            crowd.read = u32::try_from(read.len()).unwrap_or(MOST_READ);
            crowd.first = read.iter().map(|(_, (seen, _))| seen.first).min();
        }
        let others = others.min(MOST_COUNTED);
        let few = (1..=look.shared_from).contains(&others);
        let named = all.iter().filter(|(other, _)| few && **other != customer);
        PlaceKnown {
            seen: place,
            own,
            others,
            crowd,
            named: named
                .map(|(customer, (seen, reference))| OtherSeen {
                    customer: **customer,
                    reference: reference.clone(),
                    seen: *seen,
                })
                .collect(),
        }
    }
}

/// Places that are asked about, and what rows said of them so far.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    places: HashMap<Trait, Place>,
}

impl Gathered {
    /// Begins with the places that are asked about, of which customers, and with what is said to be
    /// fraud.
    pub fn begin(
        asked: impl IntoIterator<Item = (Trait, CustomerId)>,
        voided: &[VoidedRow],
    ) -> Self {
        let mut gathered = Self::default();
        for (place, customer) in asked {
            let place = gathered.places.entry(place).or_default();
            place.asked.insert(customer);
        }
        for row in voided {
            let Some(place) = gathered.places.get_mut(&row.seen) else {
                continue;
            };
            place.voided.insert(row.customer, row.at);
            let seen = Seen {
                first: row.shown.0,
                first_success: None,
                last: row.shown.1,
                successes: 0,
                failures: 0,
                guarded: 0,
            };
            if place.wants(row.customer) {
                place.add(row.customer, seen, || row.reference.clone());
            }
        }
        gathered
    }

    /// Whether a place is asked about.
    #[must_use]
    pub fn asks(&self, place: &Trait) -> bool {
        self.places.contains_key(place)
    }

    /// The values of a kind that are asked about.
    pub fn values(&self, kind: TraitKind) -> impl Iterator<Item = [u8; 16]> {
        let of = move |place: &&Trait| place.kind == kind;
        self.places.keys().filter(of).map(|place| place.value)
    }

    /// One row: somebody was at a place. `reference` is asked for whom nothing is known of yet.
    pub fn add(&mut self, place: Trait, shown: &Shown, reference: impl FnOnce() -> Reference) {
        let Some(of) = self.places.get_mut(&place) else {
            return;
        };
        if of.wants(shown.customer) {
            let voided = of.voided.get(&shown.customer).copied();
            of.add(shown.customer, shown.seen(voided, place.kind), reference);
        }
    }

    /// What others gathered of other rows, begun with the same places.
    pub fn merge(&mut self, other: Self) {
        for (place, of) in other.places {
            if let Some(known) = self.places.get_mut(&place) {
                known.merge(of);
            }
        }
    }

    /// What is known of a customer's place.
    #[must_use]
    pub fn known(&self, place: Trait, customer: CustomerId, look: &Look) -> PlaceKnown {
        match self.places.get(&place) {
            Some(of) => of.known(place, customer, look),
            None => Place::default().known(place, customer, look),
        }
    }
}
