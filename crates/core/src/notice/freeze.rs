//! What a customer is told of a freeze.
//!
//! **Invariant:** what it takes to lift it is told with it.

use serde::{Deserialize, Serialize};

/// How an account was frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FreezeEvent {
    /// The firm froze it.
    Firm,
    /// Somebody got in while many accounts were attacked.
    Entered,
    /// The customer wanted it.
    Wanted,
    /// The customer said "this was not me", and what came after that is undone.
    Reported,
    /// Either, a short time after the ways to reach the customer were changed: codes sent there do
    /// not lift it.
    Doubted,
}

impl FreezeEvent {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Entered,
        Self::Firm,
        Self::Wanted,
        Self::Reported,
        Self::Doubted,
    ];
}

/// What the firm did for an account, short of a freeze.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RespondEvent {
    /// The password is good for nothing any more, and every session ended.
    PasswordReset,
    /// Every session ended.
    SessionsEnded,
}
