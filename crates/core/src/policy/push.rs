//! What the policy says of approvals on a phone.
//!
//! **Invariant:** nobody is asked so often that approving becomes a habit.

use serde::Deserialize;

use super::within;

/// Approvals on a phone.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushPolicy {
    /// Most phones of one customer.
    pub most: u16,
    /// Requests in a row that nobody approved, after which none is sent for `guessing.lock_minutes`
    /// and then for twice as long each time, up to a day.
    pub requests: u16,
    /// Wrong numbers after which a request ends.
    pub tries: u16,
}

impl PushPolicy {
    /// Whether the numbers are within bounds, and what they must be.
    pub(super) fn bound(&self) -> (bool, &'static str, &'static str) {
        (
            within(self.most, 10) && within(self.requests, 10) && within(self.tries, 10),
            "push",
            "needs most, requests and tries of 1 to 10",
        )
    }
}
