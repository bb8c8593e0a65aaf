//! Signals: who else was seen with what a customer registers, and the list for staff.
//!
//! **Invariant:** nothing that a customer is answered depends on what is gathered here.

use sekisho_core::change::{Change, SignalChange};
use sekisho_core::context::Terminal;
use sekisho_core::decision::Decision;
use sekisho_core::entry::Entry;
use sekisho_core::id::CustomerId;
use sekisho_core::known::{CrowdKnown, SignalKnown};
use sekisho_core::policy::OperationEffect;
use sekisho_core::risk::Features;
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::sign_up::Newcomer;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_seal::token::{Token, TokenKind};
use sekisho_store::SignalQuestion;
use serde_json::json;

use super::staff::{StaffAnswer, StaffClaim};
use crate::fault::Fault;
use crate::gate::Gate;
use crate::visitor::Visitor;

/// Counts the signals of a decision that landed.
pub(crate) fn counted(decision: &Decision) {
    for change in &decision.changes {
        if let Change::Signal(SignalChange::Raised(signal)) = change {
            let kind = signal.crowd.seen.kind.word();
            metrics::counter!("sekisho_signals_total", "kind" => kind).increment(1);
        }
    }
}

impl Gate {
    /// Signals, the newest first, to a person who proves who they are and says why; both are in
    /// the record before a row is read.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn signals(
        &self,
        claim: &StaffClaim,
        asked: &SignalQuestion,
        ground: Ground,
    ) -> Result<StaffAnswer<Vec<SignalKnown>>, Fault> {
        let wanted = json!({
            "signals": asked.kind.map(TraitKind::word),
            "customer": asked.customer.as_ref().map(Reference::as_str),
            "since": asked.since,
            "most": asked.most,
        });
        Ok(match self.sweeper(claim.into(), ground, wanted).await? {
            StaffAnswer::Done(_) => StaffAnswer::Done(self.store().signals(asked).await?),
            other => other.map(|_| Vec::new()),
        })
    }

    /// Who beside `customer` was seen with these payout accounts.
    pub(crate) async fn crowd_of(
        &self,
        customer: CustomerId,
        payouts: &[[u8; 16]],
    ) -> Result<Vec<CrowdKnown>, Fault> {
        let traits = payouts.iter().copied().map(Trait::of_payout_account);
        let traits: Vec<_> = traits.collect();
        Ok(self.store().crowd(customer, &traits).await?)
    }

    /// The same of what a decision was judged by, where it registers one.
    pub(crate) async fn crowd_of_judged(&self, judged: &Entry) -> Result<Vec<CrowdKnown>, Fault> {
        let features: Features = serde_json::from_str(&judged.facts).unwrap_or_default();
        let payees: Vec<_> = features.payees().collect();
        match (judged.customer, features.effect) {
            (Some(customer), Some(OperationEffect::PayoutChange)) => {
                self.crowd_of(customer, &payees).await
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Who else was seen with the phone of a newcomer, and with the device that the browser names.
    pub(crate) async fn crowd_at_sign_up(
        &self,
        newcomer: &Newcomer,
        visitor: &Visitor,
    ) -> Result<Vec<CrowdKnown>, Fault> {
        let device = self.named_device(visitor).await?;
        let traits: Vec<_> = newcomer.phone().into_iter().chain(device).collect();
        Ok(self.store().crowd(newcomer.id, &traits).await?)
    }

    /// The device that a browser names, whoever's it is; not one that its owner gave away, and none
    /// where others use the browser, too.
    async fn named_device(&self, visitor: &Visitor) -> Result<Option<Trait>, Fault> {
        let token = visitor.device.as_deref();
        let token = token.and_then(|text| Token::parse(TokenKind::Device, text));
        let Some(token) = token.filter(|_| visitor.terminal == Terminal::Own) else {
            return Ok(None);
        };
        let known = self.store().device(token.hash()).await?;
        let known = known.filter(|device| device.forgotten.is_none());
        Ok(known.map(|device| Trait::of_device(device.id)))
    }
}
