//! What the policy says of the daily look at withdrawals.
//!
//! **Invariant:** the look itself cannot be switched off, only what follows from it.

use serde::Deserialize;

use crate::case::Telling;
use crate::moment::Span;
use crate::sweep::Suspicion;

/// `[daily]`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DailyPolicy {
    /// When a day begins, in hours of UTC, 0 to 23.
    pub begins_utc_hour: u8,
    /// From which suspicion on a case is opened.
    pub case: DailyCase,
    /// Whether the customers of these cases are asked if it was them.
    pub customers: DailyCustomers,
}

/// From which suspicion on a case is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DailyCase {
    /// The account was changed from a strange place, and the money sent from one.
    Alarm,
    /// One of them is enough.
    Look,
}

/// What customers are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DailyCustomers {
    /// They are asked whether it was them.
    Ask,
    /// Nothing.
    Silent,
}

impl DailyPolicy {
    /// When a day begins, after midnight UTC.
    #[must_use]
    pub const fn begins(&self) -> Span {
        Span::hours(self.begins_utc_hour as i64)
    }

    /// Of what cases are opened.
    #[must_use]
    pub const fn cases(&self) -> &'static [Suspicion] {
        match self.case {
            DailyCase::Alarm => &[Suspicion::Alarm],
            DailyCase::Look => &[Suspicion::Look, Suspicion::Alarm],
        }
    }

    /// Whether customers are asked.
    #[must_use]
    pub const fn telling(&self) -> Telling {
        match self.customers {
            DailyCustomers::Ask => Telling::Ask,
            DailyCustomers::Silent => Telling::Silent,
        }
    }

    pub(super) fn bound(&self) -> (bool, &'static str, &'static str) {
        let hour = self.begins_utc_hour <= 23;
        (hour, "daily.begins_utc_hour", "needs an hour of 0 to 23")
    }
}
