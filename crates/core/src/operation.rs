//! Guarded operations: their typed fields, their digest, their states.
//!
//! The digest is SHA-256 over the canonical JSON (RFC 8785) of `{"audience": application id,
//! "customer": reference, "fields": {…}, "kind": kind}`, in which every leaf is a string; so any
//! client can compute it again and any changed field voids a grant.
//!
//! **Invariant:** two operations have one digest only if a person who reads them would call them
//! the same.

mod field;
mod payments;

pub use field::{Bounds, FieldType, FieldValue};
pub use payments::{MOST_PAYMENTS, Payment, Payments};

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::access::OperationKind;
use crate::bytes::Digest;
use crate::id::ApplicationId;
use crate::money::Money;
use crate::text::{Line, Reference, half_width};

/// A Japanese bank account (Zengin format: 4-digit bank, 3-digit branch, 7-digit number, holder in
/// kana).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PayoutAccount {
    /// `ordinary`, `current` or `savings`.
    pub account_type: &'static str,
    /// Bank code.
    pub bank: String,
    /// Branch code.
    pub branch: String,
    /// Holder's name as the bank writes it.
    pub holder: Line<60>,
    /// Account number.
    pub number: String,
}

const ACCOUNT_TYPES: &[&str] = &["ordinary", "current", "savings"];

/// Why the fields were not accepted: which one, and what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fields.{path} {problem}")]
pub struct FieldFault {
    /// Dotted path below `fields`.
    pub path: String,
    /// What is wrong, as the rest of a sentence.
    pub problem: String,
}

fn fault(path: &str, problem: impl std::fmt::Display) -> FieldFault {
    FieldFault {
        path: path.to_owned(),
        problem: problem.to_string(),
    }
}

impl PayoutAccount {
    fn parse(path: &str, value: &Value) -> Result<Self, FieldFault> {
        let object = value
            .as_object()
            .ok_or_else(|| fault(path, "must be an object"))?;
        let names = ["account_type", "bank", "branch", "holder", "number"];
        if let Some(unknown) = object.keys().find(|key| !names.contains(&key.as_str())) {
            return Err(fault(path, format_args!("has no member {unknown:?}")));
        }
        let text = |name: &str| {
            let at = format!("{path}.{name}");
            match object.get(name).map(Value::as_str) {
                Some(Some(text)) => Ok(half_width(text)),
                Some(None) => Err(fault(&at, "must be a string")),
                None => Err(fault(&at, "is missing")),
            }
        };
        let digits = |name: &str, many: usize| {
            let digits = text(name)?;
            if digits.len() == many && digits.bytes().all(|b| b.is_ascii_digit()) {
                Ok(digits)
            } else {
                Err(fault(
                    &format!("{path}.{name}"),
                    format_args!("must have exactly {many} digits"),
                ))
            }
        };
        let kind = text("account_type")?;
        let account_type = ACCOUNT_TYPES
            .iter()
            .find(|known| **known == kind)
            .ok_or_else(|| {
                fault(
                    &format!("{path}.account_type"),
                    "must be one of ordinary, current, savings",
                )
            })?;
        let holder =
            Line::parse(&text("holder")?).map_err(|why| fault(&format!("{path}.holder"), why))?;
        Ok(Self {
            account_type,
            bank: digits("bank", 4)?,
            branch: digits("branch", 3)?,
            holder,
            number: digits("number", 7)?,
        })
    }

    /// The text over which the keyed index of the account is computed: bank, branch, type and
    /// number.
    #[must_use]
    pub fn index_text(&self) -> String {
        format!(
            "{}-{}-{}-{}",
            self.bank, self.branch, self.account_type, self.number
        )
    }
}

/// The fields of one operation, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fields(BTreeMap<String, FieldValue>);

impl Fields {
    /// Reads `value` against the types the policy names; every field is needed and no other is
    /// taken.
    ///
    /// # Errors
    /// Names the first field that is missing, unknown or not of its type.
    pub fn parse(value: &Value, types: &BTreeMap<String, FieldType>) -> Result<Self, FieldFault> {
        let object = value
            .as_object()
            .ok_or_else(|| fault("", "must be an object"))?;
        if let Some(unknown) = object.keys().find(|key| !types.contains_key(*key)) {
            let known: Vec<_> = types.keys().map(String::as_str).collect();
            let problem = format!(
                "is not a field of this operation; it has {}",
                known.join(", ")
            );
            return Err(fault(
                &unknown.chars().take(40).collect::<String>(),
                problem,
            ));
        }
        let mut fields = BTreeMap::new();
        for (name, kind) in types {
            let given = object.get(name).ok_or_else(|| fault(name, "is missing"))?;
            fields.insert(name.clone(), field::read(name, given, kind)?);
        }
        Ok(Self(fields))
    }

    /// All fields in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &FieldValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The first amount, the one a confirmation page shows largest.
    #[must_use]
    pub fn amount(&self) -> Option<&Money> {
        self.0.values().find_map(|value| match value {
            FieldValue::Money(money) => Some(money),
            FieldValue::Payments(batch) => Some(batch.total()),
            _ => None,
        })
    }

    /// Every account that money would go to.
    pub fn payees(&self) -> impl Iterator<Item = &PayoutAccount> {
        let payees = self.0.values().map(|value| match value {
            FieldValue::PayoutAccount(account) => vec![account],
            FieldValue::Payments(batch) => batch.list().iter().map(|one| &one.payee).collect(),
            _ => Vec::new(),
        });
        payees.flatten()
    }

    /// The first account, the payee of a withdrawal or the new payout account.
    #[must_use]
    pub fn payout_account(&self) -> Option<&PayoutAccount> {
        self.0.values().find_map(|value| match value {
            FieldValue::PayoutAccount(account) => Some(account),
            _ => None,
        })
    }

    /// Canonical JSON of the fields, for sealing.
    #[must_use]
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The digest of the operation; see the module.
    #[must_use]
    pub fn digest(
        &self,
        audience: ApplicationId,
        customer: &Reference,
        kind: &OperationKind,
    ) -> Digest {
        #[derive(Serialize)]
        struct Canonical<'a> {
            audience: ApplicationId,
            customer: &'a str,
            fields: &'a Fields,
            kind: &'a str,
        }
        let canonical = Canonical {
            audience,
            customer: customer.as_str(),
            fields: self,
            kind: kind.as_str(),
        };
        Digest::of(
            serde_json::to_string(&canonical)
                .unwrap_or_default()
                .as_bytes(),
        )
    }
}

/// What an application gives along so that it finds its own request in the grant again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Nonce(String);

impl Nonce {
    /// The longest, in characters.
    pub const LONGEST: usize = 128;

    /// Accepts 1 to [`Self::LONGEST`] visible characters of ASCII.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        (plain && (1..=Self::LONGEST).contains(&text.len())).then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The life of an operation. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    /// Allowed without confirmation or confirmed; a grant exists.
    Confirmed,
    /// Held by a rule.
    Held,
    /// Waits for the customer's confirmation.
    Pending,
    /// The grant was redeemed.
    Redeemed,
    /// Refused by a rule, or by the customer.
    Refused,
}

impl OperationState {
    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Held => "held",
            Self::Pending => "pending",
            Self::Redeemed => "redeemed",
            Self::Refused => "refused",
        }
    }

    /// The state of a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "confirmed" => Self::Confirmed,
            "held" => Self::Held,
            "pending" => Self::Pending,
            "redeemed" => Self::Redeemed,
            "refused" => Self::Refused,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn types() -> BTreeMap<String, FieldType> {
        BTreeMap::from([
            ("amount".into(), FieldType::Money),
            ("payee".into(), FieldType::PayoutAccount),
        ])
    }

    fn sample() -> Value {
        json!({
            "amount": {"currency": "JPY", "value": "150000"},
            "payee": {"account_type": "ordinary", "bank": "0005", "branch": "123", "holder": "ヤマダ タロウ", "number": "1234567"},
        })
    }

    #[test]
    fn any_changed_leaf_changes_the_digest() {
        let (application, customer) = (ApplicationId([1; 16]), Reference::parse("C-1").unwrap());
        let kind = OperationKind::parse("withdraw").unwrap();
        let digest = |value: &Value| {
            Fields::parse(value, &types())
                .unwrap()
                .digest(application, &customer, &kind)
        };
        let original = digest(&sample());
        for (pointer, changed) in [
            ("/amount/value", "150001"),
            ("/amount/currency", "KRW"),
            ("/payee/bank", "0006"),
            ("/payee/branch", "124"),
            ("/payee/number", "1234568"),
            ("/payee/holder", "ヤマダ ジロウ"),
            ("/payee/account_type", "current"),
        ] {
            let mut value = sample();
            *value.pointer_mut(pointer).unwrap() = json!(changed);
            assert_ne!(digest(&value), original, "{pointer}");
        }
        let mut full_width = sample();
        full_width["payee"]["number"] = json!("１２３４５６７");
        assert_eq!(digest(&full_width), original);
        let fields = Fields::parse(&sample(), &types()).unwrap();
        assert_ne!(
            fields.digest(ApplicationId([2; 16]), &customer, &kind),
            original
        );
    }

    #[test]
    fn the_canonical_form_is_the_documented_one() {
        let fields = Fields::parse(&sample(), &types()).unwrap();
        assert_eq!(
            fields.canonical(),
            r#"{"amount":{"currency":"JPY","value":"150000"},"payee":{"account_type":"ordinary","bank":"0005","branch":"123","holder":"ヤマダ タロウ","number":"1234567"}}"#
        );
    }

    #[test]
    fn a_nonce_is_a_short_visible_word() {
        let longest = "n".repeat(Nonce::LONGEST);
        for text in ["a", "wd-77/2026:x~!", &longest] {
            assert_eq!(Nonce::parse(text).unwrap().as_str(), text);
        }
        for text in ["", " ", "a b", "a\n", "é", &format!("{longest}n")] {
            assert_eq!(Nonce::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn every_bad_field_is_named() {
        for (pointer, bad, says) in [
            (
                "/payee/number",
                json!("12345"),
                "fields.payee.number must have exactly 7 digits",
            ),
            (
                "/payee/bank",
                json!(5),
                "fields.payee.bank must be a string",
            ),
            (
                "/payee/holder",
                json!("a\u{202e}b"),
                "fields.payee.holder contains a control",
            ),
            ("/amount/value", json!("-5"), "fields.amount must be"),
            ("/amount", json!(5), "fields.amount must be"),
        ] {
            let mut value = sample();
            *value.pointer_mut(pointer).unwrap() = bad;
            let said = Fields::parse(&value, &types()).unwrap_err().to_string();
            assert!(said.starts_with(says), "{said}");
        }
        let mut extra = sample();
        extra["memo"] = json!("x");
        assert!(
            Fields::parse(&extra, &types())
                .unwrap_err()
                .to_string()
                .contains("it has amount, payee")
        );
    }
}
