//! Every key the acts use, derived once from the key file.
//!
//! **Invariant:** a value is sealed for one place and opened from that place only; the places are
//! named here.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::bytes::{CounterKey, Digest, Sealed};
use sekisho_core::confirm::Statement;
use sekisho_core::id::{
    ApplicationId, AuthorizationId, ChallengeId, ChannelId, CredentialId, CustomerId, DecisionId,
    DeviceId, InteractionId, NoticeId, OperationId,
};
use sekisho_core::known::AuthorizationKnown;
use sekisho_core::known::TotpKnown;
use sekisho_core::login::Login;
use sekisho_core::operation::PayoutAccount;
use sekisho_seal::KeyRing;
use sekisho_seal::backup_code::BackupCodeKeys;
use sekisho_seal::code::CodeKeys;
use sekisho_seal::counter::CounterKeys;
use sekisho_seal::csrf::CsrfKeys;
use sekisho_seal::envelope::{Binding, Envelope};
use sekisho_seal::index::BlindIndexer;
use sekisho_seal::password::{Argon2Cost, PasswordHasher};
use sekisho_seal::report_code::ReportCodeKeys;
use sekisho_seal::staff::StaffKeys;
use sekisho_seal::ticket::TicketKeys;
use sekisho_seal::totp::{TotpHash, TotpSecret};

use crate::acts::authorize::AuthorizeParameters;
use crate::dice::Dice;
use crate::fault::Fault;

/// A place for a sealed value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    /// The address and keys of a phone that approves.
    Approver(CredentialId),
    /// The parameters of an OpenID Connect request: a login hint is an address or number.
    Authorization(AuthorizationId),
    /// What somebody wrote about a case.
    CaseNote(DecisionId),
    /// The address or number of a channel.
    Channel(ChannelId),
    /// What a customer calls a device.
    Device(DeviceId),
    /// The private state of a conversation.
    Interaction(InteractionId),
    /// What signs the checkpoints of the log of this name.
    Log(&'a str),
    /// Destination and parameters of a message.
    Notice(NoticeId),
    /// Destination of a message to somebody who is not a customer yet.
    Newcomer(NoticeId),
    /// The fields of an operation.
    Operation(OperationId),
    /// What a customer was shown of an operation.
    Statement(OperationId),
    /// The number of a request to a phone, and from where it was asked for.
    Push(ChallengeId),
    /// A private key by which push services know us.
    PushKey(&'a str),
    /// A private signing key.
    Signing(&'a str),
    /// The secret of an authenticator app.
    Totp(CredentialId),
    /// What signs the messages to an application.
    Webhook(ApplicationId),
}

impl Place<'_> {
    fn binding(&self) -> Binding<'_> {
        let (table, subject, field): (_, &[u8], _) = match self {
            Self::Approver(id) => ("approver", &id.0, "subscription"),
            Self::Authorization(id) => ("authorization_request", &id.0, "parameters"),
            Self::CaseNote(id) => ("case_note", &id.0, "text"),
            Self::Channel(id) => ("channel", &id.0, "value"),
            Self::Device(id) => ("device", &id.0, "name"),
            Self::Interaction(id) => ("interaction", &id.0, "state"),
            Self::Log(origin) => ("log_head", origin.as_bytes(), "key"),
            Self::Notice(id) => ("notice", &id.0, "message"),
            Self::Newcomer(id) => ("notice", &id.0, "to"),
            Self::Operation(id) => ("operation", &id.0, "fields"),
            Self::Statement(id) => ("statement", &id.0, "shown"),
            Self::Push(id) => ("push_request", &id.0, "asked"),
            Self::PushKey(kid) => ("push_key", kid.as_bytes(), "private"),
            Self::Signing(kid) => ("signing_key", kid.as_bytes(), "private"),
            Self::Totp(id) => ("totp", &id.0, "secret"),
            Self::Webhook(id) => ("webhook", &id.0, "secret"),
        };
        Binding {
            table,
            subject,
            field,
        }
    }
}

/// All keys of an installation.
#[derive(Debug)]
pub struct Keys {
    envelope: Envelope,
    pub(crate) backups: BackupCodeKeys,
    pub(crate) mail: BlindIndexer,
    pub(crate) phone: BlindIndexer,
    pub(crate) codes: CodeKeys,
    pub(crate) counters: CounterKeys,
    pub(crate) csrf: CsrfKeys,
    pub(crate) passwords: PasswordHasher,
    pub(crate) reports: ReportCodeKeys,
    pub(crate) staff: StaffKeys,
    pub(crate) tickets: TicketKeys,
}

impl Keys {
    /// Derives everything from a key file's text.
    ///
    /// # Errors
    /// [`Fault::Seal`] that says which line of the key file is wrong.
    pub fn new(key_file: &SecretString, cost: Argon2Cost) -> Result<Self, Fault> {
        let ring = KeyRing::parse(key_file)?;
        Ok(Self {
            envelope: Envelope::new(&ring)?,
            backups: BackupCodeKeys::new(&ring)?,
            mail: BlindIndexer::new(&ring, "mail")?,
            phone: BlindIndexer::new(&ring, "phone")?,
            codes: CodeKeys::new(&ring)?,
            counters: CounterKeys::new(&ring)?,
            csrf: CsrfKeys::new(&ring)?,
            passwords: PasswordHasher::new(&ring, cost)?,
            reports: ReportCodeKeys::new(&ring)?,
            staff: StaffKeys::new(&ring)?,
            tickets: TicketKeys::new(&ring)?,
        })
    }

    pub(crate) fn seal(
        &self,
        place: Place<'_>,
        plain: &[u8],
        dice: &Dice,
    ) -> Result<Sealed, Fault> {
        let sealed = self.envelope.seal(place.binding(), plain, dice.bytes()?)?;
        Ok(Sealed(sealed))
    }

    pub(crate) fn open(&self, place: Place<'_>, sealed: &Sealed) -> Result<SecretString, Fault> {
        Ok(self.envelope.open_text(place.binding(), &sealed.0)?)
    }

    pub(crate) fn open_login(
        &self,
        channel: ChannelId,
        sealed: &Sealed,
    ) -> Result<Option<Login>, Fault> {
        let text = self.open(Place::Channel(channel), sealed)?;
        Ok(Login::parse(text.expose_secret()).ok())
    }

    pub(crate) fn open_bytes(&self, place: Place<'_>, sealed: &Sealed) -> Result<[u8; 32], Fault> {
        let opened = self.envelope.open(place.binding(), &sealed.0)?;
        let exact = <[u8; 32]>::try_from(opened.expose_secret());
        exact.map_err(|_| Fault::Internal {
            what: "a sealed key has not 32 bytes",
        })
    }

    /// The secret of an authenticator app.
    pub(crate) fn open_totp(&self, known: &TotpKnown) -> Result<TotpSecret, Fault> {
        let place = Place::Totp(known.id);
        let opened = self.envelope.open(place.binding(), &known.secret.0)?;
        let secret = TotpSecret::from_bytes(opened.expose_secret(), TotpHash::Sha1);
        secret.ok_or(Fault::Internal {
            what: "a sealed secret of an app is too short",
        })
    }

    pub(crate) fn indexer(&self, login: &Login) -> &BlindIndexer {
        match login {
            Login::Mail(_) => &self.mail,
            Login::Phone(_) => &self.phone,
        }
    }

    /// The counter of a factor for an account, with an allowance of its own for a device that was
    /// bound before.
    pub(crate) fn counter(
        &self,
        factor: &str,
        account: &[u8],
        device: Option<DeviceId>,
    ) -> CounterKey {
        let device = device.map(|device| device.0);
        self.counters
            .key(factor, account, device.as_ref().map(<[u8; 16]>::as_slice))
    }

    /// By what a page names the statement that it showed. Amount and payee are few enough to be
    /// guessed from a plain hash.
    pub(crate) fn seen(&self, statement: &Statement) -> String {
        let key = self.counter("seen", statement.text().as_bytes(), None);
        BASE64_URL_SAFE_NO_PAD.encode(key.0)
    }

    /// The keyed hash under which a login is claimed.
    pub(crate) fn login_name(&self, login: &Login) -> CounterKey {
        self.counters.key("login", login.as_str().as_bytes(), None)
    }

    /// The parameters of a request as its row keeps them: sealed, in base64.
    pub(crate) fn seal_parameters(
        &self,
        id: AuthorizationId,
        parameters: &AuthorizeParameters,
        dice: &Dice,
    ) -> Result<String, Fault> {
        let text = serde_json::to_vec(parameters).map_err(|_| Fault::Internal {
            what: "parameters are not JSON",
        })?;
        let sealed = self.seal(Place::Authorization(id), &text, dice)?;
        Ok(BASE64_STANDARD.encode(sealed.0))
    }

    pub(crate) fn open_parameters(
        &self,
        known: &AuthorizationKnown,
    ) -> Result<AuthorizeParameters, Fault> {
        let unread = Fault::Internal {
            what: "the parameters of a request cannot be read",
        };
        let Ok(sealed) = BASE64_STANDARD.decode(&known.parameters) else {
            return Err(unread);
        };
        let text = self.open(Place::Authorization(known.id), &Sealed(sealed))?;
        serde_json::from_str(text.expose_secret()).map_err(|_| unread)
    }

    /// An idempotency key and the digest of its request, as they are stored: under a key of ours,
    /// since applications make keys of what they have at hand, and what is in a request can be
    /// guessed.
    pub(crate) fn kept(
        &self,
        application: ApplicationId,
        idempotency: Option<(String, Digest)>,
    ) -> Option<(String, Digest)> {
        let (key, request) = idempotency?;
        let named = [&application.0[..], key.as_bytes()].concat();
        let key = self.counters.key("idempotency", &named, None);
        let request = self.counters.key("idempotent_request", &request.0, None);
        Some((key.to_string(), Digest::of(&request.0)))
    }

    /// What an application calls a device, as an id that names nothing to anybody else.
    pub(crate) fn device_of(&self, application: ApplicationId, token: &str) -> DeviceId {
        let account = [&application.0[..], token.as_bytes()].concat();
        DeviceId(self.counters.key("device", &account, None).0)
    }

    /// What an authenticator keeps as the name of a customer.
    pub(crate) fn user_handle(&self, customer: CustomerId) -> [u8; 16] {
        self.counters.key("user_handle", &customer.0, None).0
    }

    /// The keyed index of a payout account, for sightings.
    pub(crate) fn payout_index(&self, account: &PayoutAccount) -> [u8; 16] {
        self.counters
            .key("payout_account", account.index_text().as_bytes(), None)
            .0
    }
}
