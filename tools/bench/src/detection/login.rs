//! One attempt as the evidence sees it, from a generated world or from a file, with the truth that
//! a log never has.
//!
//! **Invariant:** the truth is carried beside the attempt and decides nothing of its scores.

use sekisho_world::{Attacker, Circumstance, Plan};

/// Columns of [`Login::values`], which follow the levels of `core::risk::unlikely`.
pub const ADDRESS: usize = 0;
pub const SYSTEM: usize = 1;
pub const COUNTRY: usize = 2;
pub const AGENT: usize = 3;

/// One attempt.
#[derive(Clone, Copy, Debug)]
pub struct Login {
    /// Microseconds since 1970.
    pub moment: i64,
    /// Whom it names.
    pub customer: u64,
    /// Hashes of address, system, country, agent, browser, platform, kind of device.
    pub values: [Option<u64>; 7],
    /// Hash of the /24 or /48.
    pub network: Option<u64>,
    /// Hash of the client family.
    pub family: u64,
    /// Hash of the device's token.
    pub device: Option<u64>,
    /// Whether the password was right.
    pub well: bool,
    /// Who it was.
    pub truth: Truth,
}

/// Who it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// The customer, in these circumstances.
    Good(Circumstance),
    /// Somebody with the password, who knows so much.
    Entered(Attacker),
    /// An attack on many accounts.
    Mass(Plan, u32),
}

/// SplitMix64's finalizer.
pub const fn mixed(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// One number of two.
pub const fn joined(one: u64, other: u64) -> u64 {
    mixed(one.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ mixed(other))
}

/// A number for a text or an address (FNV-1a, finalised).
pub fn hashed(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    mixed(bytes.iter().fold(0xcbf2_9ce4_8422_2325, step))
}
