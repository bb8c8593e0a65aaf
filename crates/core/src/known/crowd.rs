//! Who else was seen with what a customer registers, and the signals that were raised of it.
//!
//! **Invariant:** others are counted and never named, and counting stops at
//! [`super::MOST_OTHERS`].

use crate::access::Act;
use crate::id::DecisionId;
use crate::moment::Moment;
use crate::sighting::Trait;
use crate::text::Reference;

/// What is known of others at a device, a phone or a payout account. Only those count for whom it
/// ended well there: whoever merely asks for somebody's account must not make it look shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrowdKnown {
    /// The trait.
    pub seen: Trait,
    /// How many other customers, counted up to [`super::MOST_OTHERS`].
    pub others: u32,
    /// When one of them first showed it.
    pub first: Option<Moment>,
    /// Whether fraud was reported with it by one of them.
    pub reported: bool,
    /// How often anybody has registered it.
    pub registered: i64,
}

/// A signal, as staff see it.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalKnown {
    /// How applications name the customer.
    pub customer: Reference,
    /// What is shared, and with how many.
    pub crowd: CrowdKnown,
    /// What the customer did.
    pub act: Act,
    /// The decision.
    pub entry: DecisionId,
    /// When it was first raised.
    pub raised: Moment,
    /// When it was raised last.
    pub at: Moment,
}
