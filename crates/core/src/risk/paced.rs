//! What windows said when an attempt was judged, as it is recorded with the other features.
//!
//! **Invariant:** whole numbers, so that what is read back is judged the same; what no window was
//! kept of is none.

use serde::{Deserialize, Serialize};

use super::pace::{Limits, Pace, Windows, pace};

/// What windows said, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaceSeen {
    /// The score of [`pace`], below 1,000.
    pub score: i64,
    /// What is beyond the usual, for each of [`Pace::ALL`]: 1,000 where it is just too many.
    pub beyond: [Option<i64>; Pace::ALL.len()],
}

impl PaceSeen {
    /// What `windows` say; `None` where none is kept.
    #[must_use]
    pub fn of(windows: &Windows, limits: &Limits) -> Option<Self> {
        let paced = pace(windows, limits);
        let known = paced.unknown.len() < Pace::ALL.len();
        known.then(|| Self {
            score: thousandths(paced.score).min(999),
            beyond: paced.shares.map(|share| share.map(thousandths)),
        })
    }

    /// Of how many things there are too many.
    #[must_use]
    pub fn signals(&self) -> i64 {
        let signals = self.beyond.iter().flatten();
        signals.filter(|share| **share >= 1_000).count() as i64
    }

    /// How much of one thing is beyond the usual.
    #[must_use]
    pub fn of_one(&self, pace: Pace) -> Option<i64> {
        self.beyond.get(pace as usize).copied().flatten()
    }
}

/// Rounded down, so that what is below a limit never reads as at it.
fn thousandths(score: f64) -> i64 {
    (score * 1_000.0).floor() as i64
}

#[cfg(test)]
mod tests {
    use super::super::pace::Window;
    use super::*;

    #[test]
    fn what_is_at_its_limit_is_a_signal_and_is_read_back_as_one() {
        for (failures, signals) in [(0, 0), (7, 0), (8, 0), (11, 0), (12, 1), (600, 1)] {
            let windows = Windows {
                address: Some(Window {
                    failures,
                    successes: 0,
                    accounts: 1,
                }),
                ..Windows::default()
            };
            let seen = PaceSeen::of(&windows, &Limits::SHIPPED).unwrap();
            assert_eq!(seen.signals(), signals, "{failures} {seen:?}");
            assert_eq!(
                pace(&windows, &Limits::SHIPPED).signals.len() as i64,
                signals
            );
            assert_eq!(seen.of_one(Pace::DeviceAccounts), None);
            let json = serde_json::to_string(&seen).unwrap();
            assert_eq!(serde_json::from_str::<PaceSeen>(&json).unwrap(), seen);
        }
        assert_eq!(PaceSeen::of(&Windows::default(), &Limits::SHIPPED), None);
    }
}
