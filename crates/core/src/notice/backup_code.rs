//! What a customer is told of backup codes.
//!
//! **Invariant:** no code is told, only that there are some or that one was used.

use serde::{Deserialize, Serialize};

/// What happened to backup codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupEvent {
    /// One that was used before was typed again.
    Again,
    /// A set was made, in the place of any one before.
    Made,
    /// One was used.
    Used {
        /// How many are left.
        left: u8,
    },
}
