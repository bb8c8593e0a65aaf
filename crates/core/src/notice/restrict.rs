//! What a customer is told of limits and choices of their own.
//!
//! **Invariant:** what waits is told when it is asked for, not only when it counts.

use serde::{Deserialize, Serialize};

/// What was set of limits and choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestrictEvent {
    /// Another choice, which counts at once.
    Chosen,
    /// A lower limit.
    Lowered,
    /// A raise will not count.
    RaiseEnded,
    /// A raise, which waits so many hours.
    Raising {
        /// The hours.
        hours: u16,
    },
    /// A weaker choice, which waits so many hours.
    Weaker {
        /// The hours.
        hours: u16,
    },
    /// A weaker choice will not count.
    WeakerEnded,
}
