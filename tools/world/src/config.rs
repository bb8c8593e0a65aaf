//! What one asks of a world: how many customers, how long, how they behave, how many attacks.
//!
//! **Invariant:** a [`World`](crate::World) is only ever built from a configuration that passed
//! [`WorldConfig::check`].

use serde::{Deserialize, Serialize};

/// How heavily customers use the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// One consumer login service, after the marginals of the public RBA login data set
    /// (attempts per user: median 2, 90 % ≤ 9, 99 % ≤ 28, 39.7 % once, mean 4.0; 27 % of the
    /// attempts on known users fail). Only logins happen.
    Rba,
    /// A retail broker: many sleeping accounts, a few daily traders, money moved. No public
    /// figure exists; the curve is an assumption, scaled so that 1.8 M customers make about
    /// 31.3 M accesses in a year, attacks included.
    Broker,
}

/// How often the things that make a log interesting happen. All are assumptions unless a source
/// is named; each is a share in `0.0..=1.0` unless it says otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shares {
    /// Attack rows (stuffing and spray) among all rows. Default 0.099, the share of attack-list
    /// rows in the RBA data set (3,096,977 of 31,269,264). At most 0.9.
    pub attack_rows: f64,
    /// Accounts of a million entered by an attacker who has the password, a year. At least four
    /// are made (one for each kind of attacker) unless it is 0. Default 500.
    /// (RBA: 138 of 4.3 M users in 13 months, about 30 a million.)
    pub takeovers_per_million: u32,
    /// Customers who change their payout account in a year, among those who come at all. Default
    /// 0.037, which gives about 10,000 changes in 78 days at 1.8 M customers: a broker found 10,005
    /// changes from 1 July to 16 September. Broker only.
    pub payout_change: f64,
    /// Customers who travel once in the year. Default 0.3, 40 % of them abroad.
    pub travel: f64,
    /// Customers who live outside Japan. Default 0 for `Broker`; 0.577 for `Rba`, all but the
    /// largest country of the RBA data set (Norway, 42.3 % of its rows). Which countries they live
    /// in follows the weights of the table of networks: the United States first, with 17 % of all
    /// rows against 27.8 % there, then others of Asia and Europe.
    #[serde(default)]
    pub abroad: f64,
    /// Customers who replace their phone in the year. Default 0.25 (about every four years).
    pub new_phone: f64,
    /// Customers who let an account aggregator sign in for them. Default 0.06. Broker only.
    pub aggregator: f64,
    /// Customers who also sign in from an office network. Default 0.25.
    pub office: f64,
    /// Customers whose home line, where the provider has it, reaches the service by IPv6.
    /// Default 0.1 (most such services are still IPv4 only).
    pub ipv6: f64,
    /// Sessions that begin with a wrong password. Default 0.2 for `Rba` (fitted), 0.08 for
    /// `Broker`.
    pub mistyped: f64,
}

impl Shares {
    /// The documented defaults of `profile`.
    pub fn of(profile: Profile) -> Self {
        let broker = profile == Profile::Broker;
        Self {
            attack_rows: 0.099,
            takeovers_per_million: 500,
            payout_change: if broker { 0.037 } else { 0.0 },
            travel: 0.3,
            abroad: if broker { 0.0 } else { 0.577 },
            new_phone: 0.25,
            aggregator: if broker { 0.06 } else { 0.0 },
            office: 0.25,
            ipv6: 0.1,
            mistyped: if broker { 0.08 } else { 0.2 },
        }
    }
}

/// Everything that a world depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorldConfig {
    /// Same seed, same world.
    pub seed: u64,
    /// 1 to 10,000,000.
    pub customers: u32,
    /// Microseconds since the epoch; the world begins at the midnight in Japan at or before it.
    pub start: i64,
    /// 1 to 1,100 days.
    pub days: u32,
    /// How heavily customers use the service.
    pub profile: Profile,
    /// How often the interesting happens.
    pub shares: Shares,
}

impl WorldConfig {
    /// A broker's year of 365 days with the default shares.
    pub fn new(seed: u64, customers: u32, start: i64) -> Self {
        let profile = Profile::Broker;
        Self {
            seed,
            customers,
            start,
            days: 365,
            profile,
            shares: Shares::of(profile),
        }
    }

    /// The same, with another profile and its default shares.
    #[must_use]
    pub fn with_profile(self, profile: Profile) -> Self {
        Self {
            profile,
            shares: Shares::of(profile),
            ..self
        }
    }

    /// The size of the sweep bench: 1.8 M customers, about 31.3 M accesses in a year.
    pub fn sweep_sized(seed: u64, start: i64) -> Self {
        Self::new(seed, 1_800_000, start)
    }

    /// Refuses what cannot be generated.
    ///
    /// # Errors
    /// [`WorldFault::OutOfRange`] names the first field outside its documented range.
    pub fn check(&self) -> Result<(), WorldFault> {
        let shares = &self.shares;
        let unit = 0.0..=1.0;
        let fields = [
            ("customers", (1..=10_000_000).contains(&self.customers)),
            ("days", (1..=1_100).contains(&self.days)),
            (
                "start",
                (-62_135_596_800_000_000..=253_370_764_800_000_000).contains(&self.start),
            ),
            ("attack_rows", (0.0..=0.9).contains(&shares.attack_rows)),
            (
                "takeovers_per_million",
                shares.takeovers_per_million <= 1_000_000,
            ),
            ("payout_change", unit.contains(&shares.payout_change)),
            ("travel", unit.contains(&shares.travel)),
            ("abroad", unit.contains(&shares.abroad)),
            ("new_phone", unit.contains(&shares.new_phone)),
            ("aggregator", unit.contains(&shares.aggregator)),
            ("office", unit.contains(&shares.office)),
            ("ipv6", unit.contains(&shares.ipv6)),
            ("mistyped", unit.contains(&shares.mistyped)),
        ];
        match fields.iter().find(|(_, in_range)| !in_range) {
            Some((field, _)) => Err(WorldFault::OutOfRange(field)),
            None => Ok(()),
        }
    }
}

/// Why a world cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorldFault {
    /// A field of the configuration is outside its documented range.
    #[error("world configuration: {0} is out of range")]
    OutOfRange(&'static str),
    /// A row of a table compiled into this crate does not parse (a mistake made when editing it).
    #[error("table {table}, line {line}: {reason}")]
    Table {
        /// The file under `data/`.
        table: &'static str,
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
}
