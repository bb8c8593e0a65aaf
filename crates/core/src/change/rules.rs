//! What happens to rule sets.
//!
//! **Invariant:** which rules are in force changes at the epoch that was read, so that of two
//! people who change it at a time one is asked again.

use crate::id::{RuleSetId, StaffId};
use crate::known::{RuleChoice, RuleSetKnown};
use crate::moment::Moment;

/// A change of rule sets.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleChange {
    /// A draft is kept. Condition: the version is free.
    Added(RuleSetKnown),
    /// Others are in force. Condition: the epoch that the choice names.
    Chosen {
        /// Which from now on, with the epoch that was read.
        choice: RuleChoice,
        /// This one is in shadow from now on.
        shadowed: Option<RuleSetId>,
        /// This one goes live, as this person agreed to.
        approved: Option<(RuleSetId, StaffId)>,
        /// When.
        at: Moment,
    },
}
