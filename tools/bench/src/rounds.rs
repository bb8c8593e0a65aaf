//! Rounds of a bench and of its baseline in turn, and what is said of them.
//!
//! **Invariant:** bench and baseline alternate, and change places from pair to pair, so that what
//! else the machine does falls on both.

use std::time::Duration;

use anyhow::Result;

use crate::machine::Used;
use crate::stopwatch::Stopwatch;

/// Fewest pairs, whatever the budget.
const FEWEST: usize = 3;

/// A round that began.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    whole: Stopwatch,
    before: Used,
}

impl Begun {
    /// Begins.
    pub fn now() -> Self {
        let before = Used::now();
        Self {
            whole: Stopwatch::start(),
            before,
        }
    }

    /// Since it began.
    pub fn elapsed(self) -> Duration {
        self.whole.elapsed()
    }
}

/// What one round did.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    done: usize,
    took: Duration,
    used: Used,
}

impl Round {
    /// Ends the round, with so many done.
    pub fn of(done: usize, begun: Begun) -> Self {
        Self {
            done,
            took: begun.elapsed(),
            used: Used::now().since(begun.before),
        }
    }

    /// Ends a round of which some time is not counted.
    pub fn without(done: usize, begun: Begun, aside: Duration) -> Self {
        let round = Self::of(done, begun);
        Self {
            took: round.took.saturating_sub(aside),
            ..round
        }
    }

    /// Done in a second.
    pub fn rate(self) -> f64 {
        self.done as f64 / self.took.as_secs_f64()
    }
}

/// Rates by round, in the order in which they ran, and what they used together.
#[derive(Clone, Debug, Default)]
pub struct Rates {
    rates: Vec<f64>,
    done: usize,
    cpu: Duration,
    written: u64,
}

impl Rates {
    /// One more.
    pub fn push(&mut self, round: Round) {
        self.rates.push(round.rate());
        self.done += round.done;
        self.cpu += round.used.cpu;
        self.written += round.used.written;
    }

    /// Processor time of all threads for each, in microseconds: what remains comparable on a
    /// machine that others use too.
    pub fn cpu_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.done as f64
    }

    /// Bytes handed to the volume for each.
    pub fn bytes_written(&self) -> f64 {
        self.written as f64 / self.done as f64
    }

    /// How many rounds.
    pub fn rounds(&self) -> usize {
        self.rates.len()
    }

    /// The one in the middle.
    pub fn median(&self) -> f64 {
        let mut sorted = self.rates.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match sorted.len() {
            0 => f64::NAN,
            odd if odd % 2 == 1 => sorted[middle],
            _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
        }
    }

    /// The best: what the machine can do when nothing else runs.
    pub fn best(&self) -> f64 {
        self.rates.iter().copied().fold(f64::NAN, f64::max)
    }

    /// The worst.
    pub fn worst(&self) -> f64 {
        self.rates.iter().copied().fold(f64::NAN, f64::min)
    }

    /// Pair by pair, this over the other.
    pub fn over(&self, other: &Self) -> Self {
        let pairs = self.rates.iter().zip(&other.rates);
        Self {
            rates: pairs.map(|(mine, theirs)| mine / theirs).collect(),
            ..Self::default()
        }
    }
}

/// Rounds of both until `budget` is used up; rates in one a second.
pub fn alternate(
    budget: Duration,
    mut bench: impl FnMut() -> Result<Round>,
    mut baseline: impl FnMut() -> Result<Round>,
) -> Result<(Rates, Rates)> {
    let (mut mine, mut theirs) = (Rates::default(), Rates::default());
    let whole = Stopwatch::start();
    while mine.rounds() < FEWEST || whole.elapsed() < budget {
        if mine.rounds() % 2 == 0 {
            mine.push(bench()?);
            theirs.push(baseline()?);
        } else {
            theirs.push(baseline()?);
            mine.push(bench()?);
        }
        eprintln!(
            "  pair {}: {:.0}/s, baseline {:.0}/s",
            mine.rounds(),
            mine.rates.last().unwrap_or(&f64::NAN),
            theirs.rates.last().unwrap_or(&f64::NAN)
        );
    }
    Ok((mine, theirs))
}

/// How long each took.
#[derive(Clone, Debug, Default)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// One more.
    pub fn push(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// All of another.
    pub fn join(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The latency within which `share` of all lie, in microseconds; exact, from the sorted list.
    pub fn within(&mut self, share: f64) -> f64 {
        self.0.sort_unstable();
        let place = (self.0.len() as f64 * share).ceil() as usize;
        let found = self.0.get(place.saturating_sub(1)).or(self.0.last());
        found.map_or(f64::NAN, |took| took.as_secs_f64() * 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_pairs_is_not_the_ratio_of_medians() {
        let of = |rates: &[f64]| Rates {
            rates: rates.to_vec(),
            ..Rates::default()
        };
        let (mine, theirs) = (of(&[1.0, 8.0, 3.0]), of(&[2.0, 2.0, 30.0]));
        assert_eq!(mine.median(), 3.0);
        assert_eq!(mine.over(&theirs).median(), 0.5);
        assert_eq!((mine.best(), mine.worst()), (8.0, 1.0));
        assert_eq!(of(&[1.0, 2.0]).median(), 1.5);
    }

    #[test]
    fn a_percentile_is_a_latency_that_was_measured() {
        let mut latencies = Latencies::default();
        for micros in (1..=100).rev() {
            latencies.push(Duration::from_micros(micros));
        }
        assert_eq!(latencies.within(0.5), 50.0);
        assert_eq!(latencies.within(0.99), 99.0);
        assert_eq!(latencies.within(1.0), 100.0);
    }
}
