//! Accesses of one day in lanes: what may influence each other's decision goes into one lane, in
//! order; lanes go side by side.
//!
//! Two accesses may influence each other when they share a customer, an address or a payout
//! account: those are what a decision counts over customers.
//!
//! **Invariant:** how a day is decided does not depend on which lane is faster.

use std::collections::HashMap;
use std::net::IpAddr;

use sekisho_world::{Access, Act, Payee, Target};

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Shared {
    Address(IpAddr),
    Customer(Target),
    Payee(Payee),
}

/// One day's work, parted into lanes as it is added.
pub struct Lanes<T> {
    lane_of: HashMap<Shared, usize>,
    /// The lane into which a lane was joined; its own number where it was not.
    joined: Vec<usize>,
    work: Vec<(usize, T)>,
}

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Self {
            lane_of: HashMap::new(),
            joined: Vec::new(),
            work: Vec::new(),
        }
    }
}

impl<T> Lanes<T> {
    /// Adds work for an access, in order of time.
    pub fn add(&mut self, access: &Access, work: T) {
        let lane = self.joined.len();
        self.joined.push(lane);
        let payee = match access.act {
            Act::Withdraw { payee, .. } | Act::ChangePayoutAccount { payee } => {
                Some(Shared::Payee(payee))
            }
            _ => None,
        };
        let shared = [
            Some(Shared::Customer(access.target)),
            Some(Shared::Address(access.address)),
            payee,
        ];
        for shared in shared.into_iter().flatten() {
            let before = self.lane_of.insert(shared, lane);
            if let Some(before) = before {
                let root = self.root(before);
                self.joined[root] = lane;
            }
        }
        self.work.push((lane, work));
    }

    /// The lanes, each in order of time.
    pub fn part(self) -> Vec<Vec<T>> {
        let mut lanes: HashMap<usize, Vec<T>> = HashMap::new();
        let roots: Vec<_> = self.work.iter().map(|(lane, _)| self.root(*lane)).collect();
        for (root, (_, work)) in roots.into_iter().zip(self.work) {
            lanes.entry(root).or_default().push(work);
        }
        lanes.into_values().collect()
    }

    fn root(&self, mut lane: usize) -> usize {
        while self.joined[lane] != lane {
            lane = self.joined[lane];
        }
        lane
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_world::{World, WorldConfig};

    #[test]
    fn lanes_keep_order_and_share_nothing() {
        let world = World::new(WorldConfig::new(3, 300, 1_759_244_400_000_000)).unwrap();
        let mut lanes = Lanes::default();
        let all: Vec<_> = world.accesses().take(900).collect();
        for (place, access) in all.iter().enumerate() {
            lanes.add(access, place);
        }
        let parted = lanes.part();
        assert_eq!(parted.iter().map(Vec::len).sum::<usize>(), all.len());
        let mut owner: HashMap<IpAddr, usize> = HashMap::new();
        for (number, lane) in parted.iter().enumerate() {
            assert!(lane.is_sorted());
            for place in lane {
                let address = all[*place].address;
                assert_eq!(*owner.entry(address).or_insert(number), number);
            }
        }
        assert!(parted.len() > 20, "{} lanes", parted.len());
    }
}
