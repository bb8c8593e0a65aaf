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
use crate::risk::pace::{Limits, Window};
use crate::risk::windows::{Copied, Event, Key, Keyed};
use crate::sighting::Ending;

/// Up to so many addresses are seen one by one; beyond, a program is what they have in common.
const FEW_ADDRESSES: usize = 10;
/// So many failures of one account count where it is told whether many accounts are tried. Ours: as
/// many as an honest person usually has, so that whoever wastes tries on one account hides nothing,
/// and many tries at few accounts are left to the locks of their factors.
const SHARE: u32 = 2;

/// From the widest to the narrowest.
const ORDER: [Keyed; 6] = [
    Keyed::Agent,
    Keyed::Crowd,
    Keyed::Network,
    Keyed::AddressDay,
    Keyed::Address,
    Keyed::Device,
];

/// The attacks that the windows showed when they were copied.
#[must_use]
pub fn found(copied: &Copied, limits: &Limits) -> Vec<Attack> {
    let mut found = Vec::new();
    // Which rows belong to an attack that was found already.
    let mut taken = vec![false; copied.rows.len()];
    for keyed in ORDER {
        let over = copied.hot.iter().filter(|(of, _)| *of == keyed);
        let mut hot: HashMap<Key, Gathered> =
            over.map(|(_, key)| (*key, Gathered::default())).collect();
        if hot.is_empty() {
            continue;
        }
        let since = copied.now.minus(keyed.span());
        for (index, event) in copied.rows.iter().enumerate() {
            let key = event.key(keyed).filter(|_| event.at > since);
            if let Some(gathered) = key.and_then(|key| hot.get_mut(&key)) {
                let taken = taken.get(index).copied().unwrap_or_default();
                gathered.add(index, event, taken);
            }
        }
        for (key, gathered) in hot {
            if gathered.is_attack(keyed, limits) {
                for index in &gathered.rows {
                    if let Some(taken) = taken.get_mut(*index) {
                        *taken = true;
                    }
                }
                found.push(gathered.attack(keyed, key));
            }
        }
    }
    found.extend(turned(copied, &taken));
    found
}

/// What goes by one thing.
#[derive(Default)]
struct Gathered {
    rows: Vec<usize>,
    failures: u32,
    /// Failures of which each account has [`SHARE`] at most.
    shared: u32,
    /// Those that ended well.
    successes: u32,
    /// Failures that belong to a wider attack.
    taken: u32,
    /// The accounts that were tried or got in, with their failures.
    accounts: HashMap<Key, u32>,
    strangers: HashSet<Key>,
    /// Who got in on a device of their own.
    owners: HashSet<Key>,
    /// Who was entered with a password alone.
    alone: HashSet<CustomerId>,
    addresses: HashSet<Key>,
    span: Option<(Moment, Moment)>,
    touched: HashMap<CustomerId, Touched>,
    client: Option<String>,
}

impl Gathered {
    fn add(&mut self, index: usize, event: &Event, taken: bool) {
        self.rows.push(index);
        let account = event.account();
        self.successes += u32::from(event.ending == Ending::Success);
        self.addresses
            .extend(event.address().map(|one| one.bytes()));
        if event.ending == Ending::Success && event.met() {
            self.owners.insert(account.key());
        }
        let Some(how) = self.touch(event) else { return };
        if how == Touch::Entered
            && !event.is_twofold()
            && let Account::Customer(id) = account
        {
            self.alone.insert(id);
        }
        let (first, _) = self.span.unwrap_or((event.at, event.at));
        self.span = Some((first, event.at));
        let failures = self.accounts.entry(account.key()).or_default();
        if how == Touch::Tried {
            *failures += 1;
            self.shared += u32::from(*failures <= SHARE);
            self.failures += 1;
            self.taken += u32::from(taken);
        }
        match account {
            Account::Nobody(key) => {
                self.strangers.insert(key);
            }
            Account::Customer(id) => {
                let first = Touched::first(id, how, event.at);
                self.touched.entry(id).or_insert(first).again(how, event.at);
            }
        }
        if self.client.is_none() {
            self.client = event.client().map(|client| client.to_string());
        }
    }

    /// What an attempt did to whom it names, if it is one of the attack.
    fn touch(&self, event: &Event) -> Option<Touch> {
        match (event.ending, event.met()) {
            (Ending::Failure, _) => Some(Touch::Tried),
            // On a device of their own it was the customer.
            (Ending::Success | Ending::Pending, true) => None,
            // Before the first failure there was no attack.
            _ if self.span.is_none() => None,
            // What cannot be typed elsewhere was not stolen by whoever tries a list.
            (Ending::Success, false) if event.is_bound() => None,
            (Ending::Success, false) => Some(Touch::Entered),
            (Ending::Pending, false) => Some(Touch::Proved),
        }
    }

    /// Who was named before anybody had that name is nobody, however often they are tried, until
    /// they prove something.
    fn settle(&mut self) {
        let strangers = &mut self.strangers;
        self.touched.retain(|CustomerId(key), one| match one.how {
            Touch::Tried => !strangers.contains(key),
            Touch::Proved | Touch::Entered => {
                strangers.remove(key);
                true
            }
        });
    }

    fn is_attack(&self, keyed: Keyed, limits: &Limits) -> bool {
        let mostly_own = self.taken * 2 < self.failures;
        let window = Window {
            failures: self.shared,
            successes: self.successes,
            accounts: self.accounts.len() as u32,
        };
        let broad = keyed
            .attacked()
            .is_some_and(|pace| pace.is_over(window, limits));
        mostly_own
            && match keyed {
                Keyed::Agent | Keyed::Crowd => broad && self.addresses.len() > FEW_ADDRESSES,
                Keyed::Network => broad && self.addresses.len() > 1,
                _ => true,
            }
    }

    fn counts(&self) -> Counts {
        let of = |how: Touch| self.touched.values().filter(|one| one.how == how).count() as u32;
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

    fn attack(mut self, keyed: Keyed, value: Key) -> Attack {
        self.settle();
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
            owners: self.owners.len() as u32,
            alone: self.alone,
            touched: named(self.touched.into_values().collect()),
        }
    }
}

/// Who was entered first, all of them, then by time.
fn named(mut all: Vec<Touched>) -> Vec<Touched> {
    all.sort_by_key(|one| (std::cmp::Reverse(one.how), one.at, one.customer));
    let entered = all.partition_point(|one| one.how == Touch::Entered);
    all.truncate(entered.max(MOST_NAMED));
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
fn turned(copied: &Copied, taken: &[bool]) -> Vec<Attack> {
    let since = copied.now.minus(PRESENT);
    let mut systems: HashMap<u32, Turning> = HashMap::new();
    for (event, taken) in copied.rows.iter().zip(taken) {
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
            let (first, _) = known.span.unwrap_or((event.at, event.at));
            known.span = Some((first, event.at));
        }
    }
    let all = systems.into_iter();
    all.filter_map(|(system, known)| known.attack(system))
        .collect()
}

/// What became of one network operator.
#[derive(Default)]
struct Turning {
    /// Failures and successes of the day before.
    before: [u32; 2],
    /// Those of the present.
    now: [u32; 2],
    /// The first and the last failure of the present. An alert that was closed opens again by a
    /// later one, not by the mere time.
    span: Option<(Moment, Moment)>,
}

impl Turning {
    fn attack(&self, system: u32) -> Option<Attack> {
        let [failures, successes] = self.now;
        let [failed, well] = self.before;
        let (attempts, earlier) = (failures + successes, failed + well);
        let failing = attempts >= 60 && failures * 10 >= attempts * 6;
        let calm = earlier >= 100 && failed * 10 <= earlier * 3;
        let mut value = [0; 16];
        value[..4].copy_from_slice(&system.to_be_bytes());
        let (first, last) = self.span.filter(|_| failing && calm)?;
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
            owners: 0,
            alone: HashSet::new(),
        })
    }
}
