//! Money: an amount in minor units and an ISO 4217 currency.
//!
//! **Invariant:** an amount is positive, exact and has no more decimals than its currency; nothing
//! is rounded.

use serde::{Deserialize, Serialize};

use crate::notice::Locale;

/// Largest amount accepted, in minor units. Below 2^53, so that every JSON reader keeps it exact
/// (RFC 8259 section 6).
pub const MOST_MINOR_UNITS: i64 = 9_007_199_254_740_991;

/// Currencies that have other than two decimals (ISO 4217 list one), of those a Japanese firm
/// meets.
const DECIMALS: &[(&str, u32)] = &[
    ("BHD", 3),
    ("CLP", 0),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("TND", 3),
    ("VND", 0),
];

/// Currencies with two decimals that are accepted.
const TWO_DECIMALS: &[&str] = &[
    "AED", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "IDR",
    "ILS", "INR", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SAR", "SEK", "SGD", "THB", "TRY",
    "TWD", "USD", "ZAR",
];

/// An ISO 4217 currency code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Every currency that is accepted.
    pub fn all() -> impl Iterator<Item = Self> {
        let others = DECIMALS.iter().map(|(code, _)| *code);
        let codes = TWO_DECIMALS.iter().copied().chain(others);
        codes.filter_map(Self::parse)
    }

    /// The currency of a three-letter code, if it is one of those accepted.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let known = TWO_DECIMALS.contains(&code) || DECIMALS.iter().any(|(name, _)| *name == code);
        let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
        known.then_some(Self(letters))
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Number of decimals of the minor unit.
    #[must_use]
    pub fn decimals(&self) -> u32 {
        DECIMALS
            .iter()
            .find(|(name, _)| *name == self.code())
            .map_or(2, |(_, decimals)| *decimals)
    }
}

impl std::fmt::Debug for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// A positive amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why an amount was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyFault {
    /// The code is not in the accepted list.
    #[error("currency is not an accepted ISO 4217 code in capital letters")]
    Currency,
    /// More decimals than the currency has.
    #[error("amount has more decimals than its currency")]
    Decimals,
    /// Not a plain decimal number.
    #[error("amount is not a plain decimal number such as \"150000\" or \"12.50\"")]
    Shape,
    /// Zero, or too large to be exact everywhere.
    #[error("amount is zero or above 9007199254740991 minor units")]
    Size,
}

impl Money {
    /// Reads a plain decimal such as `150000` or `12.50`; no sign, exponent, separator or leading
    /// zero.
    ///
    /// # Errors
    /// Says which part is not acceptable.
    pub fn parse(value: &str, currency: &str) -> Result<Self, MoneyFault> {
        let currency = Currency::parse(currency).ok_or(MoneyFault::Currency)?;
        let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let padded = whole.len() > 1 && whole.starts_with('0');
        let dangling = value.contains('.') && fraction.is_empty();
        if whole.is_empty() || padded || dangling || !digits(whole) || !digits(fraction) {
            return Err(MoneyFault::Shape);
        }
        if whole.len() > 16 {
            return Err(MoneyFault::Size);
        }
        let decimals = usize::try_from(currency.decimals()).unwrap_or_default();
        if fraction.len() > decimals {
            return Err(MoneyFault::Decimals);
        }
        let text = format!("{whole}{fraction:0<decimals$}");
        let minor: i64 = text.parse().map_err(|_| MoneyFault::Size)?;
        if minor == 0 || minor > MOST_MINOR_UNITS {
            return Err(MoneyFault::Size);
        }
        Ok(Self { minor, currency })
    }

    /// So many minor units; `None` for zero and less, and above what is exact everywhere.
    #[must_use]
    pub fn of_minor(minor: i64, currency: Currency) -> Option<Self> {
        let fits = (1..=MOST_MINOR_UNITS).contains(&minor);
        fits.then_some(Self { minor, currency })
    }

    /// The amount in minor units.
    #[must_use]
    pub const fn minor(&self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// Both together; `None` if the currencies differ or the sum is not exact everywhere.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let minor = self.minor.checked_add(other.minor)?;
        let fits = self.currency == other.currency && minor <= MOST_MINOR_UNITS;
        fits.then_some(Self { minor, ..self })
    }

    /// As pages and messages show it: `150,000 JPY`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{} {}", self.grouped(), self.currency.code())
    }

    /// The plain decimal with all decimals of the currency: `150000`, `12.50`.
    #[must_use]
    pub fn value(&self) -> String {
        let decimals = usize::try_from(self.currency.decimals()).unwrap_or_default();
        if decimals == 0 {
            return self.minor.to_string();
        }
        let text = format!("{:0>width$}", self.minor, width = decimals + 1);
        let (whole, fraction) = text.split_at(text.len() - decimals);
        format!("{whole}.{fraction}")
    }

    /// For people: grouped by thousands, `150,000`.
    #[must_use]
    pub fn grouped(&self) -> String {
        let value = self.value();
        let (whole, fraction) = value.split_once('.').unwrap_or((&value, ""));
        let mut grouped = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        if fraction.is_empty() {
            grouped
        } else {
            format!("{grouped}.{fraction}")
        }
    }
}

/// A [`Money::text`] as the language writes it: `150,000円` for yen in Japanese, otherwise
/// unchanged.
#[must_use]
pub fn in_locale(text: &str, locale: Locale) -> String {
    match (locale, text.strip_suffix(" JPY")) {
        (Locale::Ja, Some(yen)) => format!("{yen}円"),
        _ => text.to_owned(),
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    currency: String,
    value: String,
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written {
            currency: self.currency.code().to_owned(),
            value: self.value(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        Self::parse(&written.value, &written.currency).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        let yen = Money::parse("150000", "JPY").unwrap();
        assert_eq!(
            (yen.minor(), yen.value(), yen.grouped()),
            (150_000, "150000".into(), "150,000".into())
        );
        let dollars = Money::parse("1234.5", "USD").unwrap();
        assert_eq!(
            (dollars.minor(), dollars.value()),
            (123_450, "1234.50".into())
        );
        assert_eq!(Money::parse("0.05", "USD").unwrap().value(), "0.05");
    }

    #[test]
    fn an_amount_is_written_as_its_language_does() {
        let text = |value, code| Money::parse(value, code).unwrap().text();
        assert_eq!(in_locale(&text("150000", "JPY"), Locale::Ja), "150,000円");
        assert_eq!(in_locale(&text("150000", "JPY"), Locale::En), "150,000 JPY");
        assert_eq!(in_locale(&text("12.5", "USD"), Locale::Ja), "12.50 USD");
    }

    #[test]
    fn every_bad_amount_names_its_fault() {
        let cases = [
            ("-1", "JPY", MoneyFault::Shape),
            ("0", "JPY", MoneyFault::Size),
            ("1.5", "JPY", MoneyFault::Decimals),
            ("1.", "USD", MoneyFault::Shape),
            ("01", "JPY", MoneyFault::Shape),
            ("1e3", "JPY", MoneyFault::Shape),
            ("１００", "JPY", MoneyFault::Shape),
            ("9007199254740992", "JPY", MoneyFault::Size),
            ("99999999999999999999", "JPY", MoneyFault::Size),
            ("1", "jpy", MoneyFault::Currency),
            ("1", "ABC", MoneyFault::Currency),
            ("", "JPY", MoneyFault::Shape),
        ];
        for (value, currency, fault) in cases {
            assert_eq!(
                Money::parse(value, currency),
                Err(fault),
                "{value} {currency}"
            );
        }
    }
}
