//! What is known: the bounded snapshots that a store answers with, one struct for each kind of row.
//!
//! **Invariant:** a snapshot is a copy of committed state, carries the revision it was read at, and holds
//! personal values only sealed.

use crate::access::OperationKind;
use crate::bytes::{BlindIndex, Digest, Sealed, TokenHash};
use crate::id::{
    ApiCredentialId, ApplicationId, AuthorizationId, ChallengeId, ChannelId, CredentialId,
    CustomerId, DecisionId, DeviceId, GrantId, InteractionId, NoticeId, OperationId, SessionId,
};
use crate::login::ChannelKind;
use crate::moment::Moment;
use crate::notice::Locale;
use crate::operation::OperationState;
use crate::proof::Method;
use crate::sighting::Trait;
use crate::text::Reference;

/// Whether a customer may act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CustomerState {
    /// May act.
    Active,
    /// Switched off by the customer or by staff.
    Frozen,
}

impl CustomerState {
    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Frozen => "frozen",
        }
    }

    /// The state of a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "active" => Some(Self::Active),
            "frozen" => Some(Self::Frozen),
            _ => None,
        }
    }
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerKnown {
    /// The id.
    pub id: CustomerId,
    /// How applications name the customer.
    pub reference: Reference,
    /// Whether the customer may act.
    pub state: CustomerState,
    /// Counts up with every change of the row.
    pub revision: i64,
    /// When the row was made.
    pub created: Moment,
    /// The language of notices.
    pub locale: Locale,
}

/// A way to reach a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelKnown {
    /// The id.
    pub id: ChannelId,
    /// Whose.
    pub customer: CustomerId,
    /// Mail or text message.
    pub kind: ChannelKind,
    /// The sealed address or number.
    pub sealed: Sealed,
    /// Its keyed index.
    pub index: BlindIndex,
    /// When the customer proved to own it.
    pub verified: Option<Moment>,
}

/// A password as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct CredentialKnown {
    /// The id.
    pub id: CredentialId,
    /// Whose.
    pub customer: CustomerId,
    /// The hash, with its scheme and cost.
    pub hash: String,
    /// Counts up with every change.
    pub revision: i64,
    /// When the password was set.
    pub set: Moment,
}

impl std::fmt::Debug for CredentialKnown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "CredentialKnown({}, revision {})",
            self.id, self.revision
        )
    }
}

/// One customer who may be meant by a login: several may share a truncated index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginKnown {
    /// The channel that matched.
    pub channel: ChannelKnown,
    /// Its customer.
    pub customer: CustomerKnown,
    /// The customer's password, if there is one.
    pub credential: Option<CredentialKnown>,
}

/// A guessing counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TriesKnown {
    /// Tries since the last success or the end of the last lock.
    pub tries: i64,
    /// When the last try was reserved.
    pub last: Moment,
    /// Until when no try is admitted; the epoch when not locked.
    pub locked_until: Moment,
}

/// How often and when something was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// First time.
    pub first: Moment,
    /// Last time.
    pub last: Moment,
    /// Accesses that ended well.
    pub successes: i64,
    /// Accesses that failed.
    pub failures: i64,
    /// Guarded operations among them.
    pub guarded: i64,
}

/// What is known of one trait with respect to one customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraitKnown {
    /// The trait.
    pub seen: Trait,
    /// The customer's own history with it.
    pub own: Option<Seen>,
    /// How many other customers showed it, counted up to [`MOST_OTHERS`]; only asked for addresses, devices and
    /// payout accounts, 0 for the rest.
    pub others: u32,
}

/// Where counting of other customers stops: enough for every shipped threshold.
pub const MOST_OTHERS: u32 = 20;

/// What the risk rules want to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RiskKnown {
    /// One element for each trait asked, in the order asked.
    pub traits: Vec<TraitKnown>,
    /// Failures from the address, all customers and unknown names, in this and the previous ten-minute bucket.
    pub address_failures: u32,
    /// The last change of the customer's payout account that was redeemed or reported as completed.
    pub payout_change: Option<PayoutChangeKnown>,
    /// The largest amount of a completed operation of the same kind, in minor units.
    pub largest: Option<i64>,
}

/// The last change of a payout account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayoutChangeKnown {
    /// When.
    pub at: Moment,
    /// Whether it came from a place that was new for the customer then.
    pub strange: Strange,
}

/// Whether a place was new for the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strange {
    /// Known before.
    Known,
    /// New.
    New,
}

/// A session at the hosted pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionKnown {
    /// The id.
    pub id: SessionId,
    /// Whose.
    pub customer: CustomerKnown,
    /// On which device.
    pub device: Option<DeviceId>,
    /// When the customer proved who they are.
    pub proved: Moment,
    /// How.
    pub methods: Vec<Method>,
    /// Last request, to within a minute.
    pub last: Moment,
    /// End in any case.
    pub ends: Moment,
}

/// What kind of conversation an interaction is. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InteractionKind {
    /// Signing in, password proved, waiting for a second proof.
    SignIn,
    /// Registration, waiting for the proof of the channel.
    SignUp,
}

impl InteractionKind {
    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignUp => "sign_up",
        }
    }

    /// The kind of a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "sign_in" => Some(Self::SignIn),
            "sign_up" => Some(Self::SignUp),
            _ => None,
        }
    }
}

/// A conversation in progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InteractionKnown {
    /// The id.
    pub id: InteractionId,
    /// What it is about.
    pub kind: InteractionKind,
    /// The customer, once known. A sign-up has none.
    pub customer: Option<CustomerKnown>,
    /// Private state, sealed by gate.
    pub state: Sealed,
    /// When it ends.
    pub expires: Moment,
    /// How many codes were sent in it.
    pub codes: i64,
    /// Counts up with every change; a closed interaction is not found any more.
    pub revision: i64,
}

/// A one-time code that was sent and not yet used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeKnown {
    /// The id.
    pub id: ChallengeId,
    /// Mail or text message.
    pub kind: ChannelKind,
    /// What it is bound to: an interaction or an operation's digest.
    pub bound: Digest,
    /// Keyed hash of the code.
    pub code: Digest,
    /// When it was sent.
    pub sent: Moment,
    /// When it ends.
    pub expires: Moment,
}

/// An operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationKnown {
    /// The id.
    pub id: OperationId,
    /// The application that asked.
    pub application: ApplicationId,
    /// The customer whose it is.
    pub customer: CustomerKnown,
    /// The kind.
    pub kind: OperationKind,
    /// Its fields, sealed.
    pub fields: Sealed,
    /// Its digest.
    pub digest: Digest,
    /// Its state.
    pub state: OperationState,
    /// Where the browser goes back to.
    pub return_uri: Option<String>,
    /// The decision that admitted it.
    pub decision: DecisionId,
    /// When it was asked for.
    pub created: Moment,
    /// Until when it may be confirmed.
    pub expires: Moment,
    /// The grant, once confirmed.
    pub grant: Option<GrantKnown>,
    /// Counts up with every change.
    pub revision: i64,
}

/// The grant of a confirmed operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantKnown {
    /// The id.
    pub id: GrantId,
    /// When the operation was confirmed.
    pub confirmed: Moment,
    /// By which methods.
    pub methods: Vec<Method>,
    /// When the customer proved who they are.
    pub proved: Moment,
    /// When the grant was redeemed.
    pub redeemed: Option<Moment>,
}

/// An application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationKnown {
    /// The id, also the `client_id`.
    pub id: ApplicationId,
    /// The name shown to customers.
    pub name: String,
    /// Hash of the client secret; `None` for a public client (PKCE alone).
    pub secret: Option<TokenHash>,
    /// Exact redirect addresses.
    pub redirect_uris: Vec<String>,
    /// Exact addresses after sign-out.
    pub post_logout_uris: Vec<String>,
}

/// What an API credential may do. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiScope {
    /// `POST /v1/decisions` and outcomes.
    Decisions,
    /// `/v1/operations` and `/v1/grants`.
    Operations,
}

impl ApiScope {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Decisions => "decisions",
            Self::Operations => "operations",
        }
    }

    /// The scope of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "decisions" => Some(Self::Decisions),
            "operations" => Some(Self::Operations),
            _ => None,
        }
    }
}

/// An API credential that is not revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiCredentialKnown {
    /// The id.
    pub id: ApiCredentialId,
    /// Whose.
    pub application: ApplicationId,
    /// A name for people.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<ApiScope>,
    /// When it was made.
    pub created: Moment,
    /// When it was revoked.
    pub revoked: Option<Moment>,
}

/// An OpenID Connect authorization request, kept while the customer signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationKnown {
    /// The id, carried in the address of the sign-in page.
    pub id: AuthorizationId,
    /// The client.
    pub application: ApplicationId,
    /// The validated redirect address.
    pub redirect_uri: String,
    /// `state`, `nonce`, `scope`, `code_challenge`, `acr_values`, `max_age`, `prompt`, `ui_locales` as JSON.
    pub parameters: String,
    /// When it was made.
    pub created: Moment,
    /// When it ends.
    pub expires: Moment,
}

/// An OpenID Connect code that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeKnown {
    /// The request it answers.
    pub authorization: AuthorizationKnown,
    /// The customer.
    pub customer: CustomerKnown,
    /// The session.
    pub session: SessionId,
    /// When the customer proved who they are.
    pub proved: Moment,
    /// How.
    pub methods: Vec<Method>,
    /// When the code ends.
    pub expires: Moment,
    /// When it was redeemed.
    pub redeemed: Option<Moment>,
}

/// A message in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeKnown {
    /// The id.
    pub id: NoticeId,
    /// To whom, if a customer is known.
    pub customer: Option<CustomerId>,
    /// How it travels.
    pub kind: ChannelKind,
    /// The word of its [`crate::notice::NoticeKind`].
    pub template: String,
    /// The language.
    pub locale: Locale,
    /// Destination and parameters, sealed by gate.
    pub sealed: Sealed,
    /// When it was queued.
    pub created: Moment,
    /// Deliveries tried.
    pub tries: i64,
    /// Where it stands.
    pub state: NoticeState,
    /// What the next server said last.
    pub last_error: Option<String>,
}

/// Where a message stands. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    /// Given up after the last try; an operator can resend it.
    Dead,
    /// Accepted by the next server.
    Sent,
    /// Waits for its next try.
    Waiting,
}

impl NoticeState {
    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::Sent => "sent",
            Self::Waiting => "waiting",
        }
    }

    /// The state of a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "dead" => Some(Self::Dead),
            "sent" => Some(Self::Sent),
            "waiting" => Some(Self::Waiting),
            _ => None,
        }
    }
}

/// What a report code stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportKnown {
    /// The decision the notice told of.
    pub decision: DecisionId,
    /// The customer.
    pub customer: CustomerKnown,
    /// When the code ends.
    pub expires: Moment,
    /// When it was used.
    pub used: Option<Moment>,
}

/// A decision, as an application reads it again.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionKnown {
    /// The entry.
    pub entry: crate::entry::Entry,
    /// What the application reported later.
    pub outcome: Option<crate::outcome::Outcome>,
}

/// A request that was answered before under the same idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdempotencyKnown {
    /// Digest of the first request.
    pub request: Digest,
    /// The decision that answered it.
    pub decision: DecisionId,
    /// The operation that it made, if it made one.
    pub operation: Option<OperationId>,
}

/// A signing key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKeyKnown {
    /// Key id, the thumbprint of RFC 7638.
    pub kid: String,
    /// The sealed private key.
    pub sealed: Sealed,
    /// The public key as JSON Web Key.
    pub public: String,
    /// From when it signs.
    pub created: Moment,
    /// Until when it is published; `None` while it is current.
    pub retires: Option<Moment>,
}

/// A recognised device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceKnown {
    /// The id.
    pub id: DeviceId,
    /// Whose.
    pub customer: CustomerId,
    /// When it was last used.
    pub last: Moment,
}
