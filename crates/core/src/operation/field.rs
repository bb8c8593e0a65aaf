//! The fields of an operation: their types as the policy writes them, and their values.
//!
//! **Invariant:** every value is bounded and has one form, and in JSON it is text or an object of
//! texts.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{FieldFault, Payments, PayoutAccount, fault};
use crate::money::{MOST_MINOR_UNITS, Money};
use crate::text::{Line, half_width};

/// Longest code.
const LONGEST_CODE: usize = 32;

/// The type of a field, as written in the policy.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// One of these words.
    Choice(#[serde(deserialize_with = "words")] Vec<String>),
    /// 1 to 32 of `A-Z`, `0-9`, `.`, `_` and `-`, such as the code of a security.
    Code,
    /// A whole number within bounds.
    Integer(Bounds),
    /// `{"currency": "JPY", "value": "150000"}`.
    Money,
    /// Several payments, each of an amount and a bank account.
    Payments,
    /// A Japanese bank account.
    PayoutAccount,
    /// One line of at most 200 characters.
    Text,
}

/// What a whole number may be, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// The least, above zero.
    pub least: i64,
    /// The most, below 2^53, so that every JSON reader keeps it exact.
    pub most: i64,
}

impl Bounds {
    /// Whether there is a number within them that is above zero and exact everywhere.
    #[must_use]
    pub const fn fit(self) -> bool {
        1 <= self.least && self.least <= self.most && self.most <= MOST_MINOR_UNITS
    }
}

impl FieldType {
    /// What is wrong with it, as the rest of a sentence.
    #[must_use]
    pub fn problem(&self) -> Option<&'static str> {
        match self {
            Self::Choice(words) if words.is_empty() => Some("must name at least one word"),
            Self::Integer(bounds) if !bounds.fit() => {
                Some("needs least and most of 1 to 9007199254740991")
            }
            Self::Choice(_)
            | Self::Code
            | Self::Integer(_)
            | Self::Money
            | Self::Payments
            | Self::PayoutAccount
            | Self::Text => None,
        }
    }
}

/// Words of a choice: 1 to 40 of a-z, 0-9 and `_`, each once.
fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let words = Vec::<String>::deserialize(deserializer)?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let fits = |word: &String| (1..=40).contains(&word.len()) && word.bytes().all(plain);
    let again = |(place, word): (usize, &String)| words[..place].contains(word);
    if words.iter().enumerate().any(again) || !words.iter().all(fits) {
        let problem = "a choice has words of 1 to 40 of a-z, 0-9 and _, each once";
        return Err(serde::de::Error::custom(problem));
    }
    Ok(words)
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// See [`FieldType::Choice`].
    Choice(String),
    /// See [`FieldType::Code`].
    Code(String),
    /// See [`FieldType::Integer`]; in JSON its decimal digits as text.
    Integer(#[serde(serialize_with = "digits")] i64),
    /// See [`FieldType::Money`].
    Money(Money),
    /// See [`FieldType::Payments`].
    Payments(Payments),
    /// See [`FieldType::PayoutAccount`].
    PayoutAccount(PayoutAccount),
    /// See [`FieldType::Text`].
    Text(Line<200>),
}

fn digits<S: serde::Serializer>(number: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

impl FieldValue {
    /// What a page shows of it beside amount and account, which have places of their own.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        match self {
            Self::Choice(text) | Self::Code(text) => Some(text.clone()),
            Self::Integer(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.to_string()),
            Self::Money(_) | Self::Payments(_) | Self::PayoutAccount(_) => None,
        }
    }
}

/// Reads one field of the type `kind`.
pub(super) fn read(name: &str, given: &Value, kind: &FieldType) -> Result<FieldValue, FieldFault> {
    let text = || {
        let text = given.as_str();
        text.ok_or_else(|| fault(name, "must be a string"))
    };
    match kind {
        FieldType::Choice(words) => {
            let text = text()?;
            let known = words.iter().find(|word| *word == text);
            let known = known.ok_or_else(|| one_of(name, words))?;
            Ok(FieldValue::Choice(known.clone()))
        }
        FieldType::Code => code(name, text()?).map(FieldValue::Code),
        FieldType::Integer(bounds) => {
            let number = integer(text()?).filter(|one| (bounds.least..=bounds.most).contains(one));
            let Bounds { least, most } = bounds;
            let says = format_args!("must be a whole number of {least} to {most}, as digits");
            let number = number.ok_or_else(|| fault(name, says))?;
            Ok(FieldValue::Integer(number))
        }
        FieldType::Money => serde_json::from_value(given.clone())
            .map(FieldValue::Money)
            .map_err(|why| {
                fault(
                    name,
                    format_args!("must be {{\"currency\": \"JPY\", \"value\": \"150000\"}}: {why}"),
                )
            }),
        FieldType::Payments => Payments::parse(name, given).map(FieldValue::Payments),
        FieldType::PayoutAccount => {
            PayoutAccount::parse(name, given).map(FieldValue::PayoutAccount)
        }
        FieldType::Text => Line::parse(text()?)
            .map(FieldValue::Text)
            .map_err(|why| fault(name, why)),
    }
}

fn one_of(name: &str, words: &[String]) -> FieldFault {
    fault(name, format_args!("must be one of {}", words.join(", ")))
}

/// A code is written in one way: what a Japanese keyboard sends in full width is the same.
fn code(name: &str, text: &str) -> Result<String, FieldFault> {
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b"._-".contains(&b);
    let code = match text.len() <= 4 * LONGEST_CODE {
        true => half_width(text),
        false => String::new(),
    };
    if (1..=LONGEST_CODE).contains(&code.len()) && code.bytes().all(plain) {
        Ok(code)
    } else {
        Err(fault(name, "must be 1 to 32 of A-Z, 0-9, '.', '_' and '-'"))
    }
}

/// Digits without sign, separator or leading zero.
fn integer(text: &str) -> Option<i64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(text: &str) -> FieldType {
        let table: toml::Table = format!("field = {text}").parse().unwrap();
        table["field"].clone().try_into().unwrap()
    }

    #[test]
    fn a_number_is_within_its_bounds_and_in_one_form() {
        let bounds = field("{ integer = { least = 1, most = 1000 } }");
        for (given, reads) in [
            (json!("1"), true),
            (json!("1000"), true),
            (json!("1001"), false),
            (json!("0"), false),
            (json!("-1"), false),
            (json!("+1"), false),
            (json!("01"), false),
            (json!("1.5"), false),
            (json!("1e3"), false),
            (json!(""), false),
            (json!("１"), false),
            (json!("9".repeat(10_000)), false),
            (json!(1), false),
            (json!(null), false),
        ] {
            let said = read("quantity", &given, &bounds);
            assert_eq!(said.is_ok(), reads, "{given} {said:?}");
            if let Ok(value) = said {
                assert_eq!(serde_json::to_value(value).unwrap(), given);
            }
        }
    }

    #[test]
    fn a_code_and_a_choice_are_what_they_say() {
        let choice = field("{ choice = ['buy', 'sell'] }");
        for (kind, given, reads) in [
            (&FieldType::Code, "7203", Some("7203")),
            (&FieldType::Code, "７２０３", Some("7203")),
            (&FieldType::Code, "BRK.B", Some("BRK.B")),
            (&FieldType::Code, "brk", None),
            (&FieldType::Code, "72\u{202e}03", None),
            (&FieldType::Code, "72\n03", None),
            (&FieldType::Code, "", None),
            (&choice, "buy", Some("buy")),
            (&choice, "Buy", None),
            (&choice, "buy\u{200b}", None),
        ] {
            let said = read("field", &json!(given), kind);
            let read = said.ok().and_then(|value| value.line());
            assert_eq!(read.as_deref(), reads, "{given:?}");
        }
        for kind in [&FieldType::Code, &choice, &FieldType::Text] {
            assert!(read("field", &json!("A".repeat(10_000)), kind).is_err());
        }
    }

    #[test]
    fn types_that_take_nothing_are_named() {
        for (text, fits) in [
            ("{ integer = { least = 1, most = 1 } }", true),
            ("{ integer = { least = 0, most = 1 } }", false),
            ("{ integer = { least = 2, most = 1 } }", false),
            (
                "{ integer = { least = 1, most = 9007199254740992 } }",
                false,
            ),
            ("{ choice = [] }", false),
            ("'code'", true),
        ] {
            assert_eq!(field(text).problem().is_none(), fits, "{text}");
        }
        for text in ["{ choice = ['a', 'a'] }", "{ choice = ['A'] }", "'number'"] {
            let table: toml::Table = format!("field = {text}").parse().unwrap();
            assert!(
                table["field"].clone().try_into::<FieldType>().is_err(),
                "{text}"
            );
        }
    }
}
