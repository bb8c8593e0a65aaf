//! The only place that reads the wall clock.
//!
//! **Invariant:** one act reads it once; everything below gets the moment as a fact.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use sekisho_core::moment::{Moment, Span};

/// A source of moments.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still until it is moved: for tests and simulations.
    #[must_use]
    pub fn danger_set(at: Moment) -> Self {
        Self(Some(Arc::new(AtomicI64::new(at.0))))
    }

    /// Moves a clock that was made by [`Clock::danger_set`], also backwards.
    pub fn danger_move(&self, by: Span) {
        if let Some(set) = &self.0 {
            set.fetch_add(by.0, Ordering::SeqCst);
        }
    }

    /// Now.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is gate's clock, the one place that may read it"
    )]
    pub fn now(&self) -> Moment {
        match &self.0 {
            Some(set) => Moment(set.load(Ordering::SeqCst)),
            None => {
                let since = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                Moment(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
            }
        }
    }
}
