//! The act "step up": a second proof in a conversation that signs in, and another code for it.
//!
//! **Invariant:** a try is counted before the proof is looked at, once for all rounds of a commit.

use sekisho_core::attempt::Account;
use sekisho_core::bound::Bound;
use sekisho_core::id::{CustomerId, NoticeId};
use sekisho_core::known::InteractionKind;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::notice::Recipient;
use sekisho_core::step_up::{self, Addressee, ResendFacts};
use sekisho_core::verdict::Verdict;

use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::keys::Place;
use crate::steps::conversation::{CodeAnswer, Found, Resent, code_answer};
use crate::steps::factor::Claim;
use crate::visitor::Visitor;

impl Gate {
    /// Sends another code.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn resend(&self, token: &str, visitor: &Visitor) -> Result<Resent, Fault> {
        let policy = self.policy();
        for _ in 0..ROUNDS {
            let now = self.now();
            let found = self.find_conversation(token).await?;
            let other = |found: &Found| found.interaction.kind != InteractionKind::Recover;
            let Some(found) = found.filter(other) else {
                return Ok(Resent::Over);
            };
            let id = found.interaction.id;
            let bound = Bound::Interaction(id).digest();
            let challenge = self.store().challenge(bound).await?;
            let wait = challenge.as_ref().map(|known| {
                Span::seconds(i64::from(policy.code.resend_seconds)).0 - now.since(known.sent).0
            });
            let fresh = self.fresh_challenge(now, bound)?;
            // A registration that was over its limit from the beginning has no password to keep.
            let sendable =
                found.interaction.kind != InteractionKind::SignUp || found.state.hash.is_some();
            let to = if sendable {
                Some(self.addressee(&found, fresh.notice, now)?)
            } else {
                None
            };
            let taken = self.taken(&found).await?;
            let sends = match &found.interaction.customer {
                Some(customer) => {
                    let (presented, _) = self.recognise(visitor, Some(customer.id)).await?;
                    let device = presented.recognised();
                    self.sends(&customer.id.0, device).await?
                }
                None => self.sends(found.login.as_str().as_bytes(), None).await?,
            };
            let locked = sends.tries.map(|tries| tries.locked_until.since(now).0);
            let wait = wait.max(locked.filter(|_| sendable));
            let interaction = found.interaction;
            let decision = self.fresh_decision(now)?;
            let facts = ResendFacts {
                interaction,
                challenge,
                to,
                taken,
                sends,
                fresh,
                decision,
                now,
            };
            let decided = step_up::decide_resend(&facts, &policy);
            let Some(committed) = self.commit(decided).await? else {
                continue;
            };
            return Ok(match (committed.verdict(), wait) {
                (Verdict::Allow, _) => Resent::Sent,
                (_, Some(left)) if left > 0 => Resent::Wait {
                    seconds: u16::try_from(left / 1_000_000 + 1).unwrap_or(u16::MAX),
                },
                (_, _) => Resent::Over,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// The customer who has the login of a registration already.
    async fn taken(&self, found: &Found) -> Result<Option<CustomerId>, Fault> {
        match found.interaction.kind {
            InteractionKind::ChangeContact => self.contact_taken(found).await,
            InteractionKind::Recover | InteractionKind::SignIn => Ok(None),
            InteractionKind::SignUp => {
                let known = self.find_login(&found.login).await?;
                Ok(known.map(|known| known.customer.id))
            }
        }
    }

    /// Where a code of this conversation goes. The login of a customer and of a newcomer are sealed
    /// alike, so that both take the same way.
    fn addressee(&self, found: &Found, notice: NoticeId, now: Moment) -> Result<Addressee, Fault> {
        let sealed = self.keys().seal(
            Place::Newcomer(notice),
            found.login.as_str().as_bytes(),
            self.dice(),
        )?;
        Ok(Addressee {
            customer: found
                .interaction
                .customer
                .as_ref()
                .map(|customer| customer.id),
            kind: found.login.channel(),
            recipient: Recipient {
                kind: found.login.channel().into(),
                channel: None,
                sealed,
            },
            locale: found.state.locale,
            at: now,
        })
    }

    /// Judges what is to be the second proof of a sign-in.
    pub(crate) async fn step_up(
        &self,
        conversation: (&str, Found),
        claim: Claim<'_>,
        visitor: &Visitor,
    ) -> Result<CodeAnswer, Fault> {
        let (token, mut found) = conversation;
        let customer = found
            .interaction
            .customer
            .as_ref()
            .map(|customer| customer.id);
        let Some(customer) = customer else {
            return Ok(CodeAnswer::Over);
        };
        let (presented, _) = self.recognise(visitor, Some(customer)).await?;
        let device = presented.recognised();
        let tries = self.keys().counter(claim.counter(), &customer.0, device);
        let admission = self.admit(claim, tries, customer).await?;
        for _ in 0..ROUNDS {
            let now = self.now();
            let Some(known) = found.interaction.customer.clone() else {
                return Ok(CodeAnswer::Over);
            };
            let bound = Bound::Interaction(found.interaction.id).digest();
            let at = (admission, now);
            let (tried, factor) = self.prove(claim, bound, customer, at).await?;
            let (presented, context, named) = self.recognise_any(visitor, Some(customer)).await?;
            let account = Account::Customer(customer);
            let origin = visitor.origin(account, (presented, context), named);
            let minted = self.mint_session(now)?;
            let facts = step_up::Facts {
                interaction: found.interaction.clone(),
                customer: known,
                methods: found.state.methods.clone(),
                password: found.state.password,
                credential: self.store().credential(customer).await?,
                tried,
                factor,
                passkeys: self.usable(customer).await?,
                admission,
                presented,
                channels: self.store().channels(customer).await?,
                session: minted.fresh.clone(),
                decision: self.fresh_decision(now)?,
                now,
            };
            let attempt = step_up::Attempt {
                context,
                tries,
                sends: self.keys().counter("send", &customer.0, device),
            };
            let decision = step_up::decide(&attempt, &facts, &self.policy()).tried(origin);
            let Some(committed) = self.commit(decision).await? else {
                let Some(again) = self.find_conversation(token).await? else {
                    return Ok(CodeAnswer::Over);
                };
                found = again;
                continue;
            };
            return Ok(code_answer(&committed, admission, || {
                minted.opened(&committed, found.state.return_to)
            }));
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}
