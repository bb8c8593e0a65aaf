//! Finding attacks in the windows: the widest thing it goes by first, so that ten thousand
//! addresses with one program are one attack and not ten thousand.
//!
//! **Invariant:** an attempt counts for one attack only where a narrower one has hardly any of its
//! own.

use std::collections::{HashMap, HashSet};

use super::{Attack, AttackKind, Counts, MOST_NAMED, Touch, Touched};
use crate::attempt::Account;
use crate::context::Address;
use crate::id::{CustomerId, DeviceId};
use crate::moment::{Moment, Span};
use crate::risk::pace::{Limits, Pace};
use crate::risk::windows::{Event, Kept, Key, Keyed};
use crate::sighting::Ending;

/// Most attacks that are told at once, the largest first.
const MOST: usize = 100;
/// Up to so many addresses are seen one by one; beyond, a program is what they have in common.
const FEW_ADDRESSES: usize = 10;

/// From the widest to the narrowest, with what says that there is too much.
const ORDER: [(Keyed, Pace); 6] = [
    (Keyed::Agent, Pace::AgentFailures),
    (Keyed::Crowd, Pace::CrowdFailures),
    (Keyed::Network, Pace::NetworkFailures),
    (Keyed::AddressDay, Pace::AddressDayAccounts),
    (Keyed::Address, Pace::AddressAccounts),
    (Keyed::Device, Pace::DeviceAccounts),
];

/// The attacks that the windows show.
#[must_use]
pub fn found(kept: &Kept, limits: &Limits) -> Vec<Attack> {
    let mut found = Vec::new();
    // Which rows belong to an attack that was found already.
    let mut taken = vec![false; kept.len()];
    for (keyed, pace) in ORDER {
        let over = kept.over(keyed, pace, limits);
        let mut hot: HashMap<Key, Gathered> = over.map(|key| (key, Gathered::default())).collect();
        if hot.is_empty() {
            continue;
        }
        let since = kept.now().minus(keyed.span());
        for (index, event) in kept.events().enumerate() {
            let key = event.key(keyed).filter(|_| event.at > since);
            if let Some(gathered) = key.and_then(|key| hot.get_mut(&key)) {
                let taken = taken.get(index).copied().unwrap_or_default();
                gathered.add(index, event, taken);
            }
        }
        for (key, gathered) in hot {
            if gathered.is_attack(keyed) {
                for index in &gathered.rows {
                    if let Some(taken) = taken.get_mut(*index) {
                        *taken = true;
                    }
                }
                found.push(gathered.attack(keyed, key));
            }
        }
    }
    found.extend(turned(kept, &taken));
    // Whoever makes noise does not drown what got in.
    found.sort_by_key(|attack| {
        let counts = &attack.counts;
        let worst = (counts.entered, counts.proved, counts.failures);
        (std::cmp::Reverse(worst), attack.value)
    });
    found.truncate(MOST);
    found
}

/// What goes by one thing.
#[derive(Default)]
struct Gathered {
    rows: Vec<usize>,
    failures: u32,
    /// Failures that belong to a wider attack.
    taken: u32,
    accounts: HashSet<Key>,
    strangers: HashSet<Key>,
    addresses: HashSet<Key>,
    span: Option<(Moment, Moment)>,
    touched: HashMap<CustomerId, (Touch, Moment)>,
    client: Option<String>,
}

impl Gathered {
    fn add(&mut self, index: usize, event: &Event, taken: bool) {
        self.rows.push(index);
        let account = event.account();
        self.addresses
            .extend(event.address().map(|one| one.bytes()));
        let how = match (event.ending, event.met()) {
            (Ending::Failure, _) => Some(Touch::Tried),
            // On a device of their own it was the customer.
            (Ending::Success | Ending::Pending, true) => None,
            // Before the first failure there was no attack.
            _ if self.span.is_none() => None,
            (Ending::Pending, false) => Some(Touch::Proved),
            (Ending::Success, false) => Some(Touch::Entered),
        };
        let Some(how) = how else { return };
        let (first, _) = self.span.unwrap_or((event.at, event.at));
        self.span = Some((first, event.at));
        self.accounts.insert(account.key());
        if how == Touch::Tried {
            self.failures += 1;
            self.taken += u32::from(taken);
        }
        match account {
            Account::Nobody(key) => {
                self.strangers.insert(key);
            }
            Account::Customer(id) => {
                let known = self.touched.entry(id).or_insert((how, event.at));
                if how > known.0 {
                    *known = (how, event.at);
                }
            }
        }
        if self.client.is_none() {
            self.client = event.client().map(|client| client.to_string());
        }
    }

    fn is_attack(&self, keyed: Keyed) -> bool {
        let mostly_own = self.taken * 2 < self.failures;
        // Many tries at few accounts are what the locks of factors are for.
        let broad = self.accounts.len() as u32 * 2 >= self.failures;
        mostly_own
            && match keyed {
                Keyed::Agent | Keyed::Crowd => broad && self.addresses.len() > FEW_ADDRESSES,
                Keyed::Network => broad && self.addresses.len() > 1,
                _ => true,
            }
    }

    fn counts(&self) -> Counts {
        let of = |how: Touch| self.touched.values().filter(|(one, _)| *one == how).count() as u32;
        Counts {
            attempts: self.rows.len() as u32,
            failures: self.failures,
            accounts: self.accounts.len() as u32,
            strangers: self.strangers.len() as u32,
            addresses: self.addresses.len() as u32,
            proved: of(Touch::Proved),
            entered: of(Touch::Entered),
        }
    }

    fn attack(self, keyed: Keyed, value: Key) -> Attack {
        let counts = self.counts();
        let nobody = counts.strangers * 5 >= counts.accounts * 4;
        let kind = match keyed {
            _ if nobody && counts.proved + counts.entered == 0 => AttackKind::Enumeration,
            Keyed::Agent | Keyed::Crowd => AttackKind::Stuffing,
            Keyed::Network => AttackKind::Spray,
            Keyed::Device => AttackKind::Device,
            Keyed::Address | Keyed::AddressDay | Keyed::Account => AttackKind::List,
        };
        let (first, last) = self.span.unwrap_or_default();
        let label = label(keyed, value, self.client.as_deref().unwrap_or("unknown"));
        Attack {
            kind,
            value,
            label,
            first,
            last,
            counts,
            touched: named(self.touched),
        }
    }
}

/// Who was entered first, then by time.
fn named(touched: HashMap<CustomerId, (Touch, Moment)>) -> Vec<Touched> {
    let one = |(customer, (how, at))| Touched { customer, how, at };
    let mut all: Vec<_> = touched.into_iter().map(one).collect();
    all.sort_by_key(|one| (std::cmp::Reverse(one.how), one.at, one.customer));
    all.truncate(MOST_NAMED);
    all
}

fn label(keyed: Keyed, value: Key, client: &str) -> String {
    let [a, b, c, d, ..] = value;
    let number = u32::from_be_bytes([a, b, c, d]);
    let address = Address::from_bytes(value);
    let v4 = address.ip().is_ipv4();
    match keyed {
        Keyed::Agent => format!("{client} {number:08x}"),
        Keyed::Crowd => format!("{client} in AS{number}"),
        Keyed::Network => format!("{address}/{}", if v4 { 24 } else { 48 }),
        Keyed::Device => DeviceId(value).to_string(),
        _ if v4 => address.to_string(),
        _ => format!("{address}/64"),
    }
}

/// For how long the present of a network operator is compared with its day before.
const PRESENT: Span = Span::hours(1);

/// Network operators of which at least 60 attempts of the last hour mostly fail, and of which at
/// least 100 of the day before mostly ended well. Assumptions. What belongs to another attack does
/// not count.
fn turned(kept: &Kept, taken: &[bool]) -> Vec<Attack> {
    let since = kept.now().minus(PRESENT);
    let mut systems: HashMap<u32, Turning> = HashMap::new();
    for (event, taken) in kept.events().zip(taken) {
        let Some(system) = event.system().filter(|_| !taken) else {
            continue;
        };
        let known = systems.entry(system).or_default();
        let lately = event.at > since;
        let counts = if lately {
            &mut known.now
        } else {
            &mut known.before
        };
        match event.ending {
            Ending::Failure => counts[0] += 1,
            Ending::Success | Ending::Pending => counts[1] += 1,
        }
        if lately && event.ending == Ending::Failure {
            known.first.get_or_insert(event.at);
        }
    }
    let all = systems.into_iter();
    all.filter_map(|(system, known)| known.attack(system, kept.now()))
        .collect()
}

/// What became of one network operator.
#[derive(Default)]
struct Turning {
    /// Failures and successes of the day before.
    before: [u32; 2],
    /// Those of the present.
    now: [u32; 2],
    /// The first failure of the present.
    first: Option<Moment>,
}

impl Turning {
    fn attack(&self, system: u32, last: Moment) -> Option<Attack> {
        let [failures, successes] = self.now;
        let [failed, well] = self.before;
        let (attempts, earlier) = (failures + successes, failed + well);
        let failing = attempts >= 60 && failures * 10 >= attempts * 6;
        let calm = earlier >= 100 && failed * 10 <= earlier * 3;
        let mut value = [0; 16];
        value[..4].copy_from_slice(&system.to_be_bytes());
        let first = self.first.filter(|_| failing && calm)?;
        Some(Attack {
            kind: AttackKind::Turned,
            value,
            label: format!("AS{system}"),
            first,
            last,
            counts: Counts {
                attempts,
                failures,
                ..Counts::default()
            },
            touched: Vec::new(),
        })
    }
}
