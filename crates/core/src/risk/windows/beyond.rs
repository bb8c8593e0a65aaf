//! What was dropped before its time, counted in a fixed amount of memory: a count-min sketch
//! (Cormode and Muthukrishnan 2005) with conservative update, for the current span and the one
//! before.
//!
//! **Invariant:** a count is never too low; what is over for a whole span is gone.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::event::Key;
use crate::moment::{Moment, Span};

const ROWS: usize = 4;
/// Counters a row. With a million failures dropped, a count is too high by more than 42 (e / width
/// × dropped) for one key in 55 (e⁻⁴) at most.
const WIDTH: usize = 1 << 16;

/// The counts of one span.
#[derive(Debug)]
struct Generation {
    number: i64,
    counts: Vec<u32>,
}

/// See the module. 2 MiB.
#[derive(Debug)]
pub(super) struct Beyond {
    span: Span,
    generations: [Generation; 2],
}

impl Beyond {
    pub(super) fn new(span: Span) -> Self {
        let empty = || Generation {
            number: i64::MIN,
            counts: vec![0; ROWS * WIDTH],
        };
        Self {
            span,
            generations: [empty(), empty()],
        }
    }

    fn number(&self, at: Moment) -> i64 {
        at.0.div_euclid(self.span.0.max(1))
    }

    /// Counts one failure.
    pub(super) fn keep(&mut self, key: &Key, at: Moment) {
        let number = self.number(at);
        let index = usize::from(number.rem_euclid(2) == 1);
        let Some(generation) = self.generations.get_mut(index) else {
            return;
        };
        if generation.number > number {
            return;
        }
        if generation.number < number {
            generation.number = number;
            generation.counts.fill(0);
        }
        let least = generation.count(key);
        for place in places(key) {
            if let Some(count) = generation.counts.get_mut(place) {
                *count = (*count).max(least.saturating_add(1));
            }
        }
    }

    /// At least as many as were dropped within a span before `now`.
    pub(super) fn count(&self, key: &Key, now: Moment) -> u32 {
        let oldest = self.number(now.minus(self.span));
        let live = self.generations.iter().filter(|one| one.number >= oldest);
        live.fold(0, |sum, one| sum.saturating_add(one.count(key)))
    }

    pub(super) fn bytes(&self) -> usize {
        let counts = self.generations.iter().map(|one| one.counts.capacity());
        counts.sum::<usize>() * size_of::<u32>()
    }
}

impl Generation {
    fn count(&self, key: &Key) -> u32 {
        let counts = places(key).filter_map(|place| self.counts.get(place));
        counts.copied().min().unwrap_or_default()
    }
}

fn places(key: &Key) -> impl Iterator<Item = usize> + use<> {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let hash = hasher.finish();
    (0..ROWS).map(move |row| row * WIDTH + (hash >> (16 * row) & 0xffff) as usize)
}
