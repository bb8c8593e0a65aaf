//! The last step of the act "recover": a new password in the place of one that was forgotten.
//!
//! **Invariant:** a hash is made only for a password that the policy has nothing against.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::change_password::Wanted;
use sekisho_core::id::{CustomerId, DeviceId, NoticeId};
use sekisho_core::known::{InteractionKind, RecoveryKind, RecoveryKnown};
use sekisho_core::password::{Examination, normalise};
use sekisho_core::recover::{ChooseFacts, choose};
use sekisho_core::step_up::Admission;
use sekisho_core::verdict::Verdict;
use sekisho_seal::prove::same_secret;

use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::hash_pool::Admitted;
use crate::steps::conversation::{Found, RecoveryStage};
use crate::visitor::Visitor;

/// What became of a chosen password.
#[derive(Clone, Debug)]
pub enum ChooseAnswer {
    /// The policy has something against it.
    Findings(Examination),
    /// Expired, ended or closed: begin again.
    Over,
    /// It is the transaction PIN.
    Pin,
    /// It is the one that the firm made good for nothing.
    Same,
    /// It is set; everybody is signed out.
    Set,
    /// Too many comparisons with the transaction PIN.
    Wait,
}

impl Gate {
    /// Whether a new password may be chosen in this conversation.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn may_choose(&self, token: &str) -> Result<bool, Fault> {
        Ok(self.find_choice(token).await?.is_some())
    }

    /// Sets a new password.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] when too many hashes wait; those of the store.
    pub async fn choose_password(
        &self,
        token: &str,
        wanted: &SecretString,
        visitor: &Visitor,
    ) -> Result<ChooseAnswer, Fault> {
        let entered = self.pool().enter(visitor.address)?;
        let mut wish: Option<Wanted> = None;
        for _ in 0..ROUNDS {
            let Some(found) = self.find_choice(token).await? else {
                return Ok(ChooseAnswer::Over);
            };
            let Some(customer) = found.interaction.customer.as_ref().map(|known| known.id) else {
                return Ok(ChooseAnswer::Over);
            };
            let channels = self.store().channels(customer).await?;
            let examination = self.examine_for(&channels, wanted)?;
            let (presented, context) = self.recognise(visitor, Some(customer)).await?;
            if !examination.findings.is_empty() {
                wish = Some(Wanted::Refused(examination.findings.clone()));
            }
            if wish.is_none() {
                let device = presented.recognised();
                let Some(made) = self
                    .replacement(&entered, (customer, device), wanted)
                    .await?
                else {
                    return Ok(ChooseAnswer::Wait);
                };
                wish = Some(made);
            }
            let now = self.now();
            let known = self.store().recoveries(customer).await?;
            let password = |one: &RecoveryKnown| one.kind == RecoveryKind::Password;
            let facts = ChooseFacts {
                recovery: known.into_iter().find(password),
                credential: self.store().credential(customer).await?,
                wanted: wish.clone().unwrap_or(Wanted::Same),
                factors: self.factor_tries(customer, &channels).await?,
                channels,
                fresh: (
                    self.fresh_decision(now)?,
                    self.fresh_report()?,
                    NoticeId(self.dice().id(now)?),
                ),
                interaction: found.interaction,
                now,
            };
            let decision = choose(&context, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match (committed.verdict(), wish) {
                (Verdict::Allow, _) => ChooseAnswer::Set,
                (_, Some(Wanted::Same)) => ChooseAnswer::Same,
                (_, Some(Wanted::Refused(_))) => ChooseAnswer::Findings(examination),
                (_, Some(Wanted::Pin)) => ChooseAnswer::Pin,
                (_, _) => ChooseAnswer::Over,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// The hash of a password that the policy has nothing against, unless it is the transaction
    /// PIN or the one that the firm reset; `None` when that was compared too often.
    async fn replacement(
        &self,
        entered: &Admitted,
        of: (CustomerId, Option<DeviceId>),
        wanted: &SecretString,
    ) -> Result<Option<Wanted>, Fault> {
        let (customer, device) = of;
        let pin = self.store().pin(customer).await?;
        if pin.is_some() && self.reserve_comparison(customer, device).await? == Admission::Locked {
            return Ok(None);
        }
        let void = self.store().credential(customer).await?;
        let void = void.filter(|known| known.void.is_some());
        let (keys, salt) = (self.keys().clone(), self.dice().bytes()?);
        let password = normalise(wanted.expose_secret()).unwrap_or_default();
        let work = move || {
            if let Some(pin) = pin
                && same_secret(&keys.passwords, &pin.hash, &password)?
            {
                return Ok(Wanted::Pin);
            }
            if let Some(void) = void
                && same_secret(&keys.passwords, &void.hash, &password)?
            {
                return Ok(Wanted::Same);
            }
            let hash = keys.passwords.hash(&password, salt)?;
            Ok(Wanted::Hash(hash.text().to_owned()))
        };
        let made: Result<Wanted, sekisho_seal::Fault> = entered.run(work).await?;
        Ok(Some(made?))
    }

    async fn find_choice(&self, token: &str) -> Result<Option<Found>, Fault> {
        let found = self.find_conversation(token).await?;
        Ok(found.filter(|found| {
            found.interaction.kind == InteractionKind::Recover
                && found.state.recovery == Some(RecoveryStage::Choose)
        }))
    }
}
