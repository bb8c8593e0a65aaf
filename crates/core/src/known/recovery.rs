//! A recovery in course.
//!
//! **Invariant:** a recovery that has begun gives nothing before it is due, and nothing once it is
//! over.

use crate::id::{CustomerId, DecisionId};
use crate::moment::Moment;

/// What a customer wants back. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryKind {
    /// The account without its passkeys, which were lost: what they locked can be had again.
    Passkey,
    /// To sign in by a password they know.
    Password,
    /// A frozen account, switched on.
    Thaw,
}

impl RecoveryKind {
    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::Password => "password",
            Self::Thaw => "thaw",
        }
    }

    /// Whether the password is one of its two proofs.
    #[must_use]
    pub const fn takes_password(self) -> bool {
        match self {
            Self::Passkey | Self::Thaw => true,
            Self::Password => false,
        }
    }

    /// The kind of a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "passkey" => Some(Self::Passkey),
            "password" => Some(Self::Password),
            "thaw" => Some(Self::Thaw),
            _ => None,
        }
    }
}

/// A recovery that was asked for with every proof and waits. A customer has one of a kind at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryKnown {
    /// The decision that began it.
    pub decision: DecisionId,
    /// Whose.
    pub customer: CustomerId,
    /// What for.
    pub kind: RecoveryKind,
    /// When it was begun.
    pub begun: Moment,
    /// From when the same proofs complete it.
    pub due: Moment,
    /// Until when they do.
    pub expires: Moment,
}
