//! The rule about travel on the generated broker: whom it asks among honest people, and whom among
//! attackers, with the lists that go with it and without.
//!
//! The world has no coordinates. They are given to its networks here: home lines in seven cities of
//! Japan, phones at the gateways of their carriers in two, everything abroad in a capital.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::{Address, Place};
use sekisho_core::known::PreviousKnown;
use sekisho_core::moment::Moment;
use sekisho_core::places::{Circle, Label as List};
use sekisho_core::policy::Policy;
use sekisho_core::reason::Reason;
use sekisho_core::risk::travel::Travel;
use sekisho_core::risk::{Familiarity, Features};
use sekisho_core::rules::{Given, RuleSet, Truth};
use sekisho_world::{
    Access, Act, Label, Network, NetworkKind, Outcome, Target, World, WorldConfig,
};

const CITIES: [(f64, f64); 7] = [
    (43.06, 141.35),
    (38.27, 140.87),
    (35.68, 139.77),
    (35.18, 136.91),
    (34.69, 135.50),
    (33.59, 130.40),
    (26.21, 127.68),
];
const CAPITALS: [(&str, f64, f64); 9] = [
    ("US", 38.9, -77.0),
    ("GB", 51.5, -0.1),
    ("DE", 52.5, 13.4),
    ("FR", 48.9, 2.4),
    ("KR", 37.6, 127.0),
    ("TW", 25.0, 121.5),
    ("SG", 1.35, 103.8),
    ("AU", -35.3, 149.1),
    ("RU", 55.8, 37.6),
];

fn holds(network: &Network, address: IpAddr) -> bool {
    let same =
        |one: u128, other: u128, length: u32, bits: u32| (one ^ other) >> (bits - length) == 0;
    match address {
        IpAddr::V4(four) => {
            let (one, other) = (u32::from(network.first), u32::from(four));
            same(one.into(), other.into(), network.length.into(), 32)
        }
        IpAddr::V6(six) => network
            .six
            .is_some_and(|(first, length)| same(first.into(), six.into(), length.into(), 128)),
    }
}

/// Whether lists of networks are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lists {
    None,
    Read,
}

fn place(world: &World, access: &Access, lists: Lists) -> Place {
    let networks = world.networks().iter();
    let mut of_number = networks.filter(|network| network.number == access.network);
    let network = of_number
        .find(|network| holds(network, access.address))
        .unwrap();
    let address = Address::from(access.address);
    // What is near in numbers is near on the ground.
    let near = match address.ip() {
        IpAddr::V4(four) => u64::from(u32::from(four) >> 16),
        IpAddr::V6(six) => u64::try_from(u128::from(six) >> 88).unwrap(),
    };
    let drawn = usize::try_from(near.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33).unwrap();
    let city = |number: usize| CITIES[number % CITIES.len()];
    let capital = || {
        let letters = network.country.letters();
        let found = CAPITALS.iter().find(|(known, ..)| *known == letters);
        found.map_or((20.0, 100.0), |(_, north, east)| (*north, *east))
    };
    let ((north, east), radius) = match network.kind {
        NetworkKind::Fixed | NetworkKind::Office => (city(drawn), 50),
        NetworkKind::SharedFixed => (city(2), 200),
        NetworkKind::Mobile => (city([2, 4][drawn % 2]), 100),
        _ if network.country.letters() == "JP" => (city(2), 20),
        _ => (capital(), 200),
    };
    let mut place = Place {
        circle: Circle::of(north, east, Some(radius)),
        ..Place::default()
    };
    if lists == Lists::Read {
        let moving = network.kind == NetworkKind::InFlight;
        for (label, listed) in [
            (List::Moving, moving),
            (List::Vpn, network.kind == NetworkKind::Vpn),
            (List::Hosting, network.kind == NetworkKind::Hosting),
        ] {
            place.listed = place.listed.heard(label, listed);
        }
    }
    place
}

/// What is known of one customer.
#[derive(Default)]
struct Known {
    devices: HashSet<u64>,
    networks: HashSet<[u8; 16]>,
    systems: HashSet<u32>,
    clients: HashSet<String>,
    countries: HashSet<String>,
    previous: Option<PreviousKnown>,
    history: i64,
}

fn seen(familiar: bool) -> Familiarity {
    if familiar {
        Familiarity::Known
    } else {
        Familiarity::New
    }
}

impl Known {
    fn features(&self, access: &Access, here: &Place, client: &str) -> Features {
        let device = access
            .device
            .map(|device| seen(self.devices.contains(&device.token)));
        let network = Address::from(access.address).network();
        let at = Moment(access.moment);
        Features {
            device: device.unwrap_or_default(),
            network: seen(self.networks.contains(&network)),
            system: seen(self.systems.contains(&access.network)),
            client: seen(self.clients.contains(client)),
            country: seen(self.countries.contains(access.country.letters())),
            history: self.history,
            listed: here.listed,
            travel: self
                .previous
                .and_then(|before| Travel::of(here, &before, at)),
            ..Features::default()
        }
    }

    fn learn(&mut self, access: &Access, here: Place, client: &str) {
        let address = Address::from(access.address);
        self.devices
            .extend(access.device.map(|device| device.token));
        self.networks.insert(address.network());
        self.systems.insert(access.network);
        self.clients.insert(client.to_owned());
        self.countries.insert(access.country.letters().to_owned());
        self.history += 1;
        self.previous = Some(PreviousKnown {
            at: Moment(access.moment),
            address,
            place: here,
        });
    }
}

/// Of sign-ins with the right password: all, those that were fast whoever it was, and those that
/// the rule asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    all: u32,
    fast: u32,
    asked: u32,
}

impl Count {
    fn add(&mut self, features: &Features, asked: bool) {
        let took = features
            .travel
            .and_then(|way| Some((way.speed()?, way.kilometres()?)));
        let fast = took.is_some_and(|(speed, far)| speed >= 1_000 && far >= 500);
        self.all += 1;
        self.fast += u32::from(fast);
        self.asked += u32::from(asked);
    }
}

/// What the shipped rules ask more for.
struct Judge {
    rules: std::sync::Arc<RuleSet>,
    policy: Policy,
}

impl Judge {
    fn asks(&self, features: &Features) -> bool {
        let mut asked = false;
        let given = Given {
            features,
            risk: &self.policy.risk,
        };
        self.rules.apply(&given, |rule, truth| {
            asked |= rule.reason == Reason::TravelTooFast && truth == Truth::Yes;
        });
        asked
    }
}

/// A thief who was given the password two hours after its owner signed in, on a device of their own
/// with the owner's program, at a line in another country.
fn thief(access: &Access) -> (Access, Place) {
    let stolen = Access {
        moment: access.moment + 2 * 3_600 * 1_000_000,
        address: IpAddr::from([192, 0, 2, 1]),
        device: None,
        ..*access
    };
    let (_, north, east) = CAPITALS[access.moment.unsigned_abs() as usize % CAPITALS.len()];
    let place = Place {
        circle: Circle::of(north, east, Some(200)),
        ..Place::default()
    };
    (stolen, place)
}

fn counted(world: &World, lists: Lists) -> BTreeMap<String, Count> {
    let judge = Judge {
        rules: RuleSet::standard(),
        policy: Policy::profile("jsda-2025").unwrap(),
    };
    let mut customers: HashMap<u32, Known> = HashMap::new();
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for access in world.accesses() {
        let (Act::SignIn, Outcome::Succeed, Target::Customer(who)) =
            (access.act, access.outcome, access.target)
        else {
            continue;
        };
        let here = place(world, &access, lists);
        let client = ClientFamily::of(&world.user_agent(access.user_agent).text).to_string();
        let known = customers.entry(who).or_default();
        let features = known.features(&access, &here, &client);
        let word = match access.label {
            Label::Genuine(circumstance) => format!("{circumstance:?}"),
            Label::Attack { .. } => "Attack".to_owned(),
        };
        let asked = judge.asks(&features);
        counts.entry(word).or_default().add(&features, asked);
        if access.label.is_genuine() {
            known.learn(&access, here, &client);
            let (stolen, there) = thief(&access);
            let features = known.features(&stolen, &there, &client);
            let asked = judge.asks(&features);
            counts
                .entry("Thief".to_owned())
                .or_default()
                .add(&features, asked);
        }
    }
    counts
}

#[test]
fn travel_asks_hardly_any_honest_people_and_thieves_who_are_quick() {
    let world = World::new(WorldConfig::new(5, 2_000, 1_759_244_400_000_000)).unwrap();
    for lists in [Lists::None, Lists::Read] {
        let counts = counted(&world, lists);
        println!("{lists:?} {counts:#?}");
        let mut good = Count::default();
        let honest = counts
            .iter()
            .filter(|(word, _)| !["Attack", "Thief"].contains(&word.as_str()));
        for (_, count) in honest {
            good.all += count.all;
            good.fast += count.fast;
            good.asked += count.asked;
        }
        assert!(good.all > 10_000 && good.fast > 0, "{good:?}");
        assert!(
            good.asked * 1_000 <= good.all,
            "one of a thousand: {good:?}"
        );
        if lists == Lists::Read {
            assert_eq!(counts["InFlight"].fast, 0, "{counts:?}");
        }
        let thief = counts["Thief"];
        assert!(thief.asked * 2 > thief.all, "{thief:?}");
    }
}
