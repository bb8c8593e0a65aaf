//! What a sweep reads, against a loop over everything that was landed.
//!
//! **Invariant:** the loop knows nothing of the sightings; it counts the accesses themselves.

use super::*;
use sekisho_core::access::{Access, Act, OperationKind};
use sekisho_core::context::Address;
use sekisho_core::id::DeviceId;
use sekisho_core::known::Seen;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::sighting::{Ending, Scope, Sighting, Trait, TraitKind};
use sekisho_core::sweep::{CrowdKnown, Look, MOST_COUNTED, PlaceKnown, Procedure};
use sekisho_sim::place::Place;
use sekisho_sim::sample::{NOON, customer, raw};
use sekisho_store::ProcedurePage;

pub(super) const CUSTOMERS: u64 = 12;

pub(super) const LOOK: Look = Look {
    familiar: Span::hours(24),
    settled: Span::days(30),
    shared_from: 4,
};

/// Numbers that look random and are the same every time (Knuth's MMIX generator).
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

pub(super) fn act(number: u64) -> Act {
    let withdraw = OperationKind::parse("withdraw").unwrap();
    match number {
        0 => Act::Confirm(withdraw),
        1 => Act::Operate(withdraw),
        2 => Act::SetPin,
        _ => Act::SignIn,
    }
}

/// An access somewhere: low addresses are everybody's, the others have few.
pub(super) fn accessed(number: u64, numbers: &mut Numbers) -> Decision {
    let who = 1 + numbers.below(CUSTOMERS);
    let home = numbers.below(3) > 0;
    let place = if home { 10 + who / 3 } else { numbers.below(3) };
    let place = u8::try_from(place).unwrap();
    let address: Address = std::net::IpAddr::from([198, 51, 100, place]).into();
    let device = (numbers.below(2) == 0).then(|| DeviceId(raw(9, who / 2)));
    let mut decision = sample::judged(number, who);
    decision.entry.act = act(numbers.below(6));
    decision.entry.at = NOON.plus(Span::minutes(i64::try_from(numbers.below(5_000)).unwrap()));
    let access = decision.access.as_mut().unwrap();
    (access.act, access.at) = (decision.entry.act.clone(), decision.entry.at);
    access.ending = match numbers.below(4) {
        0 => Ending::Failure,
        1 => Ending::Pending,
        _ => Ending::Success,
    };
    (access.address, access.device) = (Some(address), device);
    let seen = Sighting {
        seen: Trait::ALL,
        customer: access.customer,
        at: access.at,
        ending: access.ending,
        scope: match access.act {
            Act::Operate(_) | Act::Confirm(_) => Scope::Guarded,
            _ => Scope::Access,
        },
    };
    let of = |of: Trait| Sighting { seen: of, ..seen };
    decision.sightings = Trait::of_context(&access.context())
        .into_iter()
        .map(of)
        .collect();
    decision
}

/// Everything that one customer did at a place.
fn history(all: &[Access], who: u64, place: Trait) -> Option<Seen> {
    let there = |access: &&Access| {
        access.customer == customer(who) && Trait::of_context(&access.context()).contains(&place)
    };
    let all: Vec<_> = all.iter().filter(there).collect();
    let count = |wanted: &dyn Fn(&Access) -> bool| {
        i64::try_from(all.iter().filter(|access| wanted(access)).count()).unwrap()
    };
    let good = |access: &Access| access.ending == Ending::Success;
    Some(Seen {
        first: all.iter().map(|access| access.at).min()?,
        first_success: all
            .iter()
            .filter(|access| good(access))
            .map(|access| access.at)
            .min(),
        last: all.iter().map(|access| access.at).max()?,
        successes: count(&good),
        failures: count(&|access| access.ending == Ending::Failure),
        guarded: count(&|access| {
            let guarded = matches!(access.act, Act::Operate(_) | Act::Confirm(_));
            guarded && access.ending != Ending::Pending
        }),
    })
}

pub(super) fn expected(all: &[Access], procedure: &Procedure, place: Trait) -> PlaceKnown {
    let mut own = None;
    let mut others = Vec::new();
    for who in 1..=CUSTOMERS {
        let Some(seen) = history(all, who, place) else {
            continue;
        };
        if customer(who) == procedure.access.customer {
            own = Some(seen);
        } else {
            others.push((customer(who), seen));
        }
    }
    let everybody: Vec<_> = others.iter().map(|(_, seen)| *seen).chain(own).collect();
    let people = u32::try_from(everybody.len()).unwrap();
    let mut crowd = CrowdKnown {
        read: people,
        failing: everybody.iter().filter(|seen| seen.successes == 0).count() as u32,
        first: everybody.iter().map(|seen| seen.first).min(),
        reported: false,
    };
    if people <= LOOK.shared_from {
        crowd = CrowdKnown::default();
    }
    let count = u32::try_from(others.len()).unwrap();
    if count > LOOK.shared_from {
        others.clear();
    }
    let name = |(customer, seen)| sekisho_core::sweep::OtherSeen {
        customer,
        reference: reference_of(customer),
        seen,
    };
    PlaceKnown {
        seen: place,
        own,
        others: count,
        crowd,
        named: others.into_iter().map(name).collect(),
    }
}

fn reference_of(id: sekisho_core::id::CustomerId) -> sekisho_core::text::Reference {
    let who = (1..=CUSTOMERS).find(|who| customer(*who) == id).unwrap();
    sample::reference(who).unwrap()
}

pub(super) async fn every(store: &Store, act: &Act, from: Moment, until: Moment) -> Vec<Procedure> {
    let mut found: Vec<Procedure> = Vec::new();
    loop {
        let last = found.last();
        let page = ProcedurePage {
            act,
            from,
            until,
            after: last.map(|last| (last.access.at, last.access.decision)),
            limit: 7,
        };
        let more = store.procedures(&page).await.unwrap();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

#[tokio::test]
async fn a_sweep_reads_what_a_loop_over_every_access_counts() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        apply(&store, 900, [sample::application()]).await;
        for who in 1..=CUSTOMERS {
            apply(&store, 900 + who, sample::newcomer(who).unwrap()).await;
        }
        let mut numbers = Numbers(7);
        let mut all = Vec::new();
        for number in 2_000..2_300 {
            let decision = accessed(number, &mut numbers);
            land(&store, &decision).await;
            all.extend(decision.access);
        }
        let (from, until) = (
            NOON.plus(Span::minutes(500)),
            NOON.plus(Span::minutes(4_500)),
        );
        let wanted = act(0);
        let found = every(&store, &wanted, from, until).await;
        let mut listed: Vec<_> = all
            .iter()
            .filter(|one| one.act == wanted && one.ending == Ending::Success)
            .filter(|one| one.at >= from && one.at < until)
            .cloned()
            .collect();
        listed.sort_by_key(|one| (one.at, one.decision));
        let accesses: Vec<_> = found.iter().map(|one| one.access.clone()).collect();
        assert_eq!(accesses, listed);
        assert!(found.len() > 15, "{} are enough for two pages", found.len());
        let mut shared = 0;
        for kind in [TraitKind::Address, TraitKind::Device, TraitKind::Network] {
            let at: Vec<_> = found
                .iter()
                .flat_map(|one| {
                    let places = sekisho_core::sweep::places(&one.access, &[kind]);
                    places.into_iter().map(move |place| (one, place))
                })
                .collect();
            let asked: Vec<_> = at
                .iter()
                .map(|(one, at)| (one.access.customer, at.value))
                .collect();
            let known = store.places(kind, &asked, &LOOK).await.unwrap();
            let wanted: Vec<_> = at
                .iter()
                .map(|(one, at)| expected(&all, one, *at))
                .collect();
            assert_eq!(known, wanted, "{kind:?}");
            shared += known
                .iter()
                .filter(|one| one.others > LOOK.shared_from)
                .count();
        }
        assert!(shared > 0, "a place of many is among them");
        let none = store.places(TraitKind::Address, &[], &LOOK).await.unwrap();
        assert_eq!(none, []);
    }
}

#[tokio::test]
async fn counting_stops_where_a_place_is_everybodys() {
    for place in Place::each().await.unwrap() {
        let store = place.store().await.unwrap();
        found(&store).await;
        let mut decision = sample::judged(3_000, 1);
        let [here, _] = Trait::of_address(sample::address());
        let first = *decision.sightings.first().unwrap();
        decision.sightings = (1..=u64::from(MOST_COUNTED) + 5)
            .map(|who| Sighting {
                seen: here,
                customer: customer(who),
                ..first
            })
            .collect();
        land(&store, &decision).await;
        let asked = [(customer(1), here.value), (customer(999_999), here.value)];
        let known = store
            .places(TraitKind::Address, &asked, &LOOK)
            .await
            .unwrap();
        let counted: Vec<_> = known
            .iter()
            .map(|one| (one.own.is_some(), one.others))
            .collect();
        assert_eq!(counted, [(true, MOST_COUNTED), (false, MOST_COUNTED)]);
        assert!(known.iter().all(|one| one.named.is_empty()));
    }
}
