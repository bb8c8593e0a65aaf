//! A batch: several payments that are confirmed as one.
//!
//! PSD2 RTS article 5(3)(b): the proof is bound to the total and to the payees.
//!
//! **Invariant:** a batch has one currency and a total that is exact, and each payment in it is
//! shown.

use serde::Serialize;
use serde_json::Value;

use super::{FieldFault, PayoutAccount, fault};
use crate::money::Money;

/// Most payments of a batch: as many as a person reads before confirming.
pub const MOST_PAYMENTS: usize = 50;

/// One payment of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Payment {
    /// How much.
    pub amount: Money,
    /// To which account.
    pub payee: PayoutAccount,
}

/// The payments of a batch, in the order in which they were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payments {
    list: Vec<Payment>,
    total: Money,
}

impl Serialize for Payments {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list.serialize(serializer)
    }
}

impl Payments {
    /// The payments.
    #[must_use]
    pub fn list(&self) -> &[Payment] {
        &self.list
    }

    /// What they come to.
    #[must_use]
    pub const fn total(&self) -> &Money {
        &self.total
    }

    /// Reads the field `path`.
    pub(super) fn parse(path: &str, value: &Value) -> Result<Self, FieldFault> {
        let given = value.as_array().filter(|all| all.len() <= MOST_PAYMENTS);
        let says = format_args!("must be a list of 1 to {MOST_PAYMENTS} payments");
        let given = given.ok_or_else(|| fault(path, says))?;
        let read = |(place, one)| payment(&format!("{path}.{place}"), one);
        let list: Vec<Payment> = given
            .iter()
            .enumerate()
            .map(read)
            .collect::<Result<_, _>>()?;
        let mut amounts = list.iter().map(|payment| payment.amount);
        let first = amounts.next().ok_or_else(|| fault(path, says))?;
        let total = amounts.try_fold(first, Money::plus);
        let says = "must have one currency and a total of at most 9007199254740991 minor units";
        let total = total.ok_or_else(|| fault(path, says))?;
        Ok(Self { list, total })
    }
}

fn payment(path: &str, value: &Value) -> Result<Payment, FieldFault> {
    let object = value
        .as_object()
        .filter(|object| object.keys().all(|key| key == "amount" || key == "payee"));
    let object = object.ok_or_else(|| fault(path, "must be {\"amount\": …, \"payee\": …}"))?;
    let member = |name: &str| {
        let at = format!("{path}.{name}");
        let given = object.get(name).ok_or_else(|| fault(&at, "is missing"))?;
        Ok((at, given))
    };
    let (at, amount) = member("amount")?;
    let amount = serde_json::from_value(amount.clone()).map_err(|why| fault(&at, why))?;
    let (at, payee) = member("payee")?;
    Ok(Payment {
        amount,
        payee: PayoutAccount::parse(&at, payee)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn one(value: &str, currency: &str, number: &str) -> Value {
        json!({
            "amount": {"currency": currency, "value": value},
            "payee": {"account_type": "ordinary", "bank": "0005", "branch": "123",
                "holder": "ヤマダ タロウ", "number": number},
        })
    }

    fn read(value: &Value) -> Result<Payments, String> {
        Payments::parse("payments", value).map_err(|fault| fault.to_string())
    }

    #[test]
    fn a_batch_has_a_total_and_reads_back_as_it_was_given() {
        let given = json!([one("150000", "JPY", "1234567"), one("1", "JPY", "7654321")]);
        let batch = read(&given).unwrap();
        assert_eq!(batch.total().text(), "150,001 JPY");
        assert_eq!(serde_json::to_value(&batch).unwrap(), given);
    }

    #[test]
    fn every_bad_batch_names_its_fault() {
        let most = "9007199254740991";
        let mut extra = one("1", "JPY", "1234567");
        extra["note"] = json!("x");
        let many = |count| Value::from(vec![one("1", "JPY", "1234567"); count]);
        assert!(read(&many(50)).is_ok());
        for (given, says) in [
            (json!([]), "fields.payments must be a list of 1 to 50"),
            (many(51), "fields.payments must be a list of 1 to 50"),
            (json!({}), "fields.payments must be a list of 1 to 50"),
            (json!([1]), "fields.payments.0 must be {"),
            (json!([extra]), "fields.payments.0 must be {"),
            (
                json!([{"amount": {"currency": "JPY", "value": "1"}}]),
                "fields.payments.0.payee",
            ),
            (
                json!([one("-1", "JPY", "1234567")]),
                "fields.payments.0.amount",
            ),
            (
                json!([one("1", "JPY", "12345")]),
                "fields.payments.0.payee.number",
            ),
            (
                json!([one("1", "JPY", "1234567"), one("1", "USD", "1234567")]),
                "one currency",
            ),
            (
                json!([one(most, "JPY", "1234567"), one("1", "JPY", "1234567")]),
                "a total of",
            ),
        ] {
            let said = read(&given).unwrap_err();
            assert!(said.contains(says), "{said} instead of {says}");
        }
    }
}
