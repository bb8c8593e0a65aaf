//! A day in UTC, by which the archive is laid out.
//!
//! **Invariant:** a day that was read is written in the same way.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Date, Duration};

use crate::id::DecisionId;
use crate::moment::{Moment, Span};

/// A day in UTC: days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// Why a text is no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a day is written as 2026-03-01, between 1970 and 9999")]
pub struct NotADay;

const EPOCH: Date = time::macros::date!(1970 - 01 - 01);
/// The last day of the year 9999.
const LAST: i32 = 2_932_896;

impl Day {
    /// The day of a moment; the first or the last one for what lies beyond.
    #[must_use]
    pub fn of(at: Moment) -> Self {
        let day = at.unix_seconds().div_euclid(86_400);
        Self(i32::try_from(day.clamp(0, i64::from(LAST))).unwrap_or(LAST))
    }

    /// The day on which a decision was made. Its id begins with that moment, in milliseconds (RFC
    /// 9562 section 5.7).
    #[must_use]
    pub fn of_decision(id: DecisionId) -> Self {
        let [a, b, c, d, e, f, ..] = id.0;
        let milliseconds = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        let milliseconds = i64::try_from(milliseconds).unwrap_or(i64::MAX);
        Self::of(Moment(milliseconds.saturating_mul(1_000)))
    }

    /// Its first moment.
    #[must_use]
    pub fn begins(self) -> Moment {
        Moment(0).plus(Span::days(i64::from(self.0)))
    }

    /// The day after.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1).min(LAST))
    }

    /// The id before all those of decisions that are made from this day on.
    #[must_use]
    pub fn before_its_decisions(self) -> DecisionId {
        let milliseconds = (self.begins().0.max(0) / 1_000).to_be_bytes();
        let mut id = [0; 16];
        id[..6].copy_from_slice(&milliseconds[2..]);
        DecisionId(id)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let date = EPOCH.saturating_add(Duration::days(i64::from(self.0)));
        let (year, month, day) = date.to_calendar_date();
        write!(f, "{year:04}-{:02}-{day:02}", u8::from(month))
    }
}

impl std::str::FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        let mut parts = text.split('-');
        let mut next = |long: usize| {
            let part = parts.next().filter(|part| part.len() == long)?;
            let plain = part.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| part.parse::<u16>().ok())?
        };
        let (year, month, day) = (next(4), next(2), next(2));
        let (Some(year), Some(month), Some(day), None) = (year, month, day, parts.next()) else {
            return Err(NotADay);
        };
        let small = |number: u16| u8::try_from(number).map_err(|_| NotADay);
        let month = time::Month::try_from(small(month)?).map_err(|_| NotADay)?;
        let date = Date::from_calendar_date(year.into(), month, small(day)?);
        let since = (date.map_err(|_| NotADay)? - EPOCH).whole_days();
        let known = i32::try_from(since).ok().filter(|since| *since >= 0);
        known.map(Self).ok_or(NotADay)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
