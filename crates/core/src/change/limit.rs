//! Limits and choices of customers' own.
//!
//! **Invariant:** everything that is confirmed under a limit, and every change of it, counts its
//! revision up from the one that was seen; so of two at once one is decided again.

use crate::access::OperationKind;
use crate::id::CustomerId;
use crate::known::{ChoiceKnown, LimitKnown};
use crate::moment::Moment;

/// A change of limits or choices.
#[derive(Clone, Debug, PartialEq)]
pub enum LimitChange {
    /// Another choice. Condition: the revision; 0 for a customer without one.
    Chosen {
        /// Whose.
        customer: CustomerId,
        /// For which kind.
        kind: OperationKind,
        /// The choice from now on, with the revision that was seen.
        to: ChoiceKnown,
    },
    /// Something was confirmed under it. Condition: the revision; 0 where nothing was before.
    Counted {
        /// Whose.
        customer: CustomerId,
        /// Of which kind.
        kind: OperationKind,
        /// As it was seen.
        seen: LimitKnown,
    },
    /// Raises and weaker choices end that were asked for at or after a moment, or do not count yet;
    /// what counted before them counts again, if it is lower.
    Ended {
        /// Whose.
        customer: CustomerId,
        /// The moment.
        since: Moment,
        /// Now.
        at: Moment,
    },
    /// Another limit. Condition: the revision; 0 for a customer without one.
    Set {
        /// Whose.
        customer: CustomerId,
        /// For which kind.
        kind: OperationKind,
        /// The limit from now on, with the revision that was seen.
        to: LimitKnown,
    },
}
