//! What happens to networks on the firm's own list.
//!
//! **Invariant:** whatever makes another set of networks stand counts the epoch up, so that every
//! node notices, and two people at once see each other.

use crate::id::{ListingId, StaffId};
use crate::known::ListingKnown;
use crate::moment::Moment;

/// A change of the list. Condition of each: the epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListingChange {
    /// One is over before its time. Condition: it was not.
    Ended {
        /// Which.
        id: ListingId,
        /// By whom.
        by: StaffId,
        /// When.
        at: Moment,
        /// The epoch.
        epoch: i64,
    },
    /// One begins.
    Made {
        /// It.
        listing: Box<ListingKnown>,
        /// The epoch.
        epoch: i64,
    },
}
