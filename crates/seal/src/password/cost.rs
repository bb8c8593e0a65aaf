//! What a password hash of our own costs.
//!
//! **Invariant:** every cost is one that argon2 accepts, and none made by [`Argon2Cost::new`] is
//! weaker than the published floor.

use std::time::Duration;

use argon2::Params;

use crate::Fault;

/// Memory, passes and lanes of argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// (KiB, passes) pairs of equal strength, from the OWASP Password Storage Cheat Sheet. A cost must
/// reach at least one of them.
const FLOOR: [(u32, u32); 5] = [
    (47_104, 1),
    (19_456, 2),
    (12_288, 3),
    (9_216, 4),
    (7_168, 5),
];

impl Argon2Cost {
    /// Most memory, in KiB: 1 GiB, half of RFC 9106's first recommendation. A sign-in holds it for
    /// as long as it hashes.
    pub const MAX_MEMORY_KIB: u32 = 1 << 20;
    /// Most passes over the memory.
    pub const MAX_PASSES: u32 = 16;
    /// Most lanes. They are computed one after the other here.
    pub const MAX_LANES: u32 = 16;

    /// 19 MiB, two passes, one lane: OWASP's minimum and what argon2 libraries start with. The
    /// calibration raises it to what the machine can afford.
    pub const OWASP: Self = Self {
        memory_kib: 19_456,
        passes: 2,
        lanes: 1,
    };

    /// `memory_kib` in KiB.
    ///
    /// # Errors
    /// [`Fault::PasswordCost`] above the maxima, or below OWASP's floor: 46 MiB in 1 pass, 19 in 2,
    /// 12 in 3, 9 in 4 or 7 in 5.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, Fault> {
        if !FLOOR
            .iter()
            .any(|(memory, pass)| memory_kib >= *memory && passes >= *pass)
        {
            return Err(Fault::PasswordCost(
                "below OWASP's floor; give at least 47104 KiB in 1 pass, 19456 in 2, \
                 12288 in 3, 9216 in 4 or 7168 in 5",
            ));
        }
        Self::danger_below_floor(memory_kib, passes, lanes)
    }

    /// As [`Argon2Cost::new`] without the floor, for tests and seeded demonstrations where a real
    /// cost would be minutes of waiting. Hashes made so can be guessed quickly.
    ///
    /// # Errors
    /// [`Fault::PasswordCost`] above the maxima, or where argon2 itself cannot work.
    pub fn danger_below_floor(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, Fault> {
        if memory_kib > Self::MAX_MEMORY_KIB {
            return Err(Fault::PasswordCost("more than 1048576 KiB of memory"));
        }
        if !(1..=Self::MAX_PASSES).contains(&passes) {
            return Err(Fault::PasswordCost("passes must be 1 to 16"));
        }
        if !(1..=Self::MAX_LANES).contains(&lanes) {
            return Err(Fault::PasswordCost("lanes must be 1 to 16"));
        }
        if memory_kib < 8 * lanes {
            return Err(Fault::PasswordCost(
                "argon2 needs at least 8 KiB of memory for each lane",
            ));
        }
        Ok(Self {
            memory_kib,
            passes,
            lanes,
        })
    }

    /// The dearest cost that stays within `target`, from this one up: memory is doubled until
    /// `most_memory_kib`, then passes are added, since memory is what a guesser's machines lack
    /// (RFC 9106 section 4). This cost is the floor: it is kept however long it takes. `measure`
    /// computes one hash at a cost and tells how long it took.
    ///
    /// # Errors
    /// Those of `measure`.
    pub fn calibrated<E>(
        self,
        most_memory_kib: u32,
        target: Duration,
        mut measure: impl FnMut(Self) -> Result<Duration, E>,
    ) -> Result<Self, E> {
        let most = most_memory_kib.min(Self::MAX_MEMORY_KIB);
        let mut chosen = self;
        loop {
            let dearer = chosen.dearer(most);
            if dearer == chosen || measure(dearer)? > target {
                return Ok(chosen);
            }
            chosen = dearer;
        }
    }

    /// The next cost up; the same at the ceiling.
    fn dearer(self, most_memory_kib: u32) -> Self {
        let memory_kib = self.memory_kib.saturating_mul(2);
        if memory_kib <= most_memory_kib {
            return Self { memory_kib, ..self };
        }
        let passes = (self.passes + 1).min(Self::MAX_PASSES);
        Self { passes, ..self }
    }

    /// Whether a hash at this cost is as good as one at `current`: not cheaper, and less than twice
    /// as dear, so that nodes of unequal speed do not renew each other's hashes in turn.
    pub(crate) fn serves_for(self, current: Self) -> bool {
        let work = |cost: Self| u64::from(cost.memory_kib) * u64::from(cost.passes);
        let least = work(current);
        self.lanes == current.lanes
            && self.memory_kib >= current.memory_kib
            && (least..least * 2).contains(&work(self))
    }

    /// Memory in KiB.
    #[must_use]
    pub fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    #[must_use]
    pub fn passes(self) -> u32 {
        self.passes
    }

    #[must_use]
    pub fn lanes(self) -> u32 {
        self.lanes
    }

    pub(crate) fn params(self) -> Result<Params, Fault> {
        Params::new(self.memory_kib, self.passes, self.lanes, None)
            .map_err(|_| Fault::PasswordCost("argon2 does not accept these parameters"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_is_a_staircase() {
        for (memory, passes) in FLOOR {
            assert!(Argon2Cost::new(memory, passes, 1).is_ok());
            assert!(Argon2Cost::new(memory, passes + 1, 1).is_ok());
            assert!(Argon2Cost::new(memory - 1, passes, 1).is_err());
        }
        assert!(Argon2Cost::new(7_167, 16, 1).is_err());
        assert_eq!(Argon2Cost::new(19_456, 2, 1).unwrap(), Argon2Cost::OWASP);
    }

    #[test]
    fn calibration_goes_up_by_memory_first_and_stays_within_floor_and_ceiling() {
        // A machine that takes a microsecond for a KiB and pass.
        let slow = |cost: Argon2Cost| {
            let work = u64::from(cost.memory_kib) * u64::from(cost.passes);
            Ok::<_, Fault>(Duration::from_micros(work))
        };
        let at = |target: u64| {
            let target = Duration::from_millis(target);
            let cost = Argon2Cost::OWASP.calibrated(80_000, target, slow).unwrap();
            (cost.memory_kib, cost.passes)
        };
        assert_eq!(at(0), (19_456, 2));
        assert_eq!(at(77), (19_456, 2));
        assert_eq!(at(78), (38_912, 2));
        assert_eq!(at(156), (77_824, 2));
        assert_eq!(at(234), (77_824, 3));
        assert_eq!(at(1_000_000), (77_824, 16));
    }

    #[test]
    fn a_hash_serves_until_it_is_cheaper_or_twice_as_dear() {
        let cost = |memory, passes| Argon2Cost::danger_below_floor(memory, passes, 1).unwrap();
        let current = cost(1024, 4);
        for (memory, passes, serves) in [
            (1024, 4, true),
            (1024, 3, false),
            (512, 8, false),
            (1024, 7, true),
            (1024, 8, false),
            (2048, 4, false),
        ] {
            let stored = cost(memory, passes);
            assert_eq!(stored.serves_for(current), serves, "{memory} {passes}");
        }
    }

    #[test]
    fn the_ceilings_hold_at_the_unit() {
        assert!(Argon2Cost::new(1 << 20, 16, 16).is_ok());
        assert!(Argon2Cost::new((1 << 20) + 1, 1, 1).is_err());
        assert!(Argon2Cost::new(47_104, 17, 1).is_err());
        assert!(Argon2Cost::new(47_104, 1, 17).is_err());
        assert!(Argon2Cost::new(47_104, 1, 0).is_err());
    }

    #[test]
    fn every_accepted_cost_is_one_argon2_takes() {
        for lanes in 1..=16 {
            assert!(Argon2Cost::danger_below_floor(8 * lanes - 1, 1, lanes).is_err());
            let least = Argon2Cost::danger_below_floor(8 * lanes, 1, lanes).unwrap();
            assert!(least.params().is_ok());
        }
    }
}
