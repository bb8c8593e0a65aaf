//! Signals, and what they rest on.
//!
//! **Invariant:** of two customers who register one payout account at the same moment, at least one
//! is decided with the other known.

use crate::access::Act;
use crate::id::{CustomerId, DecisionId};
use crate::known::CrowdKnown;
use crate::moment::Moment;
use crate::sighting::Trait;

/// A change about what customers share.
#[derive(Clone, Debug, PartialEq)]
pub enum SignalChange {
    /// Staff see that others were seen with it, too. A later one of the same customer and trait
    /// takes its place and keeps when it was first raised.
    Raised(Box<SignalRaised>),
    /// It is a customer's from now on. Condition: nobody registered it since it was looked at.
    Registered {
        /// What.
        seen: Trait,
        /// How often anybody had registered it.
        registered: i64,
    },
}

/// A signal.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalRaised {
    /// About whom.
    pub customer: CustomerId,
    /// What is shared, and with how many.
    pub crowd: CrowdKnown,
    /// What the customer did.
    pub act: Act,
    /// The decision.
    pub entry: DecisionId,
    /// When.
    pub at: Moment,
}
