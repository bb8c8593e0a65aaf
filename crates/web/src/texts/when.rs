//! Moments as a customer reads them: Japanese standard time, with the offset said.
//!
//! **Invariant:** a page never shows a time without saying in which zone.

use sekisho_core::moment::{Moment, Span};
use sekisho_core::notice::Locale;

/// Japanese standard time; Japan keeps no summer time.
const JST: Span = Span::hours(9);
const DAYS_JA: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];
const DAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS_EN: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A moment, for people and for machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// `2026年11月21日(土) 18:04` or `Sat 21 Nov 2026, 18:04`.
    pub text: String,
    /// RFC 3339, for the `datetime` attribute.
    pub machine: String,
}

impl When {
    /// `at` in Japanese standard time.
    #[must_use]
    pub fn of(at: Moment, locale: Locale) -> Self {
        let machine = at.to_string();
        let Some(there) = at.plus(JST).calendar() else {
            return Self {
                text: machine.clone(),
                machine,
            };
        };
        let (year, day) = (there.year(), there.day());
        let month = usize::from(u8::from(there.month()));
        let weekday = usize::from(there.weekday().number_days_from_monday());
        let (hour, minute) = (there.hour(), there.minute());
        let text = match locale {
            Locale::En => format!(
                "{} {day} {} {year}, {hour:02}:{minute:02}",
                DAYS_EN[weekday],
                MONTHS_EN[month - 1]
            ),
            Locale::Ja => format!(
                "{year}年{month}月{day}日({}) {hour:02}:{minute:02}",
                DAYS_JA[weekday]
            ),
        };
        Self { text, machine }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_japanese_time() {
        let at = Moment::parse_rfc3339("2026-11-20T23:59:00Z").unwrap();
        let ja = When::of(at, Locale::Ja);
        assert_eq!(ja.text, "2026年11月21日(土) 08:59");
        assert_eq!(ja.machine, "2026-11-20T23:59:00Z");
        assert_eq!(When::of(at, Locale::En).text, "Sat 21 Nov 2026, 08:59");
    }

    #[test]
    fn a_moment_beyond_the_calendar_is_still_told() {
        assert!(!When::of(Moment(i64::MAX), Locale::Ja).text.is_empty());
    }
}
