//! Days and hours in Japan (UTC+9 all year) and how use spreads over the days of the period.
//!
//! **Invariant:** a customer with `n` sessions gets exactly `n` days, in order, whatever the
//! weekday weights are.

/// Microseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000;
/// Microseconds in a day.
pub(crate) const DAY: i64 = 86_400 * SECOND;
const JAPAN: i64 = 9 * 3_600 * SECOND;

/// The days of one world.
#[derive(Debug, Clone)]
pub(crate) struct Calendar {
    /// Midnight in Japan at or before the configured start, µs since the epoch.
    pub(crate) first_midnight: i64,
    pub(crate) days: u32,
    /// Share of the period's use before each day, in 2⁻³²; `days + 1` entries.
    before: Vec<u64>,
}

impl Calendar {
    /// `weekend` is the weight of a Saturday or Sunday against 100 for another day.
    pub(crate) fn new(start: i64, days: u32, weekend: u64) -> Self {
        let first_midnight = (start + JAPAN).div_euclid(DAY) * DAY - JAPAN;
        let mut calendar = Self {
            first_midnight,
            days,
            before: Vec::new(),
        };
        let mut sums = vec![0_u64];
        for day in 0..days {
            let weight = if calendar.is_weekend(day) {
                weekend
            } else {
                100
            };
            sums.push(sums[day as usize] + weight);
        }
        let total = u128::from(sums[days as usize].max(1));
        calendar.before = sums
            .iter()
            .map(|s| ((u128::from(*s) << 32) / total) as u64)
            .collect();
        calendar
    }

    /// Midnight in Japan at which `day` begins, µs since the epoch.
    pub(crate) fn midnight(&self, day: u32) -> i64 {
        self.first_midnight + i64::from(day) * DAY
    }

    /// Days from 1970-01-01 to `day`, by the date in Japan.
    pub(crate) fn date(&self, day: u32) -> i64 {
        (self.midnight(day) + JAPAN).div_euclid(DAY)
    }

    pub(crate) fn is_weekend(&self, day: u32) -> bool {
        // 1970-01-01 was a Thursday: 0 = Monday.
        (self.date(day) + 3).rem_euclid(7) >= 5
    }

    /// The sessions that may fall on `day` for somebody with `n` of them in the period.
    /// Each must be asked with [`Calendar::falls_on`].
    #[inline]
    pub(crate) fn candidates(&self, day: u32, n: u32) -> core::ops::Range<u32> {
        let (low, high) = self.window(day, n);
        if high == low {
            0..0
        } else {
            (low >> 32) as u32..((high - 1) >> 32) as u32 + 1
        }
    }

    /// Whether session `k` of `n`, placed within its slot by `jitter`, falls on `day`.
    #[inline]
    pub(crate) fn falls_on(&self, day: u32, n: u32, k: u32, jitter: u32) -> bool {
        let (low, high) = self.window(day, n);
        let place = (u64::from(k) << 32) | u64::from(jitter);
        low <= place && place < high
    }

    /// The day on which session `k` of `n` falls.
    pub(crate) fn day_of(&self, n: u32, k: u32, jitter: u32) -> u32 {
        let place = (u64::from(k) << 32) | u64::from(jitter);
        let after = self.before.partition_point(|f| f * u64::from(n) <= place);
        (after as u32)
            .saturating_sub(1)
            .min(self.days.saturating_sub(1))
    }

    #[inline]
    fn window(&self, day: u32, n: u32) -> (u64, u64) {
        let day = day as usize;
        (
            self.before[day] * u64::from(n),
            self.before[day + 1] * u64::from(n),
        )
    }
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant's `days_from_civil`).
pub(crate) fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = i64::from((month + 9) % 12);
    let day_of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a number of days since 1970-01-01 (the inverse of the above).
pub(crate) fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
    let month = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
    (yoe + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(days_from_civil(1970, 1, 1), 0);
        assert_eq!(days_from_civil(2025, 10, 1), 20_362);
        for days in [-1, 0, 59, 789, 11_016, 20_362, 20_513] {
            let (y, m, d) = civil_from_days(days);
            assert_eq!(days_from_civil(y, m, d), days);
        }
    }

    #[test]
    fn the_period_begins_at_midnight_in_japan() {
        // 2025-10-01 20:00 UTC is already 2 October in Japan, a Thursday.
        let calendar = Calendar::new((20_362 * 24 + 20) * 3_600 * SECOND, 10, 30);
        assert_eq!(civil_from_days(calendar.date(0)), (2025, 10, 2));
        let weekend: Vec<u32> = (0..10).filter(|d| calendar.is_weekend(*d)).collect();
        assert_eq!(weekend, [2, 3, 9]);
    }

    #[test]
    fn every_session_falls_on_exactly_one_day() {
        let calendar = Calendar::new(0, 365, 30);
        for n in [1_u32, 2, 7, 364, 365, 900] {
            let jitter = |k: u32| k.wrapping_mul(0x9e37_79b9);
            let mut placed = Vec::new();
            for day in 0..365 {
                for k in calendar.candidates(day, n) {
                    if calendar.falls_on(day, n, k, jitter(k)) {
                        assert_eq!(calendar.day_of(n, k, jitter(k)), day);
                        placed.push(k);
                    }
                }
            }
            assert_eq!(placed, (0..n).collect::<Vec<_>>());
        }
    }
}
