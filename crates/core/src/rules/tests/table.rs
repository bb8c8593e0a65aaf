//! The shipped rules once more, as plain functions: they judged before there was a language, and
//! the shipped document is held to them.

use crate::policy::{OperationEffect, RiskPolicy};
use crate::reason::Reason;
use crate::risk::{Familiarity, Features};
use crate::verdict::Requirement;

/// What a rule does when it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Waits for a person or for time.
    Hold,
    /// Only its reason is recorded.
    Note,
    /// No.
    Refuse,
    /// More proof.
    StepUp(&'static [Requirement]),
}

/// One rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Why it applies, and its name.
    pub reason: Reason,
    /// When it applies.
    pub applies: fn(&Features, &RiskPolicy) -> bool,
    /// What follows.
    pub effect: Effect,
}

const SECOND: Effect = Effect::StepUp(&[Requirement::SecondFactor]);
const CONFIRM: Effect = Effect::StepUp(&[Requirement::Confirmation]);

/// All shipped rules, in the order in which reasons are reported.
pub const RULES: &[Rule] = &[
    // Nothing known: the first access anywhere is proved with a second factor.
    Rule {
        reason: Reason::FirstAccess,
        applies: |f, _| f.history == 0,
        effect: SECOND,
    },
    Rule {
        reason: Reason::AddressUnknown,
        applies: |f, _| f.network == Familiarity::Unknown,
        effect: Effect::Note,
    },
    // What the firm refuses itself.
    Rule {
        reason: Reason::AddressDenied,
        applies: |f, _| f.listed.deny == Some(true),
        effect: Effect::Refuse,
    },
    // What others wrote down asks for more, where nothing speaks for the place.
    Rule {
        reason: Reason::AddressIndicator,
        applies: |f, _| f.listed.indicator == Some(true) && !f.device.is_familiar() && !vouched(f),
        effect: SECOND,
    },
    Rule {
        reason: Reason::AddressTor,
        applies: |f, _| f.listed.tor == Some(true) && !f.device.is_familiar() && !vouched(f),
        effect: SECOND,
    },
    Rule {
        reason: Reason::AddressHosting,
        applies: |f, _| f.listed.hosting == Some(true) && unknown_place(f) && !vouched(f),
        effect: SECOND,
    },
    Rule {
        reason: Reason::AddressVpn,
        applies: |f, _| f.listed.vpn == Some(true),
        effect: Effect::Note,
    },
    // A guessing attack runs from this address (T-01, T-02); a customer on a known device is not
    // disturbed by it.
    Rule {
        reason: Reason::AddressGuessing,
        applies: |f, risk| f.address_failures >= risk.guessing_failures && !f.device.is_familiar(),
        effect: SECOND,
    },
    // A list is tried from many addresses by one program.
    Rule {
        reason: Reason::PaceHigh,
        applies: |f, _| f.pace.is_some_and(|pace| pace.signals() > 0) && !f.device.is_familiar(),
        effect: SECOND,
    },
    Rule {
        reason: Reason::AddressShared,
        applies: |f, risk| f.address_others >= risk.shared_address,
        effect: Effect::Note,
    },
    // Stolen password used from elsewhere (T-01).
    Rule {
        reason: Reason::NetworkNew,
        applies: |f, _| f.is_strange_place(),
        effect: SECOND,
    },
    Rule {
        reason: Reason::CountryNew,
        applies: |f, _| {
            let new = f.history > 0 && f.country == Familiarity::New;
            new && !f.device.is_familiar() && !vouched(f)
        },
        effect: SECOND,
    },
    Rule {
        reason: Reason::TravelTooFast,
        applies: |f, _| {
            let took = f
                .travel
                .and_then(|way| Some((way.speed()?, way.kilometres()?)));
            let fast = took.is_some_and(|(speed, far)| speed >= 1_000 && far >= 500);
            fast && unknown_place(f) && !vouched(f)
        },
        effect: SECOND,
    },
    Rule {
        reason: Reason::TravelUntold,
        applies: |f, _| f.travel.is_some_and(|way| way.untold().is_some()),
        effect: Effect::Note,
    },
    Rule {
        reason: Reason::PlaceTorn,
        applies: |f, _| f.torn,
        effect: Effect::Note,
    },
    Rule {
        reason: Reason::ClientNew,
        applies: |f, _| f.history > 0 && f.client == Familiarity::New,
        effect: Effect::Note,
    },
    Rule {
        reason: Reason::DeviceNew,
        applies: |f, _| f.history > 0 && f.device == Familiarity::New,
        effect: Effect::Note,
    },
    // Whoever was reported goes on with the next customer (T-55). A carrier's address is shared
    // with honest people, so it only asks for more; a device and an account are not.
    Rule {
        reason: Reason::PlaceReported,
        applies: |f, _| f.place_reported && !f.device.is_familiar(),
        effect: SECOND,
    },
    Rule {
        reason: Reason::PlaceUnlikely,
        applies: |f, risk| is_high(f.scores.unlikely, risk.unlikely) && !f.device.is_familiar(),
        effect: SECOND,
    },
    Rule {
        reason: Reason::PlaceRare,
        applies: |f, risk| is_high(f.scores.rare, risk.rare) && !f.device.is_familiar(),
        effect: SECOND,
    },
    Rule {
        reason: Reason::PartyReported,
        applies: |f, _| f.party_reported && moves_money(f),
        effect: Effect::Hold,
    },
    // The acts by which accounts were really emptied (T-20).
    Rule {
        reason: Reason::WithdrawalNewPlace,
        applies: |f, _| f.effect == Some(OperationEffect::MoneyOut) && f.is_strange_place(),
        effect: CONFIRM,
    },
    Rule {
        reason: Reason::PayoutAccountFresh,
        applies: |f, risk| f.effect == Some(OperationEffect::MoneyOut) && is_fresh(f, risk),
        effect: CONFIRM,
    },
    Rule {
        reason: Reason::PayoutAccountFreshStrange,
        applies: |f, risk| {
            f.effect == Some(OperationEffect::MoneyOut)
                && is_fresh(f, risk)
                && f.payout_change_strange
        },
        effect: Effect::Hold,
    },
    // A thief who has put a phone of their own in the place of the customer's confirms with it:
    // money waits until the customer has had time to read what was sent to the old one.
    Rule {
        reason: Reason::ContactFresh,
        applies: |f, risk| moves_money(f) && is_contact_fresh(f, risk),
        effect: Effect::Hold,
    },
    // The same for whoever says they forgot the transaction PIN.
    Rule {
        reason: Reason::PinFresh,
        applies: |f, risk| moves_money(f) && is_pin_fresh(f, risk),
        effect: Effect::Hold,
    },
    // Money to an account that never got any, from a place that is not settled, though others are.
    // For a customer of whom nothing is settled yet there is no difference to see, and a hold would
    // stop everybody on the first day.
    Rule {
        reason: Reason::PayeeNewPlaceNew,
        applies: |f, _| {
            f.effect == Some(OperationEffect::MoneyOut)
                && f.settled
                && f.payee != Familiarity::Known
                && !f.is_settled_place()
        },
        effect: Effect::Hold,
    },
    Rule {
        reason: Reason::PayoutAccountShared,
        applies: |f, _| moves_money(f) && f.payout_others > 0 && f.payee != Familiarity::Known,
        effect: Effect::Hold,
    },
    Rule {
        reason: Reason::AmountUnusual,
        applies: |f, _| match (f.amount.filter(|_| f.effect.is_some()), f.largest) {
            (Some(amount), Some(largest)) => amount / 10 > largest,
            _ => false,
        },
        effect: CONFIRM,
    },
];

fn vouched(features: &Features) -> bool {
    features.listed.allow == Some(true)
}

fn unknown_place(features: &Features) -> bool {
    !features.device.is_familiar() && !features.network.is_familiar()
}

fn is_high(score: Option<i64>, threshold: u32) -> bool {
    score.is_some_and(|score| score >= i64::from(threshold))
}

fn moves_money(features: &Features) -> bool {
    matches!(
        features.effect,
        Some(OperationEffect::MoneyOut | OperationEffect::PayoutChange)
    )
}

fn is_fresh(features: &Features, risk: &RiskPolicy) -> bool {
    features
        .payout_change_hours
        .is_some_and(|hours| hours < i64::from(risk.payout_fresh_hours))
}

fn is_pin_fresh(features: &Features, risk: &RiskPolicy) -> bool {
    features
        .pin_recovery_hours
        .is_some_and(|hours| hours < i64::from(risk.contact_fresh_hours))
}

fn is_contact_fresh(features: &Features, risk: &RiskPolicy) -> bool {
    features
        .contact_change_hours
        .is_some_and(|hours| hours < i64::from(risk.contact_fresh_hours))
}
