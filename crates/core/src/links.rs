//! The link view: customers who share an address, a device, a payout account or a phone.
//!
//! What few share says something; what many share (a mobile operator's addresses, an office, an
//! aggregator of accounts) says nothing and would drown the rest, so it is counted and not listed.
//!
//! **Invariant:** however much there is, a view has at most [`MOST_PEOPLE`] customers and
//! [`MOST_PLACES`] places of each customer that is opened.

use crate::id::CustomerId;
use crate::known::{CustomerState, Seen};
use crate::sighting::{Trait, TraitKind};
use crate::text::Reference;

/// Customers at a place from whom on they are counted and not listed: the bound of
/// `address.others` and `payee.others`.
pub const MOST_LISTED: u32 = 20;

/// Customers that are opened at once (ours): what fits a screen beside what they share.
pub const MOST_OPENED: usize = 8;

/// Customers in a view (ours: three screens).
pub const MOST_PEOPLE: usize = 60;

/// Places of one customer, those first that join fewest (ours).
pub const MOST_PLACES: usize = 24;

/// Places of each kind of one customer that are looked at: first those where the customer got in,
/// the latest first (ours: twice what is shown).
pub const MOST_OWN: u32 = 50;

/// By what customers are joined, what says most first: an account takes money, a phone and a
/// device are somebody's, an address is whoever's it was that day.
pub const KINDS: [TraitKind; 4] = [
    TraitKind::PayoutAccount,
    TraitKind::Phone,
    TraitKind::Device,
    TraitKind::Address,
];

/// A customer in the view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedCustomer {
    /// The id.
    pub id: CustomerId,
    /// How applications name them.
    pub reference: Reference,
    /// Whether the account is frozen.
    pub state: CustomerState,
}

/// A customer at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Who.
    pub customer: LinkedCustomer,
    /// Since when, until when, how often.
    pub seen: Seen,
    /// Whether a procedure of theirs there was reported as fraud.
    pub reported: bool,
}

/// A place, and who was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedPlace {
    /// The place.
    pub place: Trait,
    /// Customers there, counted up to one beyond [`crate::sweep::MOST_COUNTED`].
    pub people: u32,
    /// Those who are named: all of them, or of a crowd those who were opened.
    pub there: Vec<Linked>,
}

impl LinkedPlace {
    /// Whether so many share it that it says nothing of any of them.
    #[must_use]
    pub const fn is_crowd(&self) -> bool {
        self.people > MOST_LISTED
    }

    /// Whether anything that was done there was reported as fraud.
    #[must_use]
    pub fn is_reported(&self) -> bool {
        self.there.iter().any(|linked| linked.reported)
    }
}

/// Customers joined by what they share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Those whose places were looked at, in the order they were asked for.
    pub opened: Vec<CustomerId>,
    /// Everybody who is named.
    pub people: Vec<LinkedCustomer>,
    /// What is shared, what joins fewest first.
    pub places: Vec<LinkedPlace>,
    /// Places that are left out, since there were more than fit.
    pub left_out: usize,
}

impl Links {
    /// A view of `opened` and of places with who was there; `people` are those who are opened.
    #[must_use]
    pub fn of(opened: Vec<LinkedCustomer>, mut places: Vec<LinkedPlace>) -> Self {
        let rank = |place: &LinkedPlace| {
            let kind = KINDS.iter().position(|kind| *kind == place.place.kind);
            (place.is_crowd(), kind, place.people, place.place)
        };
        places.sort_by_key(rank);
        let mut view = Self {
            opened: opened.iter().map(|customer| customer.id).collect(),
            people: opened,
            ..Self::default()
        };
        let mut places_of = std::collections::BTreeMap::<CustomerId, usize>::new();
        for place in places {
            let own = |linked: &&Linked| view.opened.contains(&linked.customer.id);
            let owners: Vec<_> = place.there.iter().filter(own).collect();
            let owners: Vec<_> = owners.iter().map(|linked| linked.customer.id).collect();
            let known = |id: &CustomerId| view.people.iter().any(|one| one.id == *id);
            let fresh = place.there.iter().filter(|one| !known(&one.customer.id));
            let fresh: Vec<_> = fresh.map(|linked| linked.customer.clone()).collect();
            let full = |id| places_of.get(id).copied().unwrap_or_default() >= MOST_PLACES;
            let many = view.people.len() + fresh.len() > MOST_PEOPLE;
            if many || (!owners.is_empty() && owners.iter().all(full)) {
                view.left_out += 1;
                continue;
            }
            for id in owners {
                *places_of.entry(id).or_default() += 1;
            }
            view.people.extend(fresh);
            view.places.push(place);
        }
        view
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::NOW;

    fn person(number: u8) -> LinkedCustomer {
        LinkedCustomer {
            id: CustomerId([number; 16]),
            reference: Reference::parse(&format!("C-{number}")).unwrap(),
            state: CustomerState::Active,
        }
    }

    fn place(kind: TraitKind, value: u8, there: &[u8]) -> LinkedPlace {
        let linked = |number: &u8| Linked {
            customer: person(*number),
            seen: Seen {
                first: NOW,
                first_success: None,
                last: NOW,
                successes: 1,
                failures: 0,
                guarded: 0,
            },
            reported: false,
        };
        LinkedPlace {
            place: Trait {
                kind,
                value: [value; 16],
            },
            people: u32::try_from(there.len()).unwrap(),
            there: there.iter().map(linked).collect(),
        }
    }

    #[test]
    fn what_says_most_comes_first_and_a_crowd_last() {
        let crowd = LinkedPlace {
            people: MOST_LISTED + 1,
            ..place(TraitKind::PayoutAccount, 9, &[1])
        };
        let address = place(TraitKind::Address, 1, &[1, 2]);
        let wide = place(TraitKind::Device, 3, &[1, 2, 3]);
        let device = place(TraitKind::Device, 2, &[1, 4]);
        let places = vec![crowd.clone(), address.clone(), wide.clone(), device.clone()];
        let view = Links::of(vec![person(1)], places);
        assert_eq!(view.places, [device, wide, address, crowd]);
        let people: Vec<_> = view.people.iter().map(|one| one.id.0[0]).collect();
        assert_eq!(people, [1, 4, 2, 3]);
        assert_eq!(view.left_out, 0);
    }

    #[test]
    fn a_view_is_bounded_in_places_and_people_and_says_what_it_leaves_out() {
        let many = (0..40).map(|value| place(TraitKind::Address, value, &[1, 2]));
        let view = Links::of(vec![person(1)], many.collect());
        assert_eq!((view.places.len(), view.left_out), (MOST_PLACES, 16));
        let spread = (0..10_u8).map(|value| {
            let there: Vec<u8> = (0..10).map(|one| 10 + value * 10 + one).collect();
            place(TraitKind::Address, value, &there)
        });
        let view = Links::of(vec![person(1)], spread.collect());
        assert!(view.people.len() <= MOST_PEOPLE, "{}", view.people.len());
        assert_eq!(view.places.len() + view.left_out, 10);
        for place in &view.places {
            for linked in &place.there {
                assert!(
                    view.people.contains(&linked.customer),
                    "nobody without a name"
                );
            }
        }
    }
}
