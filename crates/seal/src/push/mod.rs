//! Messages to a browser through its push service: encryption for exactly one subscription
//! (RFC 8291 over RFC 8188) and the proof of who sends them (RFC 8292).
//!
//! **Invariant:** the push service reads nothing of a message and cannot tell two of them apart by
//! their length.

mod message;
mod vapid;

pub use message::{MOST_PAYLOAD, Subscription, SubscriptionFault, seal_message};
pub use vapid::{Vapid, application_server_key, authorization};
