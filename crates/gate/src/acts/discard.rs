//! The act "discard" by staff: the passkeys of a customer who lost them.
//!
//! **Invariant:** the ground that staff give is in the entry before a weaker factor counts again.

use sekisho_core::discard::{LostFacts, decide_lost};
use sekisho_core::id::NoticeId;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::Verdict;
use sekisho_seal::report_code::ReportCode;

use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

/// What became of the wish to remove a customer's passkeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discarded {
    /// They are gone, every session has ended, and every verified channel is told.
    Discarded,
    /// The customer has none.
    None,
    /// There is no such customer.
    Unknown,
}

impl Gate {
    /// Removes the passkeys of the customer that applications call `reference`. Whoever calls this
    /// has made sure who asks for it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn discard_lost(
        &self,
        reference: &Reference,
        ground: Ground,
    ) -> Result<Discarded, Fault> {
        for _ in 0..ROUNDS {
            let now = self.now();
            let Some(customer) = self.store().customer_by_reference(reference).await? else {
                return Ok(Discarded::Unknown);
            };
            let report = ReportCode::from_random(self.dice().bytes()?);
            let passkeys = self.store().passkeys(customer.id).await?;
            let facts = LostFacts {
                usable: self.usable_of(&passkeys),
                passkeys,
                channels: self.store().channels(customer.id).await?,
                customer,
                fresh: (self.fresh_decision(now)?, NoticeId(self.dice().id(now)?)),
                report: (self.keys().reports.hash(&report), report.display()),
                now,
            };
            let decision = decide_lost(&ground, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match committed.verdict() {
                Verdict::Allow => Discarded::Discarded,
                Verdict::Hold | Verdict::Refuse | Verdict::StepUp(_) => Discarded::None,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}
