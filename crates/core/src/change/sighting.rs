//! What turns out to have taught the wrong thing.
//!
//! **Invariant:** what was void stays void for its customer.

use crate::id::CustomerId;
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
