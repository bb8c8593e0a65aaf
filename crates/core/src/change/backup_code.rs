//! What happens to backup codes.
//!
//! **Invariant:** a code is used once, however many try it at the same time, and a set counts no
//! more once there is a newer one.

use crate::bytes::TokenHash;
use crate::id::{CredentialId, CustomerId};
use crate::known::BackupSetKnown;
use crate::moment::Moment;

/// A change of backup codes.
#[derive(Clone, Debug, PartialEq)]
pub enum BackupChange {
    /// The customer was told that a used code was typed again. Condition: not before.
    Again {
        /// Of which set.
        set: CredentialId,
        /// Its hash.
        code: TokenHash,
        /// When.
        at: Moment,
    },
    /// A set. Condition: the one `before` it is still the customer's, or there still is none.
    Made {
        /// The set.
        set: Box<BackupSetKnown>,
        /// The one that it takes the place of.
        before: Option<CredentialId>,
    },
    /// A set that was made at or after a moment is gone.
    Removed {
        /// Whose.
        customer: CustomerId,
        /// The moment.
        since: Moment,
    },
    /// A code was used. Condition: it is of that set, and was not used before.
    Used {
        /// Of which set.
        set: CredentialId,
        /// Its hash.
        code: TokenHash,
        /// When.
        at: Moment,
    },
}
