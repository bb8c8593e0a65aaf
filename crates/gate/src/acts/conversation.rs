//! A conversation on the hosted pages that waits for a one-time code: its state, its code, its
//! answer.
//!
//! **Invariant:** the state of a conversation is sealed for that conversation, and its token opens
//! nothing else.

use secrecy::ExposeSecret as _;
use sekisho_core::bound::Bound;
use sekisho_core::context::Context;
use sekisho_core::id::{CustomerId, NoticeId};
use sekisho_core::known::{DeviceKnown, InteractionKind, InteractionKnown};
use sekisho_core::login::{ChannelKind, Login};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::notice::{Locale, Recipient};
use sekisho_core::proof::Method;
use sekisho_core::step_up::{self, Addressee, Admission, ResendFacts};
use sekisho_core::verdict::Verdict;
use sekisho_seal::token::{Token, TokenKind};
use serde::{Deserialize, Serialize};

use super::change_contact::ContactState;
use super::factor::Claim;
use super::passkey::PasskeyPrompt;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::keys::Place;
use crate::visitor::Visitor;

/// The private state of a conversation.
#[derive(Serialize, Deserialize)]
pub(crate) struct State {
    /// The local path to go to in the end.
    pub(crate) return_to: String,
    /// Where codes go, in clear: the state is sealed as a whole.
    pub(crate) login: String,
    /// What was proved before.
    pub(crate) methods: Vec<Method>,
    /// The password's hash, for a registration.
    pub(crate) hash: Option<String>,
    /// The language.
    pub(crate) locale: Locale,
    /// What a change of contact is about.
    #[serde(default)]
    pub(crate) contact: Option<ContactState>,
}

/// What a page needs to know of a conversation.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// Signing in or up.
    pub kind: InteractionKind,
    /// Where the code went, masked.
    pub masked: String,
    /// Mail or text message.
    pub channel: ChannelKind,
    /// The local path to go to in the end.
    pub return_to: String,
    /// Minutes for which a code works.
    pub minutes: u16,
    /// Seconds between two codes.
    pub resend_seconds: u16,
    /// For a passkey in the place of the code, if the customer has one.
    pub passkey: Option<PasskeyPrompt>,
    /// Whether a code of the customer's authenticator app will do as well.
    pub totp: bool,
}

/// A session that was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// For the session cookie.
    pub session: Token,
    /// For the device cookie, when the browser had none.
    pub device: Option<Token>,
    /// The local path to go to.
    pub return_to: String,
}

/// What became of a typed code or of what a passkey signed.
#[derive(Clone, Debug)]
pub enum CodeAnswer {
    /// Signed in.
    Opened(Opened),
    /// A way to be reached was added or replaced.
    Changed {
        /// The local path to go to.
        return_to: String,
    },
    /// Expired, locked or closed: begin again.
    Over,
    /// Wrong; there may be another try.
    Wrong,
}

/// What became of the wish for another code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resent {
    /// No more codes: begin again.
    Over,
    /// On its way.
    Sent,
    /// Too early.
    Wait {
        /// Seconds to wait.
        seconds: u16,
    },
}

/// A conversation that was found and opened.
pub(crate) struct Found {
    pub(crate) interaction: InteractionKnown,
    pub(crate) state: State,
    pub(crate) login: Login,
}

impl Gate {
    /// What a conversation is about; `None` when it is over or never was.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn conversation(&self, token: &str) -> Result<Option<Conversation>, Fault> {
        let policy = self.policy();
        let Some(found) = self.find_conversation(token).await? else {
            return Ok(None);
        };
        let signs_in = found.interaction.kind == InteractionKind::SignIn;
        let signing_in = found.interaction.customer.as_ref().filter(|_| signs_in);
        let (passkeys, totp) = match signing_in.map(|customer| customer.id) {
            Some(id) => (self.store().passkeys(id).await?, self.takes_totp(id).await?),
            None => (Vec::new(), false),
        };
        let bound = Bound::Interaction(found.interaction.id).digest();
        Ok(Some(Conversation {
            passkey: self.prompt_if_any(bound, &passkeys)?,
            totp,
            kind: found.interaction.kind,
            masked: found.login.masked(),
            channel: found.login.channel(),
            return_to: found.state.return_to,
            minutes: policy.code.minutes,
            resend_seconds: policy.code.resend_seconds,
        }))
    }

    /// Judges a typed code of either kind, or what a passkey signed.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn answer(
        &self,
        token: &str,
        claim: impl Into<Claim<'_>>,
        visitor: &Visitor,
    ) -> Result<CodeAnswer, Fault> {
        let Some(found) = self.find_conversation(token).await? else {
            return Ok(CodeAnswer::Over);
        };
        match (found.interaction.kind, claim.into()) {
            (InteractionKind::SignIn, claim) => self.step_up((token, found), claim, visitor).await,
            (InteractionKind::SignUp, Claim::Code(code)) => {
                self.complete_sign_up((token, found), code, visitor).await
            }
            (InteractionKind::ChangeContact, Claim::Code(code)) => {
                self.complete_contact((token, found), code, visitor).await
            }
            // Whoever registers has nothing else yet, and nothing else proves an address.
            (_, Claim::Passkey(_) | Claim::Totp(_)) => Ok(CodeAnswer::Wrong),
        }
    }

    /// Sends another code.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn resend(&self, token: &str, visitor: &Visitor) -> Result<Resent, Fault> {
        let policy = self.policy();
        for _ in 0..ROUNDS {
            let now = self.now();
            let Some(found) = self.find_conversation(token).await? else {
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
                    let (device, _) = self.recognise(visitor, Some(customer.id)).await?;
                    let device = device.map(|device| device.id);
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
            InteractionKind::SignIn => Ok(None),
            InteractionKind::SignUp => {
                let known = self.find_login(&found.login).await?;
                Ok(known.map(|known| known.customer.id))
            }
        }
    }

    pub(crate) async fn find_conversation(&self, token: &str) -> Result<Option<Found>, Fault> {
        let Some(token) = Token::parse(TokenKind::Interaction, token) else {
            return Ok(None);
        };
        let Some(interaction) = self.store().interaction(token.hash()).await? else {
            return Ok(None);
        };
        if interaction.expires <= self.now() {
            return Ok(None);
        }
        let text = self
            .keys()
            .open(Place::Interaction(interaction.id), &interaction.state)?;
        let state: State =
            serde_json::from_str(text.expose_secret()).map_err(|_| Fault::Internal {
                what: "the state of a conversation cannot be read",
            })?;
        let login = Login::parse(&state.login).map_err(|_| Fault::Internal {
            what: "the login of a conversation cannot be read",
        })?;
        Ok(Some(Found {
            interaction,
            state,
            login,
        }))
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
            recipient: Recipient {
                kind: found.login.channel(),
                channel: None,
                sealed,
            },
            locale: found.state.locale,
            at: now,
        })
    }

    async fn step_up(
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
        let (device, context) = self.recognise(visitor, Some(customer)).await?;
        let tries =
            self.keys()
                .counter(claim.counter(), &customer.0, device.map(|device| device.id));
        let admission = self.admit(claim, tries, customer).await?;
        for _ in 0..ROUNDS {
            let now = self.now();
            let Some(known) = found.interaction.customer.clone() else {
                return Ok(CodeAnswer::Over);
            };
            let bound = Bound::Interaction(found.interaction.id).digest();
            let at = (admission, now);
            let (tried, factor) = self.prove(claim, bound, customer, at).await?;
            let minted = self.mint_session(now, &context)?;
            let facts = step_up::Facts {
                interaction: found.interaction.clone(),
                customer: known,
                methods: found.state.methods.clone(),
                tried,
                factor,
                admission,
                channels: self.store().channels(customer).await?,
                session: minted.fresh.clone(),
                decision: self.fresh_decision(now)?,
                now,
            };
            let attempt = step_up::Attempt {
                context,
                tries,
                sends: self
                    .keys()
                    .counter("send", &customer.0, device.map(|device| device.id)),
            };
            let decision = step_up::decide(&attempt, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                let Some(again) = self.find_conversation(token).await? else {
                    return Ok(CodeAnswer::Over);
                };
                found = again;
                continue;
            };
            return Ok(code_answer(committed.verdict(), admission, || {
                minted.opened(&committed, found.state.return_to)
            }));
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// The device and the context of a visitor; a device counts only for the customer it was bound
    /// to.
    pub(crate) async fn recognise(
        &self,
        visitor: &Visitor,
        customer: Option<CustomerId>,
    ) -> Result<(Option<DeviceKnown>, Context), Fault> {
        let token = visitor
            .device
            .as_deref()
            .and_then(|text| Token::parse(TokenKind::Device, text));
        let known = match token {
            Some(token) => self.store().device(token.hash()).await?,
            None => None,
        };
        let own = known.filter(|device| Some(device.customer) == customer);
        Ok((own, visitor.context(self.places(), own)))
    }
}

/// What a visitor is told: a locked factor and the last wrong try end the conversation for now.
pub(crate) fn code_answer(
    verdict: &Verdict,
    admission: Admission,
    opened: impl FnOnce() -> Opened,
) -> CodeAnswer {
    match (verdict, admission) {
        (Verdict::Allow, _) => CodeAnswer::Opened(opened()),
        (_, Admission::Admitted) => CodeAnswer::Wrong,
        (_, Admission::Last | Admission::Locked) => CodeAnswer::Over,
    }
}
