//! What the policy says of passkeys.
//!
//! **Invariant:** none of it makes a weaker proof count for more.

use serde::Deserialize;

use super::{OperationEffect, OperationPolicy, within};
use crate::verdict::Requirement;

/// Passkeys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyPolicy {
    /// Most passkeys of one customer.
    pub most: u16,
    /// What a customer with a passkey confirms with it alone, so that whoever has the password and
    /// the mailbox gets no further (the downgrade lock).
    pub lock: Vec<OperationEffect>,
    /// Hours for which a passkey moves no money that was added from a place that is not settled,
    /// and for which `lock` outlasts the last passkey.
    pub wait_hours: u16,
}

impl PasskeyPolicy {
    /// Whether the numbers are within bounds, and what they must be.
    pub(super) fn bounds(&self) -> [(bool, &'static str, &'static str); 2] {
        [
            (within(self.most, 50), "passkey.most", "must be 1 to 50"),
            (
                within(self.wait_hours, 720),
                "passkey.wait_hours",
                "must be 1 to 720",
            ),
        ]
    }

    /// Why an operation cannot be locked: a passkey has no say where nothing is confirmed.
    pub(super) fn problem(&self, operation: &OperationPolicy) -> Option<&'static str> {
        let confirmed = operation.require.contains(&Requirement::Confirmation);
        let locked = self.lock.contains(&operation.effect);
        (locked && !confirmed)
            .then_some("must require confirmation, since passkey.lock has its effect")
    }
}
