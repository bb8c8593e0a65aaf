//! The catalogue of guarded operations: what the policy says of each kind, by amount.
//!
//! **Invariant:** [`OperationPolicy::demand`] is the one place that says what a kind at an amount
//! needs; asking, confirming and judging take it from there.

mod choice;
mod cooling;
mod demand;
mod limit;
#[cfg(test)]
mod tests;
mod tier;

pub use choice::Choice;
pub use cooling::{After, Cooling, Then};
pub use demand::Demand;
pub use limit::{ALIVE, DAY, Limit, Limits};
pub use tier::{Amounts, Tier};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{PasskeyDemand, Policy, PolicyFault, within};
use crate::access::Act;
use crate::mask::account_number;
use crate::notice::Locale;
use crate::operation::{FieldType, PayoutAccount};
use crate::verdict::Requirement;

/// One kind of guarded operation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationPolicy {
    /// The name shown to customers.
    pub name: Name,
    /// The fields and their types.
    pub fields: BTreeMap<String, FieldType>,
    /// Always required, whatever the risk.
    pub require: Vec<Requirement>,
    /// What the operation does to the payout account.
    pub effect: OperationEffect,
    /// What a passkey has to be that confirms it.
    #[serde(default)]
    pub passkey: PasskeyDemand,
    /// How many minutes old the last proof in the session may be when it is confirmed.
    pub fresh_minutes: Option<u16>,
    /// Hours that every one waits after its confirmation.
    #[serde(default)]
    pub hold_hours: u16,
    /// What it waits for or is refused for, after something was changed.
    #[serde(default)]
    pub cooling: Vec<Cooling>,
    /// The most that one may move, and all within 24 hours.
    #[serde(default)]
    pub limit: Limits,
    /// What the customer may choose.
    #[serde(default)]
    pub choice: Vec<Choice>,
    /// What larger amounts need beside, in rising order.
    #[serde(default)]
    pub tier: Vec<Tier>,
    /// How the number of an account is shown to whoever confirms.
    #[serde(default)]
    pub payee_number: PayeeNumber,
}

/// How the number of an account is shown on the page that confirms an operation. Messages and lists
/// mask it always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayeeNumber {
    /// Its last three digits: for accounts that were registered before, where nobody who looks over
    /// a shoulder or took over the session is to learn the rest.
    Masked,
    /// All of it: who confirms sees what is confirmed (PSD2 RTS article 5(1)(a)).
    #[default]
    Whole,
}

/// A text in both languages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

impl Name {
    /// The text in `locale`.
    #[must_use]
    pub fn in_locale(&self, locale: Locale) -> &str {
        match locale {
            Locale::En => &self.en,
            Locale::Ja => &self.ja,
        }
    }
}

/// What an operation does, as far as the rules must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationEffect {
    /// Money leaves to the payout account.
    MoneyOut,
    /// The payout account becomes another one.
    PayoutChange,
    /// Neither.
    Other,
}

/// Most hours that a rule of the catalogue lets an operation wait: thirty days.
const MOST_HOURS: u16 = 720;

impl OperationPolicy {
    /// A kind with nothing but its fields and what it always requires.
    #[must_use]
    pub fn plain(
        name: Name,
        fields: BTreeMap<String, FieldType>,
        require: Vec<Requirement>,
        effect: OperationEffect,
    ) -> Self {
        Self {
            name,
            fields,
            require,
            effect,
            passkey: PasskeyDemand::default(),
            fresh_minutes: None,
            hold_hours: 0,
            payee_number: PayeeNumber::Whole,
            cooling: Vec::new(),
            limit: Limits::default(),
            choice: Vec::new(),
            tier: Vec::new(),
        }
    }

    /// Whether customers may set limits or choices of their own.
    #[must_use]
    pub fn is_own(&self) -> bool {
        !self.limit.is_empty() || !self.choice.is_empty()
    }

    /// Whether it is ever asked for, at any amount.
    pub(super) fn asks(&self, wanted: Requirement) -> bool {
        let tiers = self.tier.iter().flat_map(|tier| &tier.require);
        let chosen = self.choice.contains(&Choice::Ask(wanted));
        chosen || self.require.iter().chain(tiers).any(|one| *one == wanted)
    }

    /// Everything that a passkey may have to be, at any amount.
    pub fn passkeys(&self) -> impl Iterator<Item = &PasskeyDemand> {
        let tiers = self.tier.iter().filter_map(|tier| tier.passkey.as_ref());
        std::iter::once(&self.passkey).chain(tiers)
    }

    /// What is wrong with it by itself: the key below its own, and the rest of a sentence.
    fn problem(&self) -> Option<(String, &'static str)> {
        let of = |key: &str, problem| Some((key.to_owned(), problem));
        if self.fields.is_empty() {
            return of("fields", "must have at least one field");
        }
        let types = self.fields.iter();
        let mut wrong = types.filter_map(|(name, kind)| Some((name, kind.problem()?)));
        if let Some((name, problem)) = wrong.next() {
            return Some((format!("fields.{name}"), problem));
        }
        let waits = [self.hold_hours].into_iter();
        let mut waits = waits.chain(self.tier.iter().map(|tier| tier.hold_hours));
        if waits.any(|hours| hours > MOST_HOURS) {
            return of("hold_hours", "must be 0 to 720");
        }
        let fresh = self.tier.iter().map(|tier| tier.fresh_minutes);
        let mut fresh = fresh.chain([self.fresh_minutes]).flatten();
        if fresh.any(|minutes| !within(minutes, 720)) {
            return of("fresh_minutes", "must be 1 to 720");
        }
        let cooling = self.tier.iter().flat_map(|tier| &tier.cooling);
        let mut cooling = cooling.chain(&self.cooling);
        if cooling.any(|one| !within(one.hours, MOST_HOURS)) {
            return of("cooling", "needs hours of 1 to 720");
        }
        let many =
            |wanted: fn(&FieldType) -> bool| self.fields.values().filter(|f| wanted(f)).count();
        let amounts = many(|field| matches!(field, FieldType::Money | FieldType::Payments));
        let payees = many(|field| matches!(field, FieldType::PayoutAccount | FieldType::Payments));
        // Pages, messages and rules look at one of each; a second one would be confirmed unseen.
        if amounts > 1 || payees > 1 {
            return of(
                "fields",
                "may have one amount and one account, or one batch of payments",
            );
        }
        if (!self.tier.is_empty() || !self.limit.is_empty()) && amounts != 1 {
            return of(
                "fields",
                "needs one of the type money or payments for tiers and limits",
            );
        }
        if self.payee_number == PayeeNumber::Masked && self.effect == OperationEffect::PayoutChange
        {
            return of(
                "payee_number",
                "must be whole where the account is a new one",
            );
        }
        tier::problem(&self.tier, &self.passkey)
    }

    /// An account as whoever confirms it sees it.
    #[must_use]
    pub fn seen(&self, account: &PayoutAccount) -> PayoutAccount {
        let mut seen = account.clone();
        if self.payee_number == PayeeNumber::Masked {
            seen.number = account_number(&account.number);
        }
        seen
    }
}

impl Policy {
    /// Whether every kind of the catalogue is one.
    pub(super) fn check_operations(&self) -> Result<(), PolicyFault> {
        for (kind, operation) in &self.operation {
            let key = format!("operation.{}", kind.as_str());
            let own = operation
                .problem()
                .map(|(below, problem)| (format!("{key}.{below}"), problem));
            let named = !matches!(Act::parse(kind.as_str()), Some(Act::Operate(_)));
            let locked = self.passkey.problem(operation);
            let chosen = operation.choice.contains(&Choice::None)
                && self.passkey.lock.contains(&operation.effect);
            let locked = locked.or(chosen.then_some(
                "must not let customers choose none, since passkey.lock has its effect",
            ));
            let problem = named
                .then_some("has the name of a built-in act")
                .or(locked)
                .map(|problem| (key, problem));
            if let Some((key, problem)) = problem.or(own) {
                return Err(PolicyFault::Bound { key, problem });
            }
        }
        Ok(())
    }
}
