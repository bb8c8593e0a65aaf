//! The backup codes of a customer as stored.
//!
//! **Invariant:** of a code only its keyed hash is kept, and a used one stays known as used for as
//! long as its set.

use crate::bytes::TokenHash;
use crate::id::{CredentialId, CustomerId};
use crate::moment::Moment;

/// The set of backup codes of a customer. There is one at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupSetKnown {
    /// The id.
    pub id: CredentialId,
    /// Whose.
    pub customer: CustomerId,
    /// When it was made.
    pub made: Moment,
    /// Its codes, used and unused.
    pub codes: Vec<BackupCodeKnown>,
}

/// One backup code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupCodeKnown {
    /// Keyed hash of the code.
    pub hash: TokenHash,
    /// When it was used.
    pub used: Option<Moment>,
    /// When the customer was told that it was typed again after that.
    pub again: Option<Moment>,
}

impl BackupSetKnown {
    /// How many of its codes can still be used.
    #[must_use]
    pub fn left(&self) -> usize {
        self.codes.iter().filter(|code| code.used.is_none()).count()
    }
}
