//! Features: what the rules look at, computed from facts alone.
//!
//! **Invariant:** missing data is `unknown` and said so; it is never taken for "harmless" or
//! "known".

use serde::{Deserialize, Serialize};

use super::evidence::{Because, Evidence, Scores};
use super::paced::PaceSeen;
use super::rare::{Rare, Setting};
use super::travel::Travel;
use super::unlikely::of_attempt;
use crate::context::{Accord, Context};
use crate::known::{Grown, RiskKnown, Strange, TraitKnown};
use crate::moment::{Moment, Span};
use crate::places::Listed;
use crate::policy::{OperationEffect, Policy};
use crate::sighting::{Trait, TraitKind};

/// Whether a customer was seen with a trait before. Only accesses that ended well count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Familiarity {
    /// Seen before, it ended well, and that is long enough ago
    /// ([`crate::policy::RiskPolicy::settle_hours`]).
    Known,
    /// It ended well a short time ago for the first time: perhaps a thief's own sign-in.
    Recent,
    /// Not seen before.
    New,
    /// The trait itself is not known: no address given, no address file, no device.
    #[default]
    Unknown,
}

impl Familiarity {
    /// Whether it was seen before and ended well, however short a time ago: enough not to ask for
    /// more proof, not enough to let money go.
    #[must_use]
    pub const fn is_familiar(self) -> bool {
        matches!(self, Self::Known | Self::Recent)
    }
}

/// What an attempt is about, beside its place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Subject<'a> {
    /// What the operation does; `None` for signing in.
    pub effect: Option<OperationEffect>,
    /// Its amount in minor units.
    pub amount: Option<i64>,
    /// Keyed index of its payout account.
    pub payout: Option<[u8; 16]>,
    /// When a way to reach the customer was last added or replaced.
    pub contact_changed: Option<Moment>,
    /// When a transaction PIN was last set without the one before.
    pub pin_recovered: Option<Moment>,
    /// How long ago a first success must be to count as settled.
    pub settle: Span,
    /// The forest by which it is told what is rare in itself.
    pub forest: Option<&'a Grown>,
}

impl<'a> Subject<'a> {
    /// A visit that is about nothing but who is there.
    #[must_use]
    pub fn of(policy: &'a Policy) -> Self {
        Self {
            settle: policy.settle(),
            forest: policy.forest.as_ref(),
            ..Self::default()
        }
    }

    fn rare(&self, known: &RiskKnown, at: Moment) -> Option<Rare> {
        let forest = &self.forest?.forest;
        let traits: Vec<Trait> = known.traits.iter().map(|known| known.seen).collect();
        let setting = Setting::of(&traits, at, &known.population)?;
        forest.score(&setting.row_of(forest.columns()))
    }
}

/// Everything the rules look at. Stored with the entry as JSON, so that a decision can be explained
/// and taken again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Features {
    /// The address.
    pub address: Familiarity,
    /// Its /24 or /48.
    pub network: Familiarity,
    /// Its autonomous system.
    pub system: Familiarity,
    /// Its country.
    pub country: Familiarity,
    /// The device.
    pub device: Familiarity,
    /// Browser and system family.
    pub client: Familiarity,
    /// Accesses of the customer that ended well.
    pub history: i64,
    /// Other customers at the address, counted up to 20.
    pub address_others: u32,
    /// Other customers with the payout account, counted up to 20.
    pub payout_others: u32,
    /// Failures from the address in the last ten to twenty minutes.
    pub address_failures: u32,
    /// Hours since the payout account was changed.
    pub payout_change_hours: Option<i64>,
    /// Whether that change came from a place that was new then.
    pub payout_change_strange: bool,
    /// Hours since a way to reach the customer was added or replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_change_hours: Option<i64>,
    /// Hours since a transaction PIN was set without the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin_recovery_hours: Option<i64>,
    /// The account that money would go to.
    pub payee: Familiarity,
    /// Keyed index of that account in hexadecimal; not judged, kept so that an outcome can teach
    /// it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payout: Option<String>,
    /// Those of the other payees of a batch, for the same reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payouts: Vec<String>,
    /// Whether anything about this customer is known for long enough.
    pub settled: bool,
    /// The amount in minor units.
    pub amount: Option<i64>,
    /// The largest amount before.
    pub largest: Option<i64>,
    /// What the operation does.
    pub effect: Option<OperationEffect>,
    /// Whether fraud was reported from the address or the device, by anybody.
    pub place_reported: bool,
    /// Whether fraud was reported from the device or with the payout account, by anybody.
    pub party_reported: bool,
    /// What the windows said; `None` where none is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pace: Option<PaceSeen>,
    /// On which lists the address stands.
    #[serde(skip_serializing_if = "Listed::is_silent")]
    pub listed: Listed,
    /// Whether address files disagree where it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub torn: bool,
    /// The way from where the customer last was; `None` where there is none, or no file with
    /// coordinates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub travel: Option<Travel>,
    /// How much each kind of evidence speaks against the attempt, where it can be said.
    #[serde(skip_serializing_if = "Scores::is_silent")]
    pub scores: Scores,
    /// Why; not judged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Because>,
    /// Which forest said what is rare; not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forest: Option<i64>,
}

impl Features {
    /// Keyed indexes of every account that money would go to.
    pub fn payees(&self) -> impl Iterator<Item = [u8; 16]> {
        let payees = self.payout.iter().chain(&self.payouts);
        payees.filter_map(|text| payout_index(text))
    }

    /// The same, with every payee of a batch.
    #[must_use]
    pub fn of_batch(self, payees: impl Iterator<Item = [u8; 16]>) -> Self {
        let mut all = payees.map(hexadecimal);
        let (payout, payouts) = (all.next(), all.collect());
        Self {
            payout,
            payouts,
            ..self
        }
    }

    /// Computes the features of an attempt at `at`.
    #[must_use]
    pub fn of(context: &Context, known: &RiskKnown, subject: Subject<'_>, at: Moment) -> Self {
        let find = |kind: TraitKind| known.traits.iter().find(|known| known.seen.kind == kind);
        let familiarity = |kind: TraitKind| match find(kind) {
            Some(known) => familiarity_of(known, at, subject.settle),
            None => Familiarity::Unknown,
        };
        let others = |kind: TraitKind| find(kind).map_or(0, |known| known.others);
        let change = known.payout_change;
        let evidence = Evidence {
            unlikely: of_attempt(known),
            rare: subject.rare(known, at),
            pace: None,
        };
        let device = if context.device.is_some() {
            familiarity(TraitKind::Device)
        } else {
            Familiarity::Unknown
        };
        Self {
            address: familiarity(TraitKind::Address),
            network: familiarity(TraitKind::Network),
            system: familiarity(TraitKind::System),
            country: familiarity(TraitKind::Country),
            device,
            client: familiarity(TraitKind::Client),
            history: find(TraitKind::All)
                .and_then(|known| known.own)
                .map_or(0, |own| own.successes),
            address_others: others(TraitKind::Address),
            payout_others: others(TraitKind::PayoutAccount),
            address_failures: known.address_failures,
            payout_change_hours: change.map(|change| at.since(change.at).as_seconds() / 3600),
            payout_change_strange: change.is_some_and(|change| change.strange == Strange::New),
            contact_change_hours: subject
                .contact_changed
                .map(|changed| at.since(changed).as_seconds() / 3600),
            pin_recovery_hours: subject
                .pin_recovered
                .map(|recovered| at.since(recovered).as_seconds() / 3600),
            payee: familiarity(TraitKind::PayoutAccount),
            payout: subject.payout.map(hexadecimal),
            payouts: Vec::new(),
            settled: familiarity(TraitKind::All) == Familiarity::Known,
            amount: subject.amount,
            largest: known.largest,
            effect: subject.effect,
            place_reported: known.place_reported || known.device_reported,
            party_reported: known.device_reported || known.payee_reported,
            pace: known.pace,
            listed: context.place.listed,
            torn: context.place.accord == Accord::Torn,
            travel: known
                .previous
                .and_then(|previous| Travel::of(&context.place, &previous, at)),
            scores: evidence.scores(),
            because: evidence.because(),
            forest: evidence
                .rare
                .as_ref()
                .and(subject.forest)
                .map(|known| known.version),
        }
    }

    /// Whether the place is new for this customer: neither the device nor the network was seen
    /// before, and nothing says that it is the customer's usual network operator with a usual
    /// client. Enough to ask for more proof.
    #[must_use]
    pub fn is_strange_place(&self) -> bool {
        let usual_operator = self.system.is_familiar() && self.client.is_familiar();
        self.history > 0
            && !self.device.is_familiar()
            && self.network == Familiarity::New
            && !usual_operator
    }

    /// Whether the place has been the customer's for long enough to let money go from it. A thief's
    /// own sign-in does not make it so, and missing data does not either.
    #[must_use]
    pub fn is_settled_place(&self) -> bool {
        let usual_operator = self.system == Familiarity::Known && self.client == Familiarity::Known;
        self.device == Familiarity::Known || self.network == Familiarity::Known || usual_operator
    }

    /// Whether the place has been the customer's for long enough to vouch for what is added there.
    /// A network operator does not make it so, since which one it is can be chosen; nor does a
    /// program.
    #[must_use]
    pub fn is_own_place(&self) -> bool {
        self.device == Familiarity::Known || self.network == Familiarity::Known
    }

    /// Whether an operation comes from a place that is not settled, as it is stored with the
    /// operation.
    #[must_use]
    pub fn strange(&self) -> Strange {
        if self.is_settled_place() {
            Strange::Known
        } else {
            Strange::New
        }
    }

    /// Compact JSON for the entry.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

fn familiarity_of(known: &TraitKnown, at: Moment, settle: Span) -> Familiarity {
    let well = known.own.filter(|own| own.successes > 0);
    match well.and_then(|own| own.first_success) {
        Some(first) if at.since(first) >= settle => Familiarity::Known,
        Some(_) => Familiarity::Recent,
        None => Familiarity::New,
    }
}

fn hexadecimal(index: [u8; 16]) -> String {
    index.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The index that [`Features::payout`] holds.
#[must_use]
pub fn payout_index(text: &str) -> Option<[u8; 16]> {
    let mut index = [0; 16];
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    for (place, byte) in index.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[place * 2..place * 2 + 2], 16).ok()?;
    }
    Some(index)
}
