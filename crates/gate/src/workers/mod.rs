//! Work that goes on beside requests: deliveries and housekeeping. It goes through the same commit.
//!
//! **Invariant:** a worker that stops in the middle leaves nothing that another cannot take up.

pub(crate) mod alerts;
mod attempts;
mod campaigns;
mod claim;
pub(crate) mod daily;
mod forest;
mod holds;
mod hooks;
mod housekeeping;
mod log;
mod outbox;
mod places;
mod population;
mod push;
mod siem;

pub use campaigns::Turns;
pub use forest::Growing;
pub use siem::Batched;
