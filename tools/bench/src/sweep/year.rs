//! A year of accesses as columns in memory, and the loop over them that a sweep is compared with.
//!
//! **Invariant:** the loop knows nothing but the columns, and reads each of them once.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use anyhow::Result;
use sekisho_core::context::Address;
use sekisho_core::known::Seen;
use sekisho_core::moment::Moment;
use sekisho_core::sweep::{CrowdKnown, Look, MOST_COUNTED, MOST_READ};
use sekisho_world::{Act, Outcome, Target, World};

/// One place of one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The customer's own history with it.
    pub own: Option<Seen>,
    /// How many others, up to [`MOST_COUNTED`].
    pub others: u32,
    /// All who were there: how many of the first were read, how many of those never got in, and
    /// when the first of them came.
    pub crowd: CrowdKnown,
    /// The others by number, where they are few.
    pub named: Vec<(u32, Seen)>,
}

/// The columns, a row for each access of a customer, in the order of time.
#[derive(Debug, Default)]
pub struct Year {
    /// Whose.
    pub customers: Vec<u32>,
    /// From where: an index into `places`.
    pub addresses: Vec<u32>,
    /// When.
    pub at: Vec<i64>,
    /// How it ended.
    pub ended: Vec<Ended>,
    /// The addresses, in the order in which they were first seen.
    pub places: Vec<Address>,
    /// The rows of the changes of payout accounts that are asked about.
    pub changes: Vec<u32>,
    /// The rows of the withdrawals of the same time.
    pub withdrawals: Vec<u32>,
}

/// What is kept of how an access ended.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    good: bool,
    guarded: bool,
}

/// How far back from the end of the year the changes are asked about: from 1 July to 16 September,
/// as the broker did in 2020.
const ASKED_DAYS: i64 = 78;

impl Year {
    /// The year of a world.
    pub fn of(world: &World) -> Self {
        let mut year = Self::default();
        let mut known: HashMap<Address, u32, BuildHasherDefault<Quick>> = HashMap::default();
        let (mut changes, mut withdrawals) = (Vec::new(), Vec::new());
        for access in world.accesses() {
            let Target::Customer(customer) = access.target else {
                continue;
            };
            let place = Address::from(access.address);
            let address = *known.entry(place).or_insert_with(|| {
                year.places.push(place);
                (year.places.len() - 1) as u32
            });
            let good = access.outcome == Outcome::Succeed;
            if good && matches!(access.act, Act::ChangePayoutAccount { .. }) {
                changes.push(year.at.len() as u32);
            }
            if good && matches!(access.act, Act::Withdraw { .. }) {
                withdrawals.push(year.at.len() as u32);
            }
            year.customers.push(customer);
            year.addresses.push(address);
            year.at.push(access.moment);
            year.ended.push(Ended {
                good,
                guarded: !matches!(access.act, Act::SignIn | Act::ResetPassword),
            });
        }
        let from = year.asked_from().0;
        for rows in [&mut changes, &mut withdrawals] {
            rows.retain(|row| year.at[*row as usize] >= from);
        }
        (year.changes, year.withdrawals) = (changes, withdrawals);
        year
    }

    /// From when on it is asked.
    pub fn asked_from(&self) -> Moment {
        let end = self.at.last().copied().unwrap_or_default();
        Moment(end - ASKED_DAYS * 86_400_000_000)
    }

    /// How many accesses.
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// One more access joins what was seen before.
    pub fn join(&self, row: usize, seen: Option<Seen>) -> Seen {
        let at = Moment(self.at[row]);
        let Ended { good, guarded } = self.ended[row];
        let before = seen.unwrap_or(Seen {
            first: at,
            first_success: None,
            last: at,
            successes: 0,
            failures: 0,
            guarded: 0,
        });
        Seen {
            first: before.first.min(at),
            first_success: before.first_success.or(good.then_some(at)),
            last: before.last.max(at),
            successes: before.successes + i64::from(good),
            failures: before.failures + i64::from(!good),
            guarded: before.guarded + i64::from(guarded),
        }
    }

    /// The loop: marks the addresses of the changes, reads every access once, and answers each
    /// change from what it gathered at its address.
    pub fn naive(&self, look: &Look) -> Result<Vec<Answer>> {
        let mut wanted = vec![false; self.places.len()];
        for row in &self.changes {
            wanted[self.addresses[*row as usize] as usize] = true;
        }
        let mut seen: HashMap<u64, Seen, BuildHasherDefault<Quick>> = HashMap::default();
        for (row, address) in self.addresses.iter().enumerate() {
            if wanted[*address as usize] {
                let key = u64::from(*address) << 32 | u64::from(self.customers[row]);
                let before = seen.get(&key).copied();
                seen.insert(key, self.join(row, before));
            }
        }
        let mut there: HashMap<u32, Vec<(u32, Seen)>, BuildHasherDefault<Quick>> =
            HashMap::default();
        for (key, seen) in seen {
            let (address, customer) = ((key >> 32) as u32, key as u32);
            there.entry(address).or_default().push((customer, seen));
        }
        let none = Vec::new();
        for crowd in there.values_mut() {
            crowd.sort_unstable_by_key(|(customer, _)| *customer);
        }
        Ok(self
            .changes
            .iter()
            .map(|row| {
                let (customer, address) =
                    (self.customers[*row as usize], self.addresses[*row as usize]);
                answer(customer, there.get(&address).unwrap_or(&none), look)
            })
            .collect())
    }
}

fn answer(customer: u32, there: &[(u32, Seen)], look: &Look) -> Answer {
    let own = there.iter().find(|(other, _)| *other == customer);
    let others = (there.len() - usize::from(own.is_some())) as u32;
    let mut named = Vec::new();
    if others <= look.shared_from {
        named.extend(there.iter().filter(|(other, _)| *other != customer));
    }
    let read = &there[..there.len().min(MOST_READ as usize)];
    let mut crowd = CrowdKnown {
        read: read.len() as u32,
        failing: read.iter().filter(|(_, seen)| seen.successes == 0).count() as u32,
        first: read.iter().map(|(_, seen)| seen.first).min(),
        reported: false,
    };
    if there.len() as u32 <= look.shared_from {
        crowd = CrowdKnown::default();
    }
    Answer {
        crowd,
        own: own.map(|(_, seen)| *seen),
        others: others.min(MOST_COUNTED),
        named,
    }
}

/// A hash of one multiplication (Fibonacci hashing, Knuth 1973 section 6.4): the loop is to lose
/// nothing by a slow table.
#[derive(Default)]
struct Quick(u64);

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(word.into());
    }

    fn write_u64(&mut self, word: u64) {
        let mixed = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}
