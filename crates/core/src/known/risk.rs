//! What is known of the places and values that an attempt shows.
//!
//! **Invariant:** counts of other customers stop at a bound, so that a shared address costs no more
//! than a private one.

use super::{CrowdKnown, PopulationKnown};
use crate::context::{Address, Place};
use crate::moment::Moment;
use crate::risk::paced::PaceSeen;
use crate::sighting::Trait;

/// How often and when something was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// First time.
    pub first: Moment,
    /// First time that it ended well. Whoever fails somewhere does not make the place older.
    pub first_success: Option<Moment>,
    /// Last time.
    pub last: Moment,
    /// Accesses that ended well.
    pub successes: i64,
    /// Accesses that failed.
    pub failures: i64,
    /// Guarded operations among them.
    pub guarded: i64,
}

/// What is known of one trait with respect to one customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraitKnown {
    /// The trait.
    pub seen: Trait,
    /// The customer's own history with it.
    pub own: Option<Seen>,
    /// How many other customers showed it, counted up to [`MOST_OTHERS`]; only asked for addresses,
    /// devices and payout accounts, 0 for the rest.
    pub others: u32,
}

/// Where counting of other customers stops: enough for every shipped threshold.
pub const MOST_OTHERS: u32 = 20;

/// What the risk rules want to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RiskKnown {
    /// One element for each trait asked, in the order asked.
    pub traits: Vec<TraitKnown>,
    /// Failures from the address, all customers and unknown names, in this and the previous
    /// ten-minute bucket.
    pub address_failures: u32,
    /// The last change of the customer's payout account that was redeemed or reported as completed.
    pub payout_change: Option<PayoutChangeKnown>,
    /// The largest amount of a completed operation of the same kind, in minor units.
    pub largest: Option<i64>,
    /// Whether fraud was reported from the address, by anybody.
    pub place_reported: bool,
    /// Whether fraud was reported from the device, by anybody.
    pub device_reported: bool,
    /// Whether fraud with the payout account was reported, by anybody.
    pub payee_reported: bool,
    /// Who else was seen with the device and the payout account; only asked for operations.
    pub crowd: Vec<CrowdKnown>,
    /// What is counted of everybody, of what the attempt shows.
    pub population: PopulationKnown,
    /// What the windows say; the database does not keep them.
    pub pace: Option<PaceSeen>,
    /// The last access that ended well and whose address is known, among the latest.
    pub previous: Option<PreviousKnown>,
}

/// The last access of a customer that ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreviousKnown {
    /// When.
    pub at: Moment,
    /// From which address.
    pub address: Address,
    /// What the files of today say of that address; the database does not keep it.
    pub place: Place,
}

/// The last change of a payout account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayoutChangeKnown {
    /// When.
    pub at: Moment,
    /// Whether it came from a place that was new for the customer then.
    pub strange: Strange,
}

/// Whether a place was new for the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strange {
    /// Known before.
    Known,
    /// New.
    New,
}
