//! The act "prove": a customer who is signed in shows once more who they are.
//!
//! **Invariant:** a proof moves the session to a new token, which goes to the browser that gave it
//! and nowhere else.

use sekisho_core::bound::Bound;
use sekisho_core::moment::Span;
use sekisho_core::passkey::Usable;
use sekisho_core::prove::{self, Attempt, Facts, SendFacts, Ways, missing};
use sekisho_core::step_up::{Admission, code_channel};
use sekisho_core::verdict::Verdict;
use sekisho_seal::token::{Token, TokenKind};

use super::account::Session;
use super::security::ShownChannel;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::steps::factor::Claim;
use crate::steps::passkey::PasskeyPrompt;
use crate::visitor::Visitor;

/// What a page knows before it asks for a proof.
#[derive(Clone, Debug)]
pub struct Proving {
    /// Where a code would go; `None` when the policy leaves no way.
    pub channel: Option<ShownChannel>,
    /// Whether a code that still works was sent.
    pub code_sent: bool,
    /// Minutes for which a code works.
    pub minutes: u16,
    /// What one of the customer's passkeys would sign, if there is one.
    pub passkey: Option<PasskeyPrompt>,
    /// Whether a code of the customer's authenticator app will do as well.
    pub totp: bool,
    /// Whether a backup code will do as well.
    pub backup_code: bool,
}

/// What became of the wish for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofSent {
    /// The policy leaves no way.
    Nowhere,
    /// On its way.
    Sent,
    /// Too early.
    Wait {
        /// Seconds to wait.
        seconds: u16,
    },
}

/// What became of a typed code or of what a passkey signed.
#[derive(Clone, Debug)]
pub enum ProveAnswer {
    /// Locked, or the session is over.
    Over,
    /// Proved; the session has a new token.
    Proved(Token),
    /// Wrong; there may be another try.
    Wrong,
}

impl Gate {
    /// Whether this session was proved lately enough to change what protects the account.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn is_fresh(&self, session: &Session) -> Result<bool, Fault> {
        let (ways, _) = self.session_ways(session).await?;
        Ok(missing(&session.known, ways, self.now(), &self.policy()).is_empty())
    }

    /// By what the customer may prove who they are, and with which passkeys.
    pub(crate) async fn session_ways(&self, session: &Session) -> Result<(Ways, Usable), Fault> {
        let passkeys = self.usable(session.customer()).await?;
        Ok((Ways::of(&passkeys, &self.policy()), passkeys))
    }

    /// What a page shows that asks for a proof.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn proving(&self, session: &Session) -> Result<Proving, Fault> {
        let (now, policy) = (self.now(), self.policy());
        let (ways, passkeys) = self.session_ways(session).await?;
        let bound = Bound::Prove(session.id()).digest();
        let channels = self.store().channels(session.customer()).await?;
        let channel = match code_channel(&channels, &policy) {
            Some(channel) if ways == Ways::Any => Some(self.shown_channel(channel)?),
            _ => None,
        };
        let challenge = self.store().challenge(bound).await?;
        Ok(Proving {
            passkey: self.prompt_if_any(bound, &passkeys)?,
            code_sent: challenge.is_some_and(|known| known.expires > now) && channel.is_some(),
            channel,
            minutes: policy.code.minutes,
            totp: ways == Ways::Any && self.takes_totp(session.customer()).await?,
            backup_code: ways == Ways::Any && self.takes_backup(session.customer()).await?,
        })
    }

    /// Sends a code for this session.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn prove_send(
        &self,
        session: &Session,
        visitor: &Visitor,
    ) -> Result<ProofSent, Fault> {
        let (policy, customer) = (self.policy(), session.customer());
        let (presented, _) = self.recognise(visitor, Some(customer)).await?;
        for _ in 0..ROUNDS {
            let (now, bound) = (self.now(), Bound::Prove(session.id()).digest());
            let channels = self.store().channels(customer).await?;
            let challenge = self.store().challenge(bound).await?;
            let sends = self.sends(&customer.0, presented.recognised()).await?;
            let wait = Span::seconds(i64::from(policy.code.resend_seconds));
            let left = challenge
                .as_ref()
                .map_or(0, |known| wait.0 - now.since(known.sent).0);
            let left = sends
                .tries
                .map_or(left, |tries| left.max(tries.locked_until.since(now).0));
            let facts = SendFacts {
                session: session.known.clone(),
                channels,
                ways: self.session_ways(session).await?.0,
                challenge,
                sends,
                fresh: self.fresh_challenge(now, bound)?,
                decision: self.fresh_decision(now)?,
                now,
            };
            let decided = prove::decide_send(&facts, &policy);
            let Some(committed) = self.commit(decided).await? else {
                continue;
            };
            return Ok(match committed.verdict() {
                Verdict::StepUp(_) => ProofSent::Sent,
                _ if left > 0 => ProofSent::Wait {
                    seconds: u16::try_from(left / 1_000_000 + 1).unwrap_or(u16::MAX),
                },
                _ => ProofSent::Nowhere,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Judges a typed code of either kind, or what a passkey signed.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn prove_session<'a>(
        &self,
        session: &Session,
        claim: impl Into<Claim<'a>>,
        visitor: &Visitor,
    ) -> Result<ProveAnswer, Fault> {
        let (claim, customer) = (claim.into(), session.customer());
        let (presented, context) = self.recognise(visitor, Some(customer)).await?;
        let device = presented.recognised();
        let attempt = Attempt {
            context,
            tries: self.keys().counter(claim.counter(), &customer.0, device),
            sends: self.keys().counter("send", &customer.0, device),
        };
        let admission = self.admit(claim, attempt.tries, customer).await?;
        for _ in 0..ROUNDS {
            let now = self.now();
            let bound = Bound::Prove(session.id()).digest();
            let at = (admission, now);
            let (tried, factor) = self.prove(claim, bound, customer, at).await?;
            let token = self.token(TokenKind::Session)?;
            let facts = Facts {
                session: session.known.clone(),
                tried,
                factor,
                admission,
                channels: self.store().channels(customer).await?,
                locked: self.fresh_locked(now)?,
                token: token.hash(),
                decision: self.fresh_decision(now)?,
                now,
            };
            let decision = prove::decide(&attempt, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match (committed.verdict(), admission) {
                (Verdict::Allow, _) => ProveAnswer::Proved(token),
                (_, Admission::Admitted) => ProveAnswer::Wrong,
                (_, Admission::Last | Admission::Locked) => ProveAnswer::Over,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}
