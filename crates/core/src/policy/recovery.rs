//! What the policy says of getting back what was lost.
//!
//! **Invariant:** a recovery always waits, so that whoever is not the customer is seen by the one
//! who is.

use serde::Deserialize;

use super::{OperationEffect, Policy, within};
use crate::access::OperationKind;
use crate::moment::Span;

/// Recovery.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryPolicy {
    /// Hours between the proofs that begin a recovery and those that complete it.
    pub waiting_hours: u16,
}

impl RecoveryPolicy {
    /// For how long a recovery waits.
    #[must_use]
    pub const fn waiting(&self) -> Span {
        Span::hours(self.waiting_hours as i64)
    }

    /// Whether the number is within bounds, and what it must be: a recovery is open as long as the
    /// code that ends it, a day at least after it is due.
    pub(super) fn bound(&self, report_hours: u16) -> (bool, &'static str, &'static str) {
        let in_time = u32::from(self.waiting_hours) + 24 <= u32::from(report_hours);
        (
            within(self.waiting_hours, 336) && in_time,
            "recovery.waiting_hours",
            "must be 1 to 336, and 24 less than notice.report_hours at most",
        )
    }
}

impl Policy {
    /// The operations that move money or where it goes.
    #[must_use]
    pub fn money(&self) -> Vec<OperationKind> {
        let money = |(kind, spec): (&OperationKind, &super::OperationPolicy)| {
            (spec.effect != OperationEffect::Other).then(|| kind.clone())
        };
        self.operation.iter().filter_map(money).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_completes_what_nobody_can_stop_any_more() {
        let within =
            |waiting_hours, report_hours| RecoveryPolicy { waiting_hours }.bound(report_hours).0;
        assert!(within(24, 72) && within(48, 72) && within(1, 25));
        assert!(!within(49, 72) && !within(0, 72) && !within(336, 359) && !within(337, 8760));
    }
}
