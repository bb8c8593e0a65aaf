//! The proof by a backup code.
//!
//! **Invariant:** it names its set and its hash, so that the store takes the code once.

use crate::bytes::{Digest, TokenHash};
use crate::id::CredentialId;

/// A backup code was one of the customer's, and not used before.
#[derive(Debug)]
#[must_use]
pub struct BackupCodeProved {
    set: CredentialId,
    code: TokenHash,
    bound: Digest,
}

impl BackupCodeProved {
    /// States that an unused code of `set`, stored as `code`, was typed for `bound`.
    pub const fn assert_backup_code(set: CredentialId, code: TokenHash, bound: Digest) -> Self {
        Self { set, code, bound }
    }

    /// The set.
    #[must_use]
    pub const fn set(&self) -> CredentialId {
        self.set
    }

    /// Its hash as stored.
    #[must_use]
    pub const fn code(&self) -> TokenHash {
        self.code
    }

    /// What the code was typed for. The code itself is bound to nothing but its customer.
    #[must_use]
    pub const fn bound(&self) -> Digest {
        self.bound
    }
}
