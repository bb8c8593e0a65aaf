//! Text messages that anybody can ask for: to whom, how many, for how much.
//!
//! **Invariant:** a number of a country that is not listed gets none.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::moment::Span;

/// Limits on codes by text message, against those who are paid for each (SMS pumping).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextPolicy {
    /// Most to one number at once, and likewise for each day.
    pub number_day: u16,
    /// Most to all numbers that begin alike at once, and likewise for each day: pumped numbers are
    /// bought in rows.
    pub prefix_day: u16,
    /// So many digits begin alike, those of the country included.
    pub prefix_digits: u8,
    /// Most codes to all numbers that begin alike that nobody typed, at once and likewise for each
    /// day; each that was typed makes up for as many as `answered_percent` says.
    pub prefix_unanswered: u16,
    /// How many of a hundred codes have to be typed for those to a prefix or a country to go on.
    pub answered_percent: u8,
    /// What a day may cost, in the smallest unit of the prices.
    pub budget_day: u32,
    /// The countries that get text messages, by the name the operator gives them.
    pub country: BTreeMap<String, TextCountry>,
}

/// A country, or a part of one, that gets text messages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextCountry {
    /// How its numbers begin in E.164, without the plus.
    pub code: String,
    /// How they go on, when they can get text messages at all; empty for anyhow.
    pub then: Vec<String>,
    /// Most at once, and likewise for each day.
    pub day: u16,
    /// Most codes that nobody typed, at once and likewise for each day; see
    /// [`TextPolicy::prefix_unanswered`].
    pub unanswered: u16,
    /// What one message, or one part of a long one, costs.
    pub price: u16,
}

impl TextPolicy {
    /// The country of a number in E.164 form; that with the longest code.
    #[must_use]
    pub fn country_of(&self, number: &str) -> Option<&TextCountry> {
        let digits = number.strip_prefix('+')?;
        let fits = |country: &&TextCountry| {
            digits.strip_prefix(&country.code).is_some_and(|rest| {
                country.then.is_empty() || country.then.iter().any(|then| rest.starts_with(then))
            })
        };
        let named = |country: &&TextCountry| digits.starts_with(&country.code);
        // A longer code that the number begins with decides, also when it says no.
        let longest = self.country.values().filter(named);
        longest
            .max_by_key(|country| country.code.len())
            .filter(fits)
    }

    /// The digits that numbers in a row share.
    #[must_use]
    pub fn prefix_of<'a>(&self, number: &'a str) -> &'a str {
        let end = 1 + usize::from(self.prefix_digits);
        number.get(..end).unwrap_or(number)
    }

    /// By how much the answer to one code moves a counter back that each code moves on by `pause`.
    #[must_use]
    pub fn back(&self, pause: Span) -> Span {
        Span(pause.0.saturating_mul(100) / i64::from(self.answered_percent.max(1)))
    }

    pub(super) fn bounds(&self) -> [(bool, &'static str, &'static str); 4] {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let plain = |country: &TextCountry| {
            digits(&country.code)
                && country.then.iter().all(|then| digits(then))
                && country.day > 0
                && country.unanswered > 0
                && u32::from(country.price) <= self.budget_day
        };
        [
            (
                self.number_day > 0 && self.prefix_day > 0 && self.budget_day > 0,
                "text.number_day",
                "and prefix_day and budget_day must be at least 1",
            ),
            (
                (3..=14).contains(&self.prefix_digits),
                "text.prefix_digits",
                "must be 3 to 14",
            ),
            (
                self.prefix_unanswered > 0 && (1..=100).contains(&self.answered_percent),
                "text.prefix_unanswered",
                "must be at least 1, and answered_percent 1 to 100",
            ),
            (
                self.country.values().all(plain),
                "text.country",
                "must have a code of digits, day and unanswered at least 1 and a price within budget_day",
            ),
        ]
    }
}
