//! What waits to be told outside.
//!
//! **Invariant:** what waits is named by its decision, and goes by name.

use crate::id::DecisionId;
use crate::log::LogChange;
use crate::siem::Way;

/// A change of a list of what waits.
#[derive(Clone, Debug, PartialEq)]
pub enum SiemChange {
    /// See [`LogChange`].
    Log(LogChange),
    /// What was sent waits no more, whoever sent it.
    Sent {
        /// Where.
        way: Way,
        /// Which.
        sent: Vec<DecisionId>,
    },
    /// A decision waits to be told.
    Waits {
        /// Where.
        way: Way,
        /// Which.
        id: DecisionId,
    },
}
