//! A conversation on the hosted pages that waits for a one-time code: its state, its code, its
//! answer.
//!
//! **Invariant:** the state of a conversation is sealed for that conversation, and its token opens
//! nothing else.

use secrecy::ExposeSecret as _;
use sekisho_core::bound::Bound;
use sekisho_core::context::{Context, Terminal};
use sekisho_core::decision::Decision;
use sekisho_core::device::Presented;
use sekisho_core::id::{CustomerId, DeviceId};
use sekisho_core::known::{CredentialSeen, InteractionKind, InteractionKnown, RecoveryKind};
use sekisho_core::login::{ChannelKind, Login};
use sekisho_core::notice::Locale;
use sekisho_core::passkey::Usable;
use sekisho_core::proof::Method;
use sekisho_core::reason::Reason;
use sekisho_core::step_up::Admission;
use sekisho_core::verdict::Verdict;
use sekisho_seal::token::{Token, TokenKind};
use serde::{Deserialize, Serialize};

use super::factor::Claim;
use super::passkey::PasskeyPrompt;
use crate::acts::change_contact::ContactState;
use crate::fault::Fault;
use crate::gate::Gate;
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
    /// The password that was proved, and holds until the end.
    #[serde(default)]
    pub(crate) password: Option<CredentialSeen>,
    /// The password's hash, for a registration.
    pub(crate) hash: Option<String>,
    /// The language.
    pub(crate) locale: Locale,
    /// What a change of contact is about.
    #[serde(default)]
    pub(crate) contact: Option<ContactState>,
    /// Where a recovery stands.
    #[serde(default)]
    pub(crate) recovery: Option<RecoveryStage>,
}

/// Where a recovery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RecoveryStage {
    /// A new password may be chosen.
    Choose,
    /// Codes were sent, if there was anybody to send them to.
    Codes(RecoveryKind),
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
    /// Whether a backup code will do as well.
    pub backup_code: bool,
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
        let found = self.find_conversation(token).await?;
        // A recovery says nothing of who it is about, and has pages of its own.
        let other = |found: &Found| found.interaction.kind != InteractionKind::Recover;
        let Some(found) = found.filter(other) else {
            return Ok(None);
        };
        let signs_in = found.interaction.kind == InteractionKind::SignIn;
        let signing_in = found.interaction.customer.as_ref().filter(|_| signs_in);
        let (passkeys, totp, backup_code) = match signing_in.map(|customer| customer.id) {
            Some(id) => (
                self.usable(id).await?,
                self.takes_totp(id).await?,
                self.takes_backup(id).await?,
            ),
            None => (Usable::default(), false, false),
        };
        let bound = Bound::Interaction(found.interaction.id).digest();
        Ok(Some(Conversation {
            passkey: self.prompt_if_any(bound, &passkeys)?,
            totp,
            backup_code,
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
            (InteractionKind::Recover, _) => Ok(CodeAnswer::Over),
            // Whoever registers has nothing else yet, and nothing else proves an address.
            (_, Claim::BackupCode(_) | Claim::Passkey(_) | Claim::Push | Claim::Totp(_)) => {
                Ok(CodeAnswer::Wrong)
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

    /// What the device of a visitor is to `customer`, and the context, which names it only if it is
    /// recognised.
    pub(crate) async fn recognise(
        &self,
        visitor: &Visitor,
        customer: Option<CustomerId>,
    ) -> Result<(Presented, Context), Fault> {
        let (presented, context, _) = self.recognise_any(visitor, customer).await?;
        Ok((presented, context))
    }

    /// The same, with the device that the browser names, whoever's it is.
    pub(crate) async fn recognise_any(
        &self,
        visitor: &Visitor,
        customer: Option<CustomerId>,
    ) -> Result<(Presented, Context, Option<DeviceId>), Fault> {
        if visitor.terminal == Terminal::Shared {
            let context = visitor.context(&self.places(), None);
            return Ok((Presented::Shared, context, None));
        }
        let token = visitor
            .device
            .as_deref()
            .and_then(|text| Token::parse(TokenKind::Device, text));
        let (mut presented, mut named) = (Presented::Unknown, None);
        if let Some(hash) = token.map(|token| token.hash()) {
            let known = self.store().device(hash).await?;
            let of = |device| Presented::of(&device, hash, customer, self.now());
            named = known.as_ref().map(|device| device.id);
            presented = known.map(of).unwrap_or_default();
        }
        let context = visitor.context(&self.places(), presented.recognised());
        Ok((presented, context, named))
    }
}

/// What a visitor is told: a locked factor and the last wrong try end the conversation for now, and
/// a password that was replaced meanwhile for good.
pub(crate) fn code_answer(
    committed: &Decision,
    admission: Admission,
    opened: impl FnOnce() -> Opened,
) -> CodeAnswer {
    let replaced = committed.reasons().contains(&Reason::CredentialMismatch);
    match (committed.verdict(), admission) {
        (Verdict::Allow, _) => CodeAnswer::Opened(opened()),
        (_, Admission::Admitted) if !replaced => CodeAnswer::Wrong,
        (_, _) => CodeAnswer::Over,
    }
}
