//! The act "thaw": a frozen account is switched on again, by staff at the machine or by the
//! customer's passkey.
//!
//! **Invariant:** the ground that staff give is in the entry before anybody can sign in again.

use sekisho_core::bound::Bound;
use sekisho_core::id::NoticeId;
use sekisho_core::passkey::Usable;
use sekisho_core::policy::FactorPolicy;
use sekisho_core::proof::{FactorProved, Method, UserSeen};
use sekisho_core::text::Reference;
use sekisho_core::thaw::{Attempt, Facts, Ground, decide};
use sekisho_core::verdict::Verdict;

use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::steps::passkey::{PasskeyAnswer, PasskeyPrompt, Signing};

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
                passkeys: Usable::default(),
                bound: Bound::Thaw("").digest(),
                factors: Vec::new(),
                fresh: (self.fresh_decision(now)?, NoticeId(self.dice().id(now)?)),
                report: self.fresh_report()?,
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

    /// The prompt of the page on which an account is thawed, for any passkey that the browser has;
    /// `None` where there can be none.
    ///
    /// # Errors
    /// When no random value can be had.
    pub fn thaw_prompt(&self, binding: &str) -> Result<Option<PasskeyPrompt>, Fault> {
        let allowed = self.policy().factor(Method::Passkey) != FactorPolicy::Forbid;
        if !allowed || !self.has_domain() {
            return Ok(None);
        }
        self.prompt_any(Bound::Thaw(binding).digest()).map(Some)
    }

    /// Thaws the account of whoever's passkey signed; whether it did. One answer for an unknown
    /// passkey, a wrong signature and an account that is not frozen.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn thaw_by_passkey(
        &self,
        signed: &PasskeyAnswer,
        binding: &str,
    ) -> Result<bool, Fault> {
        let bound = Bound::Thaw(binding).digest();
        let signing = Signing {
            wanted: bound.into(),
            customer: None,
            user: UserSeen::Verified,
        };
        for _ in 0..ROUNDS {
            let now = self.now();
            let Some((customer, passkey)) = self.prove_answer(signed, signing).await? else {
                return Ok(false);
            };
            let channels = self.store().channels(customer.id).await?;
            let proofs = vec![FactorProved::Passkey(passkey)];
            let facts = Facts {
                factors: self.factor_tries(customer.id, &channels).await?,
                passkeys: self.usable(customer.id).await?,
                channels,
                customer,
                bound,
                fresh: (self.fresh_decision(now)?, NoticeId(self.dice().id(now)?)),
                report: self.fresh_report()?,
                now,
            };
            let decision = decide(&Attempt::Customer(proofs), &facts, &self.policy());
            if let Some(committed) = self.commit(decision).await? {
                return Ok(committed.verdict() == &Verdict::Allow);
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}
