//! What the policy says of passkeys.
//!
//! **Invariant:** none of it makes a weaker proof count for more.

use serde::Deserialize;

use super::{OperationEffect, within};

/// Passkeys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyPolicy {
    /// Most passkeys of one customer.
    pub most: u16,
    /// What a customer with a passkey confirms with it alone, so that whoever has the password and
    /// the mailbox gets no further (the downgrade lock).
    pub lock: Vec<OperationEffect>,
}

impl PasskeyPolicy {
    /// Whether the numbers are within bounds, and what they must be.
    pub(super) fn bound(&self) -> (bool, &'static str, &'static str) {
        (within(self.most, 50), "passkey.most", "must be 1 to 50")
    }
}
