//! Chance as a function of the seed and of a place in the world.
//!
//! Every draw comes from a ChaCha8 stream whose 64-bit number is built from what is being drawn (a
//! customer's habits, session 17 of customer 42, …), so any part of the world can be generated
//! alone and in any order.
//!
//! **Invariant:** two different places never share a stream, and no draw depends on another place.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Numbers of customers, sessions, campaigns and attempts stay below this (28 bits each).
pub(crate) const PLACE_LIMIT: u32 = 1 << 28;

/// What a stream is for; the top byte of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Purpose {
    Habits = 1,
    Person = 2,
    Session = 3,
    Campaign = 4,
    Attempt = 5,
    Ring = 6,
    Payee = 7,
}

/// The root of all chance in one world.
#[derive(Debug, Clone)]
pub(crate) struct Seed {
    key: [u8; 32],
    mix: u64,
}

impl Seed {
    pub(crate) fn new(seed: u64) -> Self {
        let mut root = ChaCha8Rng::seed_from_u64(seed);
        let mut key = [0; 32];
        root.fill_bytes(&mut key);
        Self {
            key,
            mix: root.next_u64(),
        }
    }

    /// The stream that belongs to (`purpose`, `a`, `b`).
    pub(crate) fn dice(&self, purpose: Purpose, a: u32, b: u32) -> Dice {
        debug_assert!(a < PLACE_LIMIT && b < PLACE_LIMIT);
        let mut stream = ChaCha8Rng::from_seed(self.key);
        stream.set_stream(((purpose as u64) << 56) | (u64::from(a) << 28) | u64::from(b));
        Dice(stream)
    }

    /// A cheap keyed hash (SplitMix64's finalizer) for what is asked once per customer and day,
    /// where a ChaCha block each would cost more than all the rest of the world.
    #[inline]
    pub(crate) fn hash(&self, a: u64, b: u64) -> u64 {
        let x = self.mix
            ^ a.wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ b.wrapping_add(0x632b_e59b_d9b4_e019)
                .wrapping_mul(0xd6e8_feb8_6659_fd93);
        finalize(finalize(x))
    }
}

/// SplitMix64's finalizer: a bijection that spreads every input bit.
#[inline]
pub(crate) fn finalize(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// One stream of draws. The draws are written out here, so that a new release of a random
/// number library cannot change the world.
#[derive(Debug)]
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    #[inline]
    pub(crate) fn word(&mut self) -> u32 {
        self.0.next_u32()
    }

    pub(crate) fn long(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in `0..n` (0 when `n` is 0); the bias of the multiply is below 2⁻³² × n.
    #[inline]
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.word()) * u64::from(n)) >> 32) as u32
    }

    /// Uniform in `low..=high`.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// Uniform in `[0, 1)` with 32 bits.
    #[inline]
    pub(crate) fn unit(&mut self) -> f64 {
        f64::from(self.word()) / 4_294_967_296.0
    }

    #[inline]
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// An index drawn in proportion to `weights` (0 when they are all zero).
    pub(crate) fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return index,
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_independent_and_repeatable() {
        let seed = Seed::new(7);
        let first = seed.dice(Purpose::Session, 1, 2).long();
        assert_eq!(first, seed.dice(Purpose::Session, 1, 2).long());
        for other in [
            seed.dice(Purpose::Session, 2, 1).long(),
            seed.dice(Purpose::Habits, 1, 2).long(),
            Seed::new(8).dice(Purpose::Session, 1, 2).long(),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn draws_follow_their_weights() {
        let mut dice = Seed::new(1).dice(Purpose::Person, 0, 0);
        let mut seen = [0_u32; 3];
        for _ in 0..30_000 {
            seen[dice.weighted(&[1, 0, 2])] += 1;
        }
        assert_eq!(seen[1], 0);
        assert!((9_500..10_500).contains(&seen[0]), "{seen:?}");
        assert!((0..1_000).all(|_| (3..=5).contains(&dice.between(3, 5))));
    }
}
