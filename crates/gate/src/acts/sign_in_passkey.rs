//! The act "sign in" by a passkey alone.
//!
//! **Invariant:** the answer counts only in the browser that was prompted, and what proves nothing
//! leaves a bounded trace, with no customer's name on it.

use sekisho_core::attempt::Account;
use sekisho_core::bound::Bound;
use sekisho_core::change::Change;
use sekisho_core::context::Context;
use sekisho_core::guess::Counted;
use sekisho_core::moment::Moment;
use sekisho_core::policy::FactorPolicy;
use sekisho_core::proof::{Method, UserSeen};
use sekisho_core::sighting::Trait;
use sekisho_core::sign_in::passkey::{Attempt, Facts, decide};
use sekisho_core::verdict::Verdict;
use sekisho_store::RiskQuestion;

use super::sign_in::SignInAnswer;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::steps::passkey::{PasskeyAnswer, PasskeyPrompt, Signing};
use crate::visitor::Visitor;

/// What a visitor's passkey signed.
#[derive(Clone, Debug)]
pub struct PasskeySignIn {
    /// The answer.
    pub answer: PasskeyAnswer,
    /// What holds the browser's forms together; the prompt was made for it.
    pub binding: String,
    /// The local path to go to in the end.
    pub return_to: String,
    /// Who is there.
    pub visitor: Visitor,
}

impl Gate {
    /// The prompt of the sign-in page, for any passkey that the browser has; `None` where there can
    /// be none.
    ///
    /// # Errors
    /// When no random value can be had.
    pub fn sign_in_prompt(&self, binding: &str) -> Result<Option<PasskeyPrompt>, Fault> {
        let policy = self.policy();
        let kinds = [Method::Passkey, Method::SyncedPasskey];
        let takes = |kind: &Method| policy.factor(*kind) != FactorPolicy::Forbid;
        let allowed = kinds.iter().any(takes);
        if !allowed || !self.has_domain() {
            return Ok(None);
        }
        self.prompt_any(Bound::SignIn(binding).digest()).map(Some)
    }

    /// Judges a sign-in by passkey.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sign_in_by_passkey(&self, typed: PasskeySignIn) -> Result<SignInAnswer, Fault> {
        let bound = Bound::SignIn(&typed.binding).digest();
        let signing = Signing {
            wanted: bound.into(),
            customer: None,
            user: UserSeen::Verified,
        };
        for _ in 0..ROUNDS {
            let now = self.now();
            let signed = self.prove_answer(&typed.answer, signing).await?;
            let id = signed.as_ref().map(|(customer, _)| customer.id);
            let (presented, context, device) = self.recognise_any(&typed.visitor, id).await?;
            let counting = match signed {
                Some(_) => Vec::new(),
                None => match self.count_stranger(&context, now).await? {
                    Some(counting) => counting,
                    None => return Ok(SignInAnswer::Refused),
                },
            };
            let traits = Trait::of_context(&context);
            let question = RiskQuestion {
                traits: &traits,
                address: context.address,
                kind: None,
                at: now,
            };
            let mut known = self.store().sign_in(id, &question).await?;
            let account = id.map_or(Account::NAMELESS, Account::Customer);
            let origin = typed.visitor.origin(account, (presented, context), device);
            known.risk = self.places().placed(known.risk);
            known.risk.pace = self.paced(&origin, now);
            let minted = self.mint_session(now)?;
            let factors = match id {
                Some(id) => self.factor_tries(id, &known.channels).await?,
                None => Vec::new(),
            };
            let facts = Facts {
                signed,
                counting,
                presented,
                factors,
                channels: known.channels,
                risk: known.risk,
                session: minted.fresh.clone(),
                decision: self.fresh_decision(now)?,
                now,
            };
            let decided = decide(&Attempt { context, bound }, &facts, &self.policy());
            let mut decision = decided.tried(origin);
            if decision.verdict() == &Verdict::Allow {
                decision = decision.bound();
            }
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match committed.verdict() {
                Verdict::Allow => SignInAnswer::Opened(minted.opened(&committed, typed.return_to)),
                Verdict::StepUp(_) | Verdict::Hold | Verdict::Refuse => SignInAnswer::Refused,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Counts an answer that proves nothing; `None` when there were so many from its network that
    /// no more of them are kept. They are refused all the same.
    async fn count_stranger(
        &self,
        context: &Context,
        now: Moment,
    ) -> Result<Option<Vec<Change>>, Fault> {
        let Some(address) = context.address else {
            return Ok(Some(Vec::new()));
        };
        let counted = Counted::Passkey;
        let counting = self.count_network(counted, address, now).await?;
        if counting.is_none() {
            metrics::counter!("sekisho_passkeys_refused_total").increment(1);
        }
        Ok(counting)
    }
}
