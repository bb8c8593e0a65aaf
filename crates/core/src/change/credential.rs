//! Changes of a password that is there.
//!
//! **Invariant:** each lands only upon the revision that was seen.

use crate::id::CredentialId;
use crate::moment::Moment;

/// Another password; one that was void opens again. Condition: the revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialSet {
    /// Which.
    pub id: CredentialId,
    /// As it was seen.
    pub revision: i64,
    /// The hash, with its scheme and cost.
    pub hash: String,
    /// When.
    pub at: Moment,
}

/// The password opens nothing any more; its hash stays, so that it is not chosen again. Condition:
/// the revision, and that it was not so before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordVoided {
    /// Which.
    pub id: CredentialId,
    /// As it was seen.
    pub revision: i64,
    /// When.
    pub at: Moment,
}
