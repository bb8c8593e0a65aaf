//! What several acts do on their way: reserve a try, carry a conversation on, prove a second
//! factor, draw what a session needs.
//!
//! **Invariant:** a step commits nothing but the reservation of a try; what came of it is a fact of
//! the act that took it.

pub(crate) mod backup_code;
pub(crate) mod barred;
pub(crate) mod caller;
pub(crate) mod conversation;
pub(crate) mod factor;
pub(crate) mod guess;
pub(crate) mod mint;
pub(crate) mod passkey;
pub(crate) mod payment;
pub(crate) mod pin;
pub(crate) mod push;
pub(crate) mod ways;
