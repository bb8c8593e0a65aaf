//! The act "thaw": a frozen account is switched on again, by staff at the machine.
//!
//! **Invariant:** the ground that staff give is in the entry before anybody can sign in again.

use sekisho_core::id::NoticeId;
use sekisho_core::text::Reference;
use sekisho_core::thaw::{Attempt, Facts, Ground, decide};
use sekisho_core::verdict::Verdict;

use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

/// What became of the wish to thaw an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thawed {
    /// The account is not frozen.
    NotFrozen,
    /// The customer can sign in again, and every verified channel is told.
    Thawed,
    /// There is no such customer.
    Unknown,
}

impl Gate {
    /// Thaws the account of the customer that applications call `reference`. Whoever calls this has
    /// made sure who asks for it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn thaw(&self, reference: &Reference, ground: Ground) -> Result<Thawed, Fault> {
        let attempt = Attempt::Staff(ground);
        for _ in 0..ROUNDS {
            let now = self.now();
            let Some(customer) = self.store().customer_by_reference(reference).await? else {
                return Ok(Thawed::Unknown);
            };
            let facts = Facts {
                channels: self.store().channels(customer.id).await?,
                customer,
                fresh: (self.fresh_decision(now)?, NoticeId(self.dice().id(now)?)),
                now,
            };
            let decision = decide(&attempt, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match committed.verdict() {
                Verdict::Allow => Thawed::Thawed,
                Verdict::Hold | Verdict::Refuse | Verdict::StepUp(_) => Thawed::NotFrozen,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}
