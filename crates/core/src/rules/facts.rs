//! The facts that rules can name: one line of one table each, and the flat row that holds their
//! values for one attempt.
//!
//! **Invariant:** what is not known has no value here, so that no rule can take it for harmless by
//! accident.

use super::program::Truth;
use crate::moment::{Moment, Span};
use crate::policy::{OperationEffect, RiskPolicy};
use crate::risk::pace::Pace;
use crate::risk::paced::PaceSeen;
use crate::risk::travel::{Travel, Untold};
use crate::risk::{Familiarity, Features};

/// What the value of a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Flag,
    /// A point in time.
    Moment,
    /// A number with a fraction.
    Real,
    /// A length of time.
    Span,
    /// Any text.
    Text,
    /// A whole number.
    Whole,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// The value of a fact for one attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// True or false.
    Flag(bool),
    /// A point in time.
    Moment(Moment),
    /// A number with a fraction.
    Real(f64),
    /// A length of time.
    Span(Span),
    /// Any text.
    Text(&'a str),
    /// Not known.
    Unknown,
    /// A whole number.
    Whole(i64),
    /// The word with this place in the list of the kind.
    Word(usize),
}

/// What an attempt is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// What was found out about it.
    pub features: &'a Features,
    /// The thresholds of the policy.
    pub risk: &'a RiskPolicy,
}

/// A fact that rules can name.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// Whether it may be unknown.
    pub optional: bool,
    /// Its value.
    pub read: for<'a> fn(&Given<'a>) -> Value<'a>,
    /// What it means, with its unit, for people who write rules.
    pub meaning: &'static str,
}

const SEEN: Kind = Kind::Word(&["known", "recent", "new"]);
const UNTOLD: Kind = Kind::Word(&["unplaced", "torn", "relayed"]);
const EFFECT: Kind = Kind::Word(&["money_out", "payout_change", "other"]);

/// One line of the table.
macro_rules! facts {
    ($($name:literal $kind:ident $meaning:literal: $given:ident => $read:expr;)*) => {
        /// Every fact that rules can name.
        pub const FACTS: &[Fact] = &[$(Fact {
            name: $name,
            kind: kind!($kind),
            optional: optional!($kind),
            read: |$given| $read,
            meaning: $meaning,
        },)*];
    };
}

macro_rules! kind {
    (Seen) => {
        SEEN
    };
    (Effect) => {
        EFFECT
    };
    (Untold) => {
        UNTOLD
    };
    (MaybeFlag) => {
        Kind::Flag
    };
    (MaybeSpan) => {
        Kind::Span
    };
    (MaybeWhole) => {
        Kind::Whole
    };
    ($kind:ident) => {
        Kind::$kind
    };
}

macro_rules! optional {
    (Flag) => {
        false
    };
    (Span) => {
        false
    };
    (Whole) => {
        false
    };
    ($kind:ident) => {
        true
    };
}

facts! {
    "address.seen" Seen "the address, for this customer": g => seen(g.features.address);
    "address.others" Whole "other customers at the address, up to 20":
        g => Value::Whole(g.features.address_others.into());
    "address.failures" Whole "failures from the address in the last ten to twenty minutes":
        g => Value::Whole(g.features.address_failures.into());
    "address.listed_tor" MaybeFlag "it is an exit of Tor; not known without a list of them":
        g => flag(g.features.listed.tor);
    "address.listed_vpn" MaybeFlag "it is of a service that hides places; not known without a list":
        g => flag(g.features.listed.vpn);
    "address.listed_hosting" MaybeFlag "it is a rented server; not known without a list":
        g => flag(g.features.listed.hosting);
    "address.listed_moving" MaybeFlag "its place is not that of the people there, as in aircraft; \
                                       not known without a list":
        g => flag(g.features.listed.moving);
    "address.listed_allow" MaybeFlag "the firm vouches for it; not known without such a list":
        g => flag(g.features.listed.allow);
    "address.listed_deny" MaybeFlag "the firm refuses it; not known without such a list":
        g => flag(g.features.listed.deny);
    "address.indicator" MaybeFlag "a threat indicator that has not expired names it; not known \
                                   without a file of them":
        g => flag(g.features.listed.indicator);
    "network.seen" Seen "its /24 or /48; not known without an address":
        g => seen(g.features.network);
    "system.seen" Seen "its network operator (AS); not known without an address file":
        g => seen(g.features.system);
    "country.seen" Seen "its country; not known without an address file":
        g => seen(g.features.country);
    "place.torn" Flag "address files disagree on its country or its coordinates":
        g => Value::Flag(g.features.torn);
    "travel.kilometres" MaybeWhole "from where the customer last was, less both radii; not known \
                                    where travel.untold is, nor without a file with coordinates":
        g => whole(g.features.travel.as_ref().and_then(Travel::kilometres));
    "travel.speed" MaybeWhole "kilometres an hour that this took at least":
        g => whole(g.features.travel.as_ref().and_then(Travel::speed));
    "travel.untold" Untold "why that cannot be told: no coordinates, files disagree, or one of both \
                            is on a list of tor, vpn, hosting or moving":
        g => untold(g.features.travel.as_ref().and_then(Travel::untold));
    "device.seen" Seen "the device; not known where none was presented":
        g => seen(g.features.device);
    "client.seen" Seen "the family of browser and system": g => seen(g.features.client);
    "place.reported" Flag "fraud was reported from the address or the device, by anybody":
        g => Value::Flag(g.features.place_reported);
    "party.reported" Flag "fraud was reported from the device or with the payee, by anybody":
        g => Value::Flag(g.features.party_reported);
    "customer.history" Whole "accesses of the customer that ended well":
        g => Value::Whole(g.features.history);
    "customer.settled" Flag "anything about the customer is known for risk.settle_hours":
        g => Value::Flag(g.features.settled);
    "contact.changed_ago" MaybeSpan "since a way to reach the customer was added or replaced, \
                                     in whole hours; not known where none was":
        g => hours(g.features.contact_change_hours);
    "pin.recovered_ago" MaybeSpan "since a transaction PIN was set without the one before, in \
                                   whole hours; not known where none was":
        g => hours(g.features.pin_recovery_hours);
    "payout.changed_ago" MaybeSpan "since the payout account was changed, in whole hours; not \
                                    known where it never was":
        g => hours(g.features.payout_change_hours);
    "payout.changed_strange" Flag "that change came from a place that was new then":
        g => Value::Flag(g.features.payout_change_strange);
    "payee.seen" Seen "the account that money would go to; not known where there is none":
        g => seen(g.features.payee);
    "payee.others" Whole "other customers with that account, up to 20":
        g => Value::Whole(g.features.payout_others.into());
    "operation.effect" Effect "what the operation does; not known at a sign-in":
        g => effect(g.features.effect);
    "operation.amount" MaybeWhole "its amount in minor units; not known where it has none":
        g => whole(g.features.amount);
    "operation.largest" MaybeWhole "the largest amount completed before, of the same kind, in \
                                    minor units; not known before the first":
        g => whole(g.features.largest);
    "pace.score" MaybeWhole "how much is too fast or too many, 0 to 999; not known while no \
                             windows are kept":
        g => paced(g, |seen| Some(seen.score));
    "pace.signals" MaybeWhole "how many of the eight kinds below are at 1000 or more":
        g => paced(g, |seen| Some(seen.signals()));
    "pace.address_failures" MaybeWhole "failures from the address in ten minutes beyond the usual; \
                                        1000 is just too many, as in all that follow":
        g => paced(g, |seen| seen.of_one(Pace::AddressFailures));
    "pace.address_accounts" MaybeWhole "accounts that failed from the address in ten minutes":
        g => paced(g, |seen| seen.of_one(Pace::AddressAccounts));
    "pace.address_day_accounts" MaybeWhole "accounts that failed from the address in a day":
        g => paced(g, |seen| seen.of_one(Pace::AddressDayAccounts));
    "pace.network_failures" MaybeWhole "failures from its /24 or /48 in an hour":
        g => paced(g, |seen| seen.of_one(Pace::NetworkFailures));
    "pace.crowd_failures" MaybeWhole "failures of the client family at the network operator in a \
                                      day; not known without an address file":
        g => paced(g, |seen| seen.of_one(Pace::CrowdFailures));
    "pace.agent_failures" MaybeWhole "failures of the very same user agent in a day":
        g => paced(g, |seen| seen.of_one(Pace::AgentFailures));
    "pace.account_failures" MaybeWhole "failures for the account in an hour, whoever it is":
        g => paced(g, |seen| seen.of_one(Pace::AccountFailures));
    "pace.device_accounts" MaybeWhole "accounts that failed on the device in a day":
        g => paced(g, |seen| seen.of_one(Pace::DeviceAccounts));
    "evidence.unlikely" MaybeWhole "how much likelier it is somebody else, in thousandths: 1000 is \
                                    as likely; not known at a first access, nor while nothing is \
                                    counted of everybody":
        g => whole(g.features.scores.unlikely);
    "evidence.rare" MaybeWhole "how unlike all others it is, from 0 to 1000: an ordinary one has \
                                about 500; not known without a forest":
        g => whole(g.features.scores.rare);
    "policy.unlikely" Whole "risk.unlikely of the policy":
        g => Value::Whole(g.risk.unlikely.into());
    "policy.rare" Whole "risk.rare of the policy": g => Value::Whole(g.risk.rare.into());
    "policy.guessing_failures" Whole "risk.guessing_failures of the policy":
        g => Value::Whole(g.risk.guessing_failures.into());
    "policy.shared_address" Whole "risk.shared_address of the policy":
        g => Value::Whole(g.risk.shared_address.into());
    "policy.payout_fresh" Span "risk.payout_fresh_hours of the policy":
        g => hours(Some(g.risk.payout_fresh_hours.into()));
    "policy.contact_fresh" Span "risk.contact_fresh_hours of the policy":
        g => hours(Some(g.risk.contact_fresh_hours.into()));
}

fn seen(familiarity: Familiarity) -> Value<'static> {
    match familiarity {
        Familiarity::Known => Value::Word(0),
        Familiarity::Recent => Value::Word(1),
        Familiarity::New => Value::Word(2),
        Familiarity::Unknown => Value::Unknown,
    }
}

fn effect(effect: Option<OperationEffect>) -> Value<'static> {
    match effect {
        Some(OperationEffect::MoneyOut) => Value::Word(0),
        Some(OperationEffect::PayoutChange) => Value::Word(1),
        Some(OperationEffect::Other) => Value::Word(2),
        None => Value::Unknown,
    }
}

fn flag(flag: Option<bool>) -> Value<'static> {
    flag.map_or(Value::Unknown, Value::Flag)
}

fn untold(untold: Option<Untold>) -> Value<'static> {
    match untold {
        Some(Untold::Unplaced) => Value::Word(0),
        Some(Untold::Torn) => Value::Word(1),
        Some(Untold::Relayed) => Value::Word(2),
        None => Value::Unknown,
    }
}

fn hours(hours: Option<i64>) -> Value<'static> {
    hours.map_or(Value::Unknown, |hours| Value::Span(Span::hours(hours)))
}

fn paced(given: &Given<'_>, read: impl Fn(&PaceSeen) -> Option<i64>) -> Value<'static> {
    whole(given.features.pace.as_ref().and_then(read))
}

fn whole(whole: Option<i64>) -> Value<'static> {
    whole.map_or(Value::Unknown, Value::Whole)
}

/// Most facts of the table.
pub const MOST_FACTS: usize = 96;
/// Most texts among them.
const MOST_TEXTS: usize = 8;
/// Most conditions and signals with a name.
pub const MOST_NAMED: usize = 128;
/// How many scores there are: the total, and one a kind of evidence.
pub const SCORES: usize = 5;

/// The values of all facts for one attempt, with what was found of the names of a document.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    known: u128,
    cells: [i64; MOST_FACTS],
    texts: [&'a str; MOST_TEXTS],
    written: usize,
    pub(super) named: [Truth; MOST_NAMED],
    pub(super) scores: [i64; SCORES],
}

impl Default for Row<'_> {
    fn default() -> Self {
        Self {
            known: 0,
            cells: [0; MOST_FACTS],
            texts: [""; MOST_TEXTS],
            written: 0,
            named: [Truth::Unknown; MOST_NAMED],
            scores: [0; SCORES],
        }
    }
}

impl<'a> Row<'a> {
    /// Gives the fact with this place in the table a value; of more texts than there is room for
    /// the rest is not known.
    pub fn set(&mut self, fact: usize, value: Value<'a>) {
        let cell = match value {
            Value::Unknown => return,
            Value::Flag(flag) => i64::from(flag),
            Value::Moment(moment) => moment.0,
            Value::Real(real) => real.to_bits().cast_signed(),
            Value::Span(span) => span.0,
            Value::Whole(whole) => whole,
            Value::Word(word) => i64::try_from(word).unwrap_or(i64::MAX),
            Value::Text(text) => {
                let Some(place) = self.texts.get_mut(self.written) else {
                    return;
                };
                *place = text;
                self.written += 1;
                i64::try_from(self.written - 1).unwrap_or(0)
            }
        };
        if let Some(place) = self.cells.get_mut(fact) {
            *place = cell;
            self.known |= 1 << fact;
        }
    }

    #[inline]
    pub(super) fn cell(&self, fact: u8) -> Option<i64> {
        let known = self.known >> fact & 1 == 1;
        known.then(|| self.cells.get(usize::from(fact)).copied())?
    }

    #[inline]
    pub(super) fn knows(&self, fact: u8) -> bool {
        self.known >> fact & 1 == 1
    }

    pub(super) fn text(&self, fact: u8) -> Option<&'a str> {
        let place = usize::try_from(self.cell(fact)?).ok()?;
        self.texts.get(place).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_there_is_room_for_all() {
        assert!(FACTS.len() <= MOST_FACTS);
        for (place, fact) in FACTS.iter().enumerate() {
            assert!(
                FACTS
                    .iter()
                    .skip(place + 1)
                    .all(|other| other.name != fact.name)
            );
            assert_eq!(fact.name.split('.').count(), 2, "{}", fact.name);
        }
        let texts = FACTS.iter().filter(|fact| fact.kind == Kind::Text);
        assert!(texts.count() <= MOST_TEXTS);
    }
}
