//! The proof by a transaction PIN.
//!
//! **Invariant:** no login password makes one.

use crate::id::CredentialId;

/// The claimed transaction PIN matched the stored hash of this credential.
#[derive(Debug)]
#[must_use]
pub struct PinProved {
    credential: CredentialId,
    revision: i64,
}

impl PinProved {
    /// States that the PIN was verified against `credential` in its `revision`.
    pub const fn assert_pin(credential: CredentialId, revision: i64) -> Self {
        Self {
            credential,
            revision,
        }
    }

    /// The credential.
    #[must_use]
    pub const fn credential(&self) -> CredentialId {
        self.credential
    }

    /// Its revision when it was verified.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.revision
    }
}
