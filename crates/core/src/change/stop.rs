//! What happens to stops.
//!
//! **Invariant:** whatever makes another set of operations stopped counts the epoch up, under a
//! lock that lets decisions that rest on the epoch come before or after the whole commit.

use crate::id::{StaffId, StopId};
use crate::known::{StopKnown, StopProposal};
use crate::moment::Moment;

/// A change of a stop. A proposal to end it is void with any of them.
#[derive(Clone, Debug, PartialEq)]
pub enum StopChange {
    /// A stop has another end. Condition: the revision and the epoch.
    EndSet {
        /// Which.
        id: StopId,
        /// Its revision.
        revision: i64,
        /// The end.
        ends: Option<Moment>,
        /// The epoch.
        epoch: i64,
    },
    /// A stop is over. Condition: the revision and the epoch.
    Lifted {
        /// Which.
        id: StopId,
        /// Its revision.
        revision: i64,
        /// By whom, of two.
        by: StaffId,
        /// When.
        at: Moment,
        /// The epoch.
        epoch: i64,
    },
    /// A stop begins. Condition: the epoch.
    Made {
        /// The stop.
        stop: Box<StopKnown>,
        /// The epoch.
        epoch: i64,
    },
    /// Somebody wants a stop to end. Condition: the revision.
    Proposed {
        /// Which.
        id: StopId,
        /// Its revision.
        revision: i64,
        /// What is wanted.
        proposal: StopProposal,
    },
}
