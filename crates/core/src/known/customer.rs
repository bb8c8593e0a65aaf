//! A customer with channels, credentials, guessing counters and devices.
//!
//! **Invariant:** personal values are sealed and secrets are hashes.

use crate::bytes::{BlindIndex, Sealed};
use crate::id::{ChannelId, CredentialId, CustomerId, DeviceId};
use crate::login::ChannelKind;
use crate::moment::Moment;
use crate::notice::Locale;
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
    /// Tries since the last success, across locks.
    pub total: i64,
    /// When the last try was reserved.
    pub last: Moment,
    /// Until when no try is admitted; the epoch when not locked.
    pub locked_until: Moment,
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
