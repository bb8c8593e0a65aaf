//! From how many other customers on something shared is a signal, and what follows for payout
//! accounts.
//!
//! **Invariant:** a signal by itself changes no verdict.

use serde::Deserialize;

use super::OperationEffect;
use crate::known::MOST_OTHERS;
use crate::reason::Reason;
use crate::risk::Features;
use crate::sighting::TraitKind;

/// Signals of what other customers use, too.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalPolicy {
    /// Other customers with a phone number from which staff are told.
    pub phone: u32,
    /// Other customers with a payout account, likewise.
    pub payout_account: u32,
    /// Other customers on a device, likewise.
    pub device: u32,
    /// What becomes of the registration or change of a payout account that so many others use.
    pub shared_account: SharedAccount,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SharedAccount {
    /// It waits.
    Hold,
    /// Staff are told, and nothing else.
    Note,
}

impl SignalPolicy {
    /// From how many others on a trait of this kind is a signal.
    #[must_use]
    pub const fn threshold(&self, kind: TraitKind) -> Option<u32> {
        match kind {
            TraitKind::Phone => Some(self.phone),
            TraitKind::PayoutAccount => Some(self.payout_account),
            TraitKind::Device => Some(self.device),
            _ => None,
        }
    }

    /// Whether a rule only notes this reason here: where a shared account is registered, this
    /// section says what follows. Money that moves there is judged by the rule.
    #[must_use]
    pub fn only_notes(&self, reason: Reason, features: &Features) -> bool {
        let few = features.payout_others < self.payout_account;
        reason == Reason::PayoutAccountShared
            && features.effect == Some(OperationEffect::PayoutChange)
            && (few || self.shared_account == SharedAccount::Note)
    }

    pub(super) fn bound(&self) -> (bool, &'static str, &'static str) {
        let all = [self.phone, self.payout_account, self.device];
        (
            all.iter().all(|least| (1..=MOST_OTHERS).contains(least)),
            "signal",
            "needs phone, payout_account and device of 1 to 20, where counting stops",
        )
    }
}
