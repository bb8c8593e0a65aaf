//! Changes: everything a decision may do to the stored state. Each carries its condition; where
//! that fails the whole commit is void. Order counts.
//!
//! **Invariant:** applying a change needs no decision: the store writes what it says, or nothing.

mod alert;
mod archive;
mod authorize;
mod backup_code;
mod campaign;
mod case;
mod claimed;
mod credential;
mod desk;
mod device;
mod hold;
mod limit;
mod listing;
mod operation;
mod passkey;
mod pin;
mod push;
mod rules;
mod session;
mod siem;
mod sighting;
mod signal;
mod staff;
mod staff_access;
mod stands;
mod stop;
mod text;
mod totp;
mod webhook;

pub use self::{
    alert::AlertChange, archive::ArchiveChange, authorize::AuthorizationRequested,
    authorize::CodeIssued, backup_code::BackupChange, campaign::CampaignChange, case::CaseChange,
    case::CaseOpened, claimed::Claimed, credential::CredentialSet, credential::PasswordVoided,
    desk::DeskChange, device::DeviceRemembered, device::DeviceRotated, hold::HoldChange,
    hold::Released, limit::LimitChange, listing::ListingChange, pin::PinChange, push::PushChange,
    rules::RuleChange, session::SessionProved, session::SessionStrange, siem::SiemChange,
    sighting::PopulationChange, sighting::SightingsVoided, signal::SignalChange,
    signal::SignalRaised, staff::StaffChange, staff_access::StaffAccess, stands::Stands,
    stop::StopChange, text::CodeTexted, text::ReportCodeIssued, totp::TotpChange,
    webhook::WebhookChange,
};
pub use operation::{GrantIssued, OperationCreated, StatementKept};
pub use passkey::{AddedFrom, PasskeyAdded, PasskeyRemoved, PasskeyUsed, PasskeysRemoved};

use crate::access::OperationKind;
use crate::bytes::{CounterKey, Digest, Sealed, TokenHash};
use crate::context::Address;
use crate::elsewhere::ProofPlace;
use crate::guess::Counted;
use crate::id::{
    ApiCredentialId, ApplicationId, ChallengeId, ChannelId, CredentialId, CustomerId, DecisionId,
    DeviceId, InteractionId, NoticeId, OperationId, SessionId,
};
use crate::known::{ApiScope, ChannelKnown, ContactChangeKnown, InteractionKind, RecoveryKnown};
use crate::login::ChannelKind;
use crate::moment::{Moment, Span};
use crate::notice::Locale;
use crate::operation::OperationState;
use crate::proof::Method;
use crate::text::{Line, Reference};

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// See [`AlertChange`].
    Alert(Box<AlertChange>),
    /// A new API credential.
    ApiCredentialIssued {
        id: ApiCredentialId,
        application: ApplicationId,
        name: String,
        hash: TokenHash,
        scopes: Vec<ApiScope>,
        at: Moment,
    },
    /// An API credential stops working. Condition: it exists and is not revoked.
    ApiCredentialRevoked { id: ApiCredentialId, at: Moment },
    /// A new application. Lists are stored one element a line.
    ApplicationRegistered {
        id: ApplicationId,
        name: String,
        secret: Option<TokenHash>,
        redirect_uris: Vec<String>,
        post_logout_uris: Vec<String>,
        at: Moment,
    },
    /// See [`ArchiveChange`].
    Archive(Box<ArchiveChange>),
    /// See [`AuthorizationRequested`].
    AuthorizationRequested(AuthorizationRequested),
    /// See [`BackupChange`].
    BackupCode(BackupChange),
    /// See [`CampaignChange`].
    Campaign(Box<CampaignChange>),
    /// See [`CaseChange`].
    Case(CaseChange),
    /// See [`Claimed`].
    Claimed(Claimed),
    /// A one-time code was made, in place of the unused `seen` one. Condition: that is still it.
    ChallengeSent {
        id: ChallengeId,
        notice: NoticeId,
        customer: Option<CustomerId>,
        kind: ChannelKind,
        bound: Digest,
        seen: Option<ChallengeId>,
        code: Digest,
        at: Moment,
        expires: Moment,
    },
    /// The challenge of a passkey was answered. Condition: not answered before.
    TicketSpent { nonce: Digest, expires: Moment },
    /// A one-time code was used; see [`CodeTexted`]. Condition: not used before.
    ChallengeUsed { id: ChallengeId, at: Moment },
    /// A new channel.
    ChannelAdded(ChannelKnown),
    /// A channel that was retired is used again. Condition: it is retired.
    ChannelRestored { id: ChannelId },
    /// A channel is used no more and kept. Condition: it is used.
    ChannelRetired { id: ChannelId, at: Moment },
    /// An OpenID Connect code. Condition: the request has no code yet.
    CodeIssued(CodeIssued),
    /// See [`CodeTexted`].
    CodeTexted(CodeTexted),
    /// An OpenID Connect code was exchanged. Condition: not exchanged before.
    CodeRedeemed { code: TokenHash, at: Moment },
    /// What a change of contact added and put away, so that it can be undone.
    ContactChanged(ContactChangeKnown),
    /// A change of contact was undone. Condition: not before.
    ContactUndone { decision: DecisionId, at: Moment },
    /// A new password. Condition: the customer has none.
    CredentialAdded {
        id: CredentialId,
        customer: CustomerId,
        hash: String,
        at: Moment,
    },
    /// The same password under a better hash. Condition: the revision.
    CredentialRehashed {
        id: CredentialId,
        revision: i64,
        hash: String,
    },
    /// See [`CredentialSet`].
    CredentialSet(CredentialSet),
    /// A contact was added or replaced at that moment. Condition: the revision.
    CustomerContactChanged {
        id: CustomerId,
        revision: i64,
        at: Moment,
    },
    /// A new customer. Condition: the reference is free.
    CustomerCreated {
        id: CustomerId,
        reference: Reference,
        locale: Locale,
        at: Moment,
    },
    /// The account is switched off, if it is not yet. Condition: the revision.
    CustomerFrozen {
        id: CustomerId,
        revision: i64,
        /// Since when the contact is in doubt, if it is.
        doubted: Option<Moment>,
    },
    /// A frozen account is switched on again. Condition: the revision.
    CustomerThawed { id: CustomerId, revision: i64 },
    /// See [`DeskChange`].
    Desk(DeskChange),
    /// A device is forgotten and the other sessions on it end. Condition: it is the customer's.
    DeviceForgotten {
        id: DeviceId,
        customer: CustomerId,
        but: SessionId,
        at: Moment,
    },
    /// A device gets a name, sealed, or loses it. Condition: it is the customer's.
    DeviceNamed {
        id: DeviceId,
        customer: CustomerId,
        name: Option<Sealed>,
    },
    /// A device is remembered for a customer.
    DeviceRemembered(DeviceRemembered),
    /// A device gets another token. Condition: the one that came is current.
    DeviceRotated(DeviceRotated),
    /// What expired before that moment is removed, and messages settled before `messages`; so many.
    ExpiredRemoved { before: Moment, messages: Moment },
    /// One proof failed from this address; counted by [`Address::counted`] and ten-minute bucket.
    FailureCounted { address: Address, at: Moment },
    /// See [`HoldChange`].
    Hold(Box<HoldChange>),
    /// A request was answered. Condition: the key is free for this application.
    IdempotencyKept {
        application: ApplicationId,
        key: String,
        request: Digest,
        decision: DecisionId,
        operation: Option<OperationId>,
        at: Moment,
    },
    /// A conversation ends. Condition: the revision.
    InteractionClosed { id: InteractionId, revision: i64 },
    /// One more code is sent in a conversation. Condition: the revision.
    InteractionCodeSent { id: InteractionId, revision: i64 },
    /// A conversation begins.
    InteractionOpened {
        id: InteractionId,
        token: TokenHash,
        kind: InteractionKind,
        customer: Option<CustomerId>,
        state: Sealed,
        at: Moment,
        expires: Moment,
    },
    /// See [`LimitChange`].
    Limit(LimitChange),
    /// A mail address or phone number becomes this customer's login. Condition: it is free.
    LoginClaimed {
        name: CounterKey,
        customer: CustomerId,
    },
    /// A mail address or phone number is this customer's way to sign in no more.
    LoginReleased {
        name: CounterKey,
        customer: CustomerId,
    },
    /// A released login is this customer's again, unless somebody has it by now.
    LoginRestored {
        name: CounterKey,
        customer: CustomerId,
    },
    /// A message is taken by a worker for a while. Condition: it waits and is due (`next <= at`).
    NoticeClaimed {
        id: NoticeId,
        at: Moment,
        until: Moment,
    },
    /// A message was given up. Condition: it waits.
    NoticeDropped {
        id: NoticeId,
        at: Moment,
        error: String,
    },
    /// A message is tried again later. Condition: it waits. Counts the try.
    NoticePostponed {
        id: NoticeId,
        at: Moment,
        next: Moment,
        error: String,
    },
    /// A dead message waits again, with its tries at zero. Condition: it is dead.
    NoticeRevived { id: NoticeId, at: Moment },
    /// A message was accepted by the next server. Condition: it waits. Counts the try.
    NoticeSent { id: NoticeId, at: Moment },
    /// A new operation.
    OperationCreated(Box<OperationCreated>),
    /// An operation changes its state. Condition: the revision.
    OperationMoved {
        id: OperationId,
        revision: i64,
        to: OperationState,
        at: Moment,
        grant: Option<GrantIssued>,
    },
    /// An application reported an outcome. A later one replaces it.
    OutcomeRecorded {
        decision: DecisionId,
        outcome: crate::outcome::Outcome,
        at: Moment,
    },
    /// All sessions of a customer but one end, and what could become one. Devices, operations stay.
    OtherSessionsEnded {
        customer: CustomerId,
        but: SessionId,
        at: Moment,
    },
    /// A new passkey.
    PasskeyAdded(Box<PasskeyAdded>),
    /// A passkey is gone.
    PasskeyRemoved(PasskeyRemoved),
    /// A passkey gets another name. Condition: the revision.
    PasskeyRenamed {
        id: CredentialId,
        revision: i64,
        name: Line<40>,
    },
    /// A recovery begins. Condition: the customer has none of its kind that is not over.
    RecoveryBegun(RecoveryKnown),
    /// A recovery is over. Condition: it is in course.
    RecoveryEnded(RecoveryKnown),
    /// Several passkeys of a customer are gone.
    PasskeysRemoved(PasskeysRemoved),
    /// A passkey signed.
    PasskeyUsed(PasskeyUsed),
    /// See [`PasswordVoided`].
    PasswordVoided(PasswordVoided),
    /// The payout account became another one ([`crate::known::RiskKnown::payout_change`]).
    PayoutAccountChanged {
        customer: CustomerId,
        at: Moment,
        strange: crate::known::Strange,
    },
    /// Money left; keeps the largest amount for each customer and kind.
    AmountMoved {
        customer: CustomerId,
        kind: OperationKind,
        minor: i64,
    },
    /// See [`PinChange`].
    Pin(PinChange),
    /// See [`PopulationChange`].
    Population(Box<PopulationChange>),
    /// See [`PushChange`].
    Push(PushChange),
    /// A code by which the customer can say "this was not me".
    ReportCodeIssued(ReportCodeIssued),
    /// A report code was used. Condition: not used before.
    ReportCodeUsed { code: TokenHash, at: Moment },
    /// A session ends. Ending it twice is no fault.
    SessionEnded { id: SessionId, at: Moment },
    /// A session begins. Condition: the customer is active.
    SessionOpened {
        id: SessionId,
        token: TokenHash,
        customer: CustomerId,
        device: Option<DeviceId>,
        proved: Moment,
        methods: Vec<Method>,
        ends: Moment,
        place: ProofPlace,
    },
    /// See [`SessionProved`].
    SessionProved(SessionProved),
    /// A session was used.
    SessionSeen { id: SessionId, at: Moment },
    /// See [`SessionStrange`].
    SessionStrange(SessionStrange),
    /// All sessions of a customer end, with conversations, recoveries, codes, requests to phones
    /// and remembered devices; operations that are not redeemed are refused, in a new revision.
    SessionsEnded { customer: CustomerId, at: Moment },
    /// See [`SightingsVoided`].
    SightingsVoided(SightingsVoided),
    /// See [`SignalChange`].
    Signal(SignalChange),
    /// See [`SiemChange`].
    Siem(SiemChange),
    /// See [`StaffChange`].
    Staff(StaffChange),
    /// See [`Stands`].
    Stands(Stands),
    /// See [`StopChange`].
    Stop(StopChange),
    /// See [`StatementKept`].
    StatementKept(StatementKept),
    /// A new signing key.
    SigningKeyAdded {
        kid: String,
        sealed: Sealed,
        public: String,
        at: Moment,
    },
    /// A signing key signs no more and is published until `until`. Condition: it is current.
    SigningKeyRetired { kid: String, until: Moment },
    /// A message or request: `limit` may come at once, one more each `pause`. Condition: that.
    TryPaced {
        key: CounterKey,
        counted: Counted,
        limit: u16,
        at: Moment,
        pause: Span,
    },
    /// A try at a secret, counted before the secret is looked at. Condition: not locked at `at`, or
    /// the lock has run out (then counting starts anew). The try that reaches `limit` locks for
    /// `lock`, the `most`-th since the last right proof for `closed`. It is `kept` after both.
    TryReserved {
        key: CounterKey,
        counted: Counted,
        limit: u16,
        at: Moment,
        lock: Span,
        most: u16,
        closed: Span,
        kept: Span,
    },
    /// See [`TotpChange`].
    Totp(TotpChange),
    /// A right proof: the counter starts anew.
    TriesCleared { key: CounterKey },
    /// A lock ends before its time; the total goes on.
    TriesOpened { key: CounterKey },
    /// See [`WebhookChange`].
    Webhook(Box<WebhookChange>),
}
