//! The one place of the benches that reads a clock.
//!
//! **Invariant:** it is read to measure, never to decide what is measured next but for the end of a
//! budget.

use std::time::{Duration, Instant};

/// A measurement that began.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins.
    #[expect(
        clippy::disallowed_methods,
        reason = "a bench measures the time that the machine took"
    )]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Since it began.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
