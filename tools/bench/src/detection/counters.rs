//! The counters that the scores are made of, in memory.
//!
//! **Invariant:** only logins that ended well are counted.

use std::collections::HashMap;

use sekisho_core::moment::{Moment, Span};
use sekisho_core::risk::measure::hour_of_week;
use sekisho_core::risk::rare::Setting;
use sekisho_core::risk::unlikely::{
    ADDRESS, CLIENT, Counts, FAMILY as FAMILIES, Feature, Level, Population, Unlikely, Unseen,
    unlikely,
};

use super::login::{self, Login, joined};

/// Everything counted. Keys are hashes of what is counted: 40 million of them collide with a
/// chance of 1 in 20,000.
#[derive(Debug, Default)]
pub struct Counters {
    counts: HashMap<u64, u32>,
    distinct: [u64; 7],
    logins: u64,
    customers: u64,
}

/// What a key counts; the levels are 0 to 6 for all and 7 to 13 for one customer.
const OWN: u64 = 7;
const CUSTOMER: u64 = 14;
const AT_ADDRESS: u64 = 15;
const FAMILY: u64 = 16;
const PAIR: u64 = 17;
const HOUR: u64 = 18;
const OWN_FAMILY: u64 = 19;

fn key(what: u64, one: u64, other: u64) -> u64 {
    joined(joined(what, one), other)
}

fn hour(login: &Login) -> u64 {
    u64::from(hour_of_week(Moment(login.moment), Span::hours(9)) % 24)
}

impl Counters {
    fn of(&self, key: u64) -> u64 {
        self.counts.get(&key).copied().map_or(0, u64::from)
    }

    /// Logins of a customer before.
    pub fn own(&self, customer: u64) -> u64 {
        self.of(key(CUSTOMER, customer, 0))
    }

    /// The score for this person: ours, as published, and ours of what the server keeps.
    pub fn unlikely(&self, login: &Login) -> Option<[Unlikely; 3]> {
        let own = self.own(login.customer);
        let level = |(column, level): (usize, &Level)| {
            let value = login.values[column];
            let counts = value.map(|value| Counts {
                own: self.of(key(OWN + column as u64, login.customer, value)),
                all: self.of(key(column as u64, value, 0)),
                distinct: self.distinct[column],
            });
            (*level, counts)
        };
        let levels: Vec<_> = ADDRESS
            .iter()
            .chain(&CLIENT)
            .enumerate()
            .map(level)
            .collect();
        let (address, client) = levels.split_at(ADDRESS.len());
        let features = [
            Feature {
                name: "address",
                levels: address,
            },
            Feature {
                name: "client",
                levels: client,
            },
        ];
        let population = Population {
            logins: self.logins,
            customers: self.customers,
        };
        let score = |unseen| unlikely(&features, own, population, unseen);
        let family = Counts {
            own: self.of(key(OWN_FAMILY, login.customer, login.family)),
            all: self.of(key(FAMILY, login.family, 0)),
            distinct: 0,
        };
        let family = FAMILIES.map(|level| (level, Some(family)));
        let kept = [
            features[0],
            Feature {
                name: "client",
                levels: &family,
            },
        ];
        let live = unlikely(&kept, own, population, Unseen::Capped)?;
        Some([score(Unseen::Capped)?, score(Unseen::Quarter)?, live])
    }

    /// What the row of an attempt is made of; what the windows counted is left to them.
    pub fn setting(&self, login: &Login) -> Setting {
        let level = |column: usize| {
            let value = login.values[column];
            value.map(|value| self.of(key(column as u64, value, 0)))
        };
        let address = login.values[login::ADDRESS];
        let pair = login.values[login::SYSTEM].map(|system| key(PAIR, system, login.family));
        Setting {
            logins: self.logins,
            address_logins: level(login::ADDRESS),
            address_customers: address.map(|address| self.of(key(AT_ADDRESS, address, 0))),
            address_lately: None,
            address_hour: None,
            system: level(login::SYSTEM),
            country: level(login::COUNTRY),
            client: Some(self.of(key(FAMILY, login.family, 0))),
            client_in_system: pair.map(|pair| self.of(pair)),
            hour: Some(self.of(key(HOUR, hour(login), 0))),
        }
    }

    /// Counts a login that ended well.
    pub fn learn(&mut self, login: &Login) {
        self.logins += 1;
        let first = self.count(key(CUSTOMER, login.customer, 0));
        self.customers += u64::from(first);
        for (column, value) in login.values.iter().enumerate() {
            let Some(value) = value else { continue };
            let first = self.count(key(column as u64, *value, 0));
            self.distinct[column] += u64::from(first);
            let new = self.count(key(OWN + column as u64, login.customer, *value));
            if column == login::ADDRESS && new {
                self.count(key(AT_ADDRESS, *value, 0));
            }
        }
        self.count(key(FAMILY, login.family, 0));
        self.count(key(OWN_FAMILY, login.customer, login.family));
        self.count(key(HOUR, hour(login), 0));
        if let Some(system) = login.values[login::SYSTEM] {
            self.count(key(PAIR, system, login.family));
        }
    }

    /// Whether it was the first.
    fn count(&mut self, key: u64) -> bool {
        let count = self.counts.entry(key).or_default();
        *count = count.saturating_add(1);
        *count == 1
    }
}
