//! What a change of a passkey carries.
//!
//! **Invariant:** a passkey is added to the customer and in the session that the decision saw.

use crate::id::{CredentialId, CustomerId, SessionId};
use crate::known::{Backup, PasskeyKnown};
use crate::moment::Moment;

/// A new passkey. Condition: no other has its handle, the customer is active and at `revision`,
/// which counts on, so that of two that are added at once one is decided again; and the session was
/// not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct PasskeyAdded {
    /// The passkey.
    pub passkey: PasskeyKnown,
    /// The revision of its customer.
    pub revision: i64,
    /// The session that it is added in.
    pub session: SessionId,
}

/// A passkey is gone. Condition: the revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasskeyRemoved {
    /// Which.
    pub id: CredentialId,
    /// Its revision.
    pub revision: i64,
    /// Whose.
    pub customer: CustomerId,
    /// The moment, if what it locked stays locked for a while.
    pub locks: Option<Moment>,
}

/// A passkey signed. Condition: the revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasskeyUsed {
    /// Which.
    pub id: CredentialId,
    /// Its revision.
    pub revision: i64,
    /// Its count of signatures from now on.
    pub count: u32,
    /// Where it may be now.
    pub backup: Backup,
    /// When.
    pub at: Moment,
}
