//! What the policy says of passkeys.
//!
//! **Invariant:** none of it makes a weaker proof count for more.

use serde::Deserialize;

use super::{OperationEffect, within};
use crate::moment::Span;

/// Passkeys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyPolicy {
    /// Most passkeys of one customer.
    pub most: u16,
    /// Minutes for which a proof of who it is lets passkeys be added, renamed or removed.
    pub fresh_minutes: u16,
    /// What a customer with a passkey confirms with it alone, so that whoever has the password and
    /// the mailbox gets no further (the downgrade lock).
    pub lock: Vec<OperationEffect>,
}

impl PasskeyPolicy {
    /// Whether the numbers are within bounds, and what they must be.
    pub(super) fn bound(&self) -> (bool, &'static str, &'static str) {
        (
            within(self.most, 50) && within(self.fresh_minutes, 60),
            "passkey",
            "needs most of 1 to 50 and fresh_minutes of 1 to 60",
        )
    }

    /// For how long a proof is fresh.
    #[must_use]
    pub fn fresh(&self) -> Span {
        Span::minutes(i64::from(self.fresh_minutes))
    }
}
