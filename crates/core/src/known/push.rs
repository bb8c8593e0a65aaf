//! Phones that approve, and what they are asked to approve, as stored.
//!
//! **Invariant:** the address and keys of a phone and the number that is to be typed are sealed,
//! and the secret that opens a request is a hash.

use crate::bytes::{Digest, Sealed, TokenHash};
use crate::id::{ChallengeId, CredentialId, CustomerId, DecisionId, DeviceId, OperationId};
use crate::moment::Moment;

/// A phone whose browser takes messages for its customer (RFC 8030).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproverKnown {
    /// The id.
    pub id: CredentialId,
    /// Whose.
    pub customer: CustomerId,
    /// The remembered device that it is.
    pub device: DeviceId,
    /// The address at its push service and its keys.
    pub sealed: Sealed,
    /// The key of ours that its browser subscribed to.
    pub key: String,
    /// When it was added.
    pub created: Moment,
    /// When it last approved something.
    pub last: Option<Moment>,
}

/// The key by which push services know us (RFC 8292).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushKeyKnown {
    /// Its thumbprint.
    pub kid: String,
    /// The private half.
    pub sealed: Sealed,
    /// When it was made.
    pub created: Moment,
}

/// What a phone is asked to approve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushAbout {
    /// The confirmation of this operation.
    Operation(OperationId),
    /// That the customer shows once more who they are.
    Prove,
    /// A sign-in.
    SignIn,
}

impl PushAbout {
    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Operation(_) => "operation",
            Self::Prove => "prove",
            Self::SignIn => "sign_in",
        }
    }

    /// What a stored word and the operation beside it say.
    #[must_use]
    pub fn parse(word: &str, operation: Option<OperationId>) -> Option<Self> {
        match (word, operation) {
            ("operation", Some(id)) => Some(Self::Operation(id)),
            ("prove", None) => Some(Self::Prove),
            ("sign_in", None) => Some(Self::SignIn),
            _ => None,
        }
    }

    /// The operation, if it is about one.
    #[must_use]
    pub const fn operation(self) -> Option<OperationId> {
        match self {
            Self::Operation(id) => Some(id),
            Self::Prove | Self::SignIn => None,
        }
    }
}

/// The open request of a customer. There is one at most; it may have expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushKnown {
    /// The id.
    pub id: ChallengeId,
    /// Whose.
    pub customer: CustomerId,
    /// What the approval is for.
    pub about: PushAbout,
    /// The digest of [`crate::bound::Bound`] that it proves.
    pub bound: Digest,
    /// Hash of what opens it on a phone.
    pub secret: TokenHash,
    /// The number and from where it was asked for.
    pub sealed: Sealed,
    /// The device that asks, if it is recognised: it does not approve for itself.
    pub asker: Option<DeviceId>,
    /// The decision that sent it.
    pub decision: DecisionId,
    /// When it was sent.
    pub sent: Moment,
    /// When it ends, approved or not.
    pub expires: Moment,
    /// Wrong numbers that were typed.
    pub wrong: i64,
    /// On which phone it was approved, and when.
    pub approved: Option<(CredentialId, Moment)>,
    /// Counts up with every change.
    pub revision: i64,
}
