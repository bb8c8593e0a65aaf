//! A customer with channels, credentials, guessing counters and devices.
//!
//! **Invariant:** personal values are sealed and secrets are hashes.

use crate::bytes::{BlindIndex, Sealed};
use crate::id::{ChannelId, CredentialId, CustomerId, DecisionId, DeviceId};
use crate::login::ChannelKind;
use crate::moment::Moment;
use crate::notice::Locale;
use crate::text::{Line, Reference};

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
    /// When a way to reach the customer was last added or replaced.
    pub contact_changed: Option<Moment>,
    /// Since when it may be a stranger's: the account was frozen a short time after a change.
    pub contact_doubted: Option<Moment>,
    /// When one of the customer's passkeys was last removed.
    pub passkey_removed: Option<Moment>,
    /// When a transaction PIN was last set without the one before.
    pub pin_recovered: Option<Moment>,
}

/// What a channel is for. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelPurpose {
    /// Signing in, and everything that is told.
    Login,
    /// Only what is told and codes: the dedicated address.
    Notice,
}

impl ChannelPurpose {
    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Notice => "notice",
        }
    }

    /// The purpose of a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "login" => Some(Self::Login),
            "notice" => Some(Self::Notice),
            _ => None,
        }
    }
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
    /// What it is for.
    pub purpose: ChannelPurpose,
    /// The sealed address or number.
    pub sealed: Sealed,
    /// Its keyed index.
    pub index: BlindIndex,
    /// When the customer proved to own it.
    pub verified: Option<Moment>,
}

/// A password as it was seen: which, and in which revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CredentialSeen {
    /// The id.
    pub id: CredentialId,
    /// The revision.
    pub revision: i64,
}

impl CredentialSeen {
    /// The same password after it was rehashed, if it `was`.
    #[must_use]
    pub const fn rehashed(self, was: Option<&String>) -> Self {
        Self {
            id: self.id,
            revision: match was {
                Some(_) => self.revision + 1,
                None => self.revision,
            },
        }
    }
}

impl CredentialKnown {
    /// Which it is, and in which revision.
    #[must_use]
    pub const fn seen(&self) -> CredentialSeen {
        CredentialSeen {
            id: self.id,
            revision: self.revision,
        }
    }
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
    /// Since when it is good for nothing: the firm reset it, and the customer has not set another.
    pub void: Option<Moment>,
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
    /// Tries since the last success, across locks.
    pub total: i64,
    /// When the last try was reserved.
    pub last: Moment,
    /// Until when no try is admitted; the epoch when not locked.
    pub locked_until: Moment,
}

/// The device that a token belongs to; [`crate::device::Presented`] says what it is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceKnown {
    /// The id.
    pub id: DeviceId,
    /// Whose.
    pub customer: CustomerId,
    /// When it was last used.
    pub last: Moment,
    /// When the token was retired, because its successor was seen.
    pub retired: Option<Moment>,
    /// When the device was forgotten.
    pub forgotten: Option<Moment>,
}

/// A remembered device as its customer finds it in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceListed {
    /// The id.
    pub id: DeviceId,
    /// Whose.
    pub customer: CustomerId,
    /// `browser/system`.
    pub client: Option<Line<32>>,
    /// What the customer calls it, sealed.
    pub name: Option<Sealed>,
    /// Since when it is remembered.
    pub created: Moment,
    /// When it was last used.
    pub last: Moment,
}

/// A change of contact that was not undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactChangeKnown {
    /// The decision.
    pub decision: DecisionId,
    /// Whose.
    pub customer: CustomerId,
    /// The channel that was added.
    pub added: ChannelId,
    /// The one that it took the place of.
    pub retired: Option<ChannelId>,
    /// When.
    pub at: Moment,
}
