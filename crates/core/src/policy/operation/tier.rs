//! What larger amounts need beside.
//!
//! **Invariant:** a tier adds and never takes away, and an amount in a currency that it does not
//! name counts as large enough for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::Cooling;
use crate::money::{Currency, Money};
use crate::policy::PasskeyDemand;
use crate::verdict::Requirement;

/// What is needed from an amount on, beside what smaller ones need.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// The smallest amount of it, for each currency.
    pub from: Amounts,
    /// What is required beside.
    #[serde(default)]
    pub require: Vec<Requirement>,
    /// What a passkey has to be beside.
    pub passkey: Option<PasskeyDemand>,
    /// How many minutes old the last proof in the session may be, if that is less.
    pub fresh_minutes: Option<u16>,
    /// Hours that it waits after its confirmation, if that is longer.
    #[serde(default)]
    pub hold_hours: u16,
    /// What it waits for or is refused for beside.
    #[serde(default)]
    pub cooling: Vec<Cooling>,
}

impl Tier {
    /// Whether it counts for `amount`.
    #[must_use]
    pub fn takes(&self, amount: &Money) -> bool {
        let from = self.from.0.get(&amount.currency());
        from.is_none_or(|from| amount.minor() >= from.minor())
    }
}

/// One amount for each of some currencies: `{ JPY = "1000000" }`, in units of the currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amounts(BTreeMap<Currency, Money>);

impl Amounts {
    /// The amounts, by currency.
    pub fn iter(&self) -> impl Iterator<Item = &Money> {
        self.0.values()
    }
}

impl<'de> Deserialize<'de> for Amounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = BTreeMap::<String, String>::deserialize(deserializer)?;
        let read = written.iter().map(|(currency, value)| {
            let money = Money::parse(value, currency);
            let money = money.map_err(|why| format!("{currency} = {value:?}: {why}"))?;
            Ok((money.currency(), money))
        });
        let read: Result<_, String> = read.collect();
        read.map(Self).map_err(serde::de::Error::custom)
    }
}

/// What is wrong with `tiers` above what a kind asks of a `passkey`: the key, and the rest of a
/// sentence.
pub(super) fn problem(tiers: &[Tier], passkey: &PasskeyDemand) -> Option<(String, &'static str)> {
    let mut below: BTreeMap<Currency, i64> = BTreeMap::new();
    let mut passkey = passkey.clone();
    for tier in tiers {
        if tier.from.0.is_empty() {
            return Some(("tier.from".to_owned(), "must name a currency"));
        }
        if let Some(own) = &tier.passkey {
            if !passkey.covers(own) {
                let problem = "must be among the models of smaller amounts";
                return Some(("tier.passkey.models".to_owned(), problem));
            }
            passkey = passkey.join(own);
        }
        for from in tier.from.iter() {
            let before = below.insert(from.currency(), from.minor());
            if before.is_some_and(|before| before >= from.minor()) {
                let problem = "must rise from tier to tier";
                return Some((format!("tier.from.{}", from.currency().code()), problem));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::access::OperationKind;
    use crate::known::Standing;
    use crate::moment::Span;
    use crate::money::Money;
    use crate::policy::{Demand, KeyDemand, OperationPolicy, Policy, UserDemand};
    use crate::sample::NOW;
    use crate::verdict::Requirement::{Confirmation, PhishingResistant, SecondFactor};

    /// The default profile with these keys and tiers in the place of its own for withdrawals.
    fn with(tiers: &str) -> Result<Policy, String> {
        let text = include_str!("../jsda-2025.toml");
        let (before, after) = text.split_once("[operation.withdraw.limit.JPY]").unwrap();
        let (_, after) = after.split_once("[operation.transfer]").unwrap();
        let text = format!("{before}{tiers}\n[operation.transfer]{after}");
        Policy::parse(&text).map_err(|why| why.to_string())
    }

    fn demand(spec: &OperationPolicy, amount: Option<Money>) -> Demand {
        spec.demand_at(amount.as_ref(), &Standing::default(), NOW)
    }

    const TWO: &str = "
        hold_hours = 1
        passkey = { user = 'present' }
        [[operation.withdraw.tier]]
        from = { JPY = '1000', USD = '10' }
        require = ['second_factor', 'confirmation']
        passkey = { key = 'device_bound', user = 'present' }
        [[operation.withdraw.tier]]
        from = { JPY = '2000' }
        require = ['phishing_resistant']
        passkey = {}
        hold_hours = 24";

    #[test]
    fn a_larger_amount_needs_what_a_smaller_one_does_and_more() {
        let policy = with(TWO).unwrap();
        let spec = &policy.operation[&OperationKind::parse("withdraw").unwrap()];
        let middle = vec![Confirmation, SecondFactor];
        let all = vec![Confirmation, PhishingResistant, SecondFactor];
        for (value, currency, require, hours) in [
            ("1", "JPY", vec![Confirmation], 1),
            ("999", "JPY", vec![Confirmation], 1),
            ("1000", "JPY", middle.clone(), 1),
            ("1999", "JPY", middle, 1),
            ("2000", "JPY", all.clone(), 24),
            ("9007199254740991", "JPY", all.clone(), 24),
            // The second tier names no dollars and no dinars, so both count as above it.
            ("9.99", "USD", vec![Confirmation, PhishingResistant], 24),
            ("10", "USD", all.clone(), 24),
            ("0.001", "KWD", all.clone(), 24),
        ] {
            let demand = demand(spec, Some(Money::parse(value, currency).unwrap()));
            assert_eq!(demand.require, require, "{value} {currency}");
            assert_eq!(demand.hold, Some(Span::hours(hours)), "{value} {currency}");
        }
        let unknown = demand(spec, None);
        assert_eq!(unknown.require, all, "an amount that is not known");
        let yen = |value| Money::parse(value, "JPY").unwrap();
        let passkey = |value| demand(spec, Some(yen(value))).passkey;
        assert_eq!(passkey("999").user, UserDemand::Present);
        let [middle, top] = [passkey("1000"), passkey("2000")];
        assert_eq!(
            (middle.key, middle.user),
            (KeyDemand::DeviceBound, UserDemand::Present)
        );
        assert_eq!(
            (top.key, top.user),
            (KeyDemand::DeviceBound, UserDemand::Verified)
        );
    }

    #[test]
    fn what_cannot_be_a_tier_is_named() {
        let model = "fa2b99dc-9e39-4257-8f92-4a30d23c4118";
        let tier = |keys: &str| format!("[[operation.withdraw.tier]]\n{keys}\n");
        let yen = |value: &str| tier(&format!("from = {{ JPY = '{value}' }}"));
        for (text, says) in [
            (tier("from = {}"), "tier.from must name a currency"),
            (yen("2") + &yen("2"), "tier.from.JPY must rise"),
            (yen("2") + &yen("1"), "tier.from.JPY must rise"),
            (yen("0"), "JPY = \"0\": amount is zero"),
            (yen("-1"), "JPY = \"-1\": amount is not a plain"),
            (yen("1.5"), "has more decimals"),
            (tier("from = { YEN = '1' }"), "not an accepted ISO 4217"),
            (yen("1") + "hold_hours = 721", "hold_hours must be 0 to 720"),
            (yen("1") + "require = ['luck']", "luck"),
            (yen("1") + "limit = 1", "limit"),
            (
                format!("passkey = {{ models = ['{model}'] }}\n{}", yen("1"))
                    + "passkey = { models = ['00112233-4455-6677-8899-aabbccddeeff'] }",
                "tier.passkey.models must be among",
            ),
            (yen("1") + "require = ['transaction_pin']", "[pin]"),
        ] {
            let said = with(&text).unwrap_err();
            assert!(said.contains(says), "{text}: {said}");
        }
        let text = include_str!("../jsda-2025.toml");
        let two = text.replacen("payee = \"payout_account\"", "payee = \"money\"", 1);
        let said = Policy::parse(&two).unwrap_err().to_string();
        assert!(
            said.contains("withdraw.fields may have one amount"),
            "{said}"
        );
    }
}
