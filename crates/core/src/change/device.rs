//! What the changes of a remembered device carry.
//!
//! **Invariant:** a token that replaces another knows which one it replaces.

use crate::bytes::TokenHash;
use crate::id::{CustomerId, DeviceId};
use crate::moment::Moment;
use crate::text::Line;

/// A device is remembered for a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceRemembered {
    /// The id, which stays.
    pub id: DeviceId,
    /// Whose.
    pub customer: CustomerId,
    /// The hash of its first token.
    pub token: TokenHash,
    /// `browser/system`.
    pub client: Option<Line<32>>,
    /// Since when.
    pub at: Moment,
}

/// A device gets another token. Condition: it is the customer's and not forgotten, and the token
/// that was presented is still a current one.
///
/// Every other token of the device is retired, but for those that replaced the presented one after
/// `spared`: their responses may still be on their way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeviceRotated {
    /// The device.
    pub id: DeviceId,
    /// Whose.
    pub customer: CustomerId,
    /// The hash of the token that came.
    pub presented: TokenHash,
    /// The hash of the one that replaces it.
    pub issued: TokenHash,
    /// When.
    pub at: Moment,
    /// What replaced the presented one before this moment never arrived.
    pub spared: Moment,
}
