//! Features: what the rules look at, computed from facts alone.
//!
//! **Invariant:** missing data is `unknown` and said so; it is never taken for "harmless" or
//! "known".

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::known::{RiskKnown, Strange, TraitKnown};
use crate::moment::Moment;
use crate::policy::OperationEffect;
use crate::sighting::TraitKind;

/// Whether a customer was seen with a trait before. Only accesses that ended well count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Familiarity {
    /// Seen before, and it ended well.
    Known,
    /// Not seen before.
    New,
    /// The trait itself is not known: no address given, no address file, no device.
    #[default]
    Unknown,
}

/// What an attempt is about, beside its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// What the operation does; `None` for signing in.
    pub effect: Option<OperationEffect>,
    /// Its amount in minor units.
    pub amount: Option<i64>,
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
    /// The amount in minor units.
    pub amount: Option<i64>,
    /// The largest amount before.
    pub largest: Option<i64>,
    /// What the operation does.
    pub effect: Option<OperationEffect>,
}

impl Features {
    /// Computes the features of an attempt at `at`.
    #[must_use]
    pub fn of(context: &Context, known: &RiskKnown, subject: Subject, at: Moment) -> Self {
        let find = |kind: TraitKind| known.traits.iter().find(|known| known.seen.kind == kind);
        let familiarity = |kind: TraitKind| match find(kind) {
            Some(TraitKnown { own: Some(own), .. }) if own.successes > 0 => Familiarity::Known,
            Some(_) => Familiarity::New,
            None => Familiarity::Unknown,
        };
        let others = |kind: TraitKind| find(kind).map_or(0, |known| known.others);
        let change = known.payout_change;
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
            amount: subject.amount,
            largest: known.largest,
            effect: subject.effect,
        }
    }

    /// Whether the place is new for this customer: neither the device nor the network was seen
    /// before, and nothing says that it is the customer's usual network operator with a usual
    /// client.
    #[must_use]
    pub fn is_strange_place(&self) -> bool {
        let usual_operator = self.system == Familiarity::Known && self.client == Familiarity::Known;
        self.history > 0
            && self.device != Familiarity::Known
            && self.network == Familiarity::New
            && !usual_operator
    }

    /// [`Features::is_strange_place`] as it is stored with an operation.
    #[must_use]
    pub fn strange(&self) -> Strange {
        if self.is_strange_place() {
            Strange::New
        } else {
            Strange::Known
        }
    }

    /// Compact JSON for the entry.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}
