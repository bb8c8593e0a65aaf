//! How a transaction PIN came to be set.
//!
//! **Invariant:** whoever set it without the one before is told apart.

use serde::{Deserialize, Serialize};

/// How a transaction PIN was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinEvent {
    /// With the one before.
    Changed,
    /// There was none before.
    First,
    /// There was none before, and the place is not the customer's own.
    FirstElsewhere,
    /// Without the one before, which was forgotten.
    Forgotten,
}
