//! Limits of one operation and of 24 hours, by currency.
//!
//! **Invariant:** once a kind has a limit in one currency, nothing goes through in a currency
//! without one.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::access::OperationKind;
use crate::change::{Change, LimitChange};
use crate::id::CustomerId;
use crate::known::{LimitKnown, OwnLimit, Standing};
use crate::moment::{Moment, Span};
use crate::money::{Currency, Money};
use crate::reason::Reason;

/// The time over which a daily limit counts. Not a calendar day: nobody gets it twice at midnight.
pub const DAY: Span = Span::hours(24);

/// For how long a confirmed operation counts that is not redeemed: the longest life of a grant (a
/// minute, `grant.seconds`), and a minute more, since clocks of nodes differ.
pub const ALIVE: Span = Span::minutes(2);

/// The limits of a kind, by currency.
#[derive(Clone, Debug, Default)]
pub struct Limits(BTreeMap<Currency, OwnLimit>);

impl Limits {
    /// Whether there are none, so that nothing is counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each currency with the policy's limits in it.
    pub fn iter(&self) -> impl Iterator<Item = (Currency, OwnLimit)> {
        self.0.iter().map(|(currency, limit)| (*currency, *limit))
    }

    /// The limits in a currency.
    #[must_use]
    pub fn get(&self, currency: Currency) -> Option<OwnLimit> {
        self.0.get(&currency).copied()
    }

    /// What counts for `amount`; `None` where the kind has no limits.
    pub(super) fn demand(&self, amount: &Money, known: &Standing, now: Moment) -> Option<Limit> {
        if self.0.is_empty() {
            return None;
        }
        let closed = OwnLimit {
            each: Some(0),
            day: Some(0),
        };
        let own = known.limit(amount.currency());
        let policy = self.get(amount.currency()).unwrap_or(closed);
        Some(Limit {
            amount: *amount,
            most: policy.lower(own.at(now)),
            before: known.counted(amount.currency()),
            known: own,
        })
    }
}

/// The limits that count for one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its amount.
    pub amount: Money,
    /// The most, in minor units: the lower of the policy's and the customer's own.
    pub most: OwnLimit,
    /// What counts already, in minor units.
    pub before: i64,
    /// The customer's own row, on whose revision a confirmation rests.
    pub known: LimitKnown,
}

impl Limit {
    /// That something was let through under it. Of two at once one is decided again.
    pub(crate) fn counted(&self, customer: CustomerId, kind: &OperationKind) -> Change {
        Change::Limit(LimitChange::Counted {
            customer,
            kind: kind.clone(),
            seen: self.known,
        })
    }

    /// Why the operation is beyond them.
    #[must_use]
    pub fn beyond(&self) -> Option<Reason> {
        let minor = self.amount.minor();
        let over = |most: Option<i64>, sum: i64| most.is_some_and(|most| sum > most);
        if over(self.most.each, minor) {
            Some(Reason::LimitEach)
        } else if over(self.most.day, self.before.saturating_add(minor)) {
            Some(Reason::LimitDay)
        } else {
            None
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    each: Option<String>,
    day: Option<String>,
}

impl<'de> Deserialize<'de> for Limits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = BTreeMap::<String, Written>::deserialize(deserializer)?;
        let read: Result<_, String> = written
            .iter()
            .map(|(code, written)| read(code, written))
            .collect();
        read.map(Self).map_err(serde::de::Error::custom)
    }
}

fn read(code: &str, written: &Written) -> Result<(Currency, OwnLimit), String> {
    let currency = Currency::parse(code);
    let currency = currency.ok_or_else(|| format!("limit.{code}: no accepted currency"))?;
    let minor = |text: &Option<String>| {
        let text = text.as_ref();
        let money = text.map(|text| Money::parse(text, code)).transpose();
        let money = money.map_err(|why| format!("limit.{code}: {why}"))?;
        Ok::<_, String>(money.map(|money| money.minor()))
    };
    let limit = OwnLimit {
        each: minor(&written.each)?,
        day: minor(&written.day)?,
    };
    match (limit.each, limit.day) {
        (None, None) => Err(format!("limit.{code} needs each or day")),
        (Some(each), Some(day)) if each > day => {
            Err(format!("limit.{code}.each must not be above day"))
        }
        _ => Ok((currency, limit)),
    }
}
