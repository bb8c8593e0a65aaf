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

/// What was added to a customer's passkeys at or after a moment is gone. What they locked stays
/// locked for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasskeysRemoved {
    /// Whose.
    pub customer: CustomerId,
    /// From when on.
    pub since: Moment,
    /// Which of them: all, or those alone that were added from a new place.
    pub from: AddedFrom,
    /// The moment from which on what they locked stays locked.
    pub at: Moment,
}

/// From where passkeys were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddedFrom {
    /// From wherever it was.
    Anywhere,
    /// From a place that was new for the customer.
    New,
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
