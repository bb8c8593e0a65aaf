//! What turns out to have taught the wrong thing, and what is counted of everybody.
//!
//! **Invariant:** what was void stays void for its customer, and what was counted counts once.

use crate::id::{CustomerId, DecisionId};
use crate::known::{Census, ForestKnown, Headcount};
use crate::moment::Moment;
use crate::sighting::Trait;

/// An access was fraud: from `since` on, what these traits of the customer taught is void. A device
/// or payout account never settles anything for this customer again, a place only anew; `since`
/// spares what was settled before.
#[derive(Clone, Debug, PartialEq)]
pub struct SightingsVoided {
    /// Whose.
    pub customer: CustomerId,
    /// Which.
    pub traits: Vec<Trait>,
    /// From when on.
    pub since: Moment,
    /// When it was said.
    pub at: Moment,
}

/// A change of what is known of everybody.
#[derive(Clone, Debug, PartialEq)]
pub enum PopulationChange {
    /// Accesses up to one were counted. Condition: nobody else counted since.
    Counted {
        /// How often was counted before; 0 before the first time.
        seen: i64,
        /// The last decision that was looked at.
        to: DecisionId,
        /// What is to be added, in order and each value once.
        more: Vec<(Census, Headcount)>,
    },
    /// A forest was grown; of those before it one is kept. Condition: its version is free.
    Grown(ForestKnown),
}
