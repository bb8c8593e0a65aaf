//! What happens to rows that leave the hot store.
//!
//! **Invariant:** of two who keep the same rows the second one's commit is void, and rows that are
//! in no kept part are never removed.

use crate::archive::{Kept, PartKept};
use crate::id::DecisionId;
use crate::moment::Moment;

/// A change of what is archived.
#[derive(Clone, Debug, PartialEq)]
pub enum ArchiveChange {
    /// None of the rows of a part is left. Condition: that holds, and was not noted before.
    Cleared {
        /// What it holds.
        kept: Kept,
        /// The decision after which it begins.
        part: DecisionId,
        /// Since when.
        at: Moment,
    },
    /// A part was kept. Condition: none begins after the same decision.
    Kept {
        /// Which.
        kept: PartKept,
        /// When.
        at: Moment,
    },
    /// Accesses of decisions after one and up to another go, and the part notes how many.
    /// Condition: they are in a part of accesses which begins after `part`, and are so many.
    Removed {
        /// The decision after which the part begins.
        part: DecisionId,
        /// After this one,
        after: DecisionId,
        /// up to this one.
        upto: DecisionId,
        /// So many.
        rows: u64,
    },
}
