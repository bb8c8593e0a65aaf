//! What happens to the passkeys of people of the firm, and to their sessions in the console.
//!
//! **Invariant:** a session is opened for a person who may, and one that ended stays so.

use crate::bytes::TokenHash;
use crate::id::{CredentialId, StaffId, StaffSessionId};
use crate::known::{Backup, StaffPasskeyKnown};
use crate::moment::Moment;

/// A change of what a person of the firm comes in by.
#[derive(Clone, Debug, PartialEq)]
pub enum StaffAccess {
    /// Every session of a person ends, and every passkey of theirs is gone.
    Ended {
        /// Whose.
        staff: StaffId,
        /// When.
        at: Moment,
    },
    /// A new passkey. Condition: no other has its handle; its owner may and is at `revision`, which
    /// counts on, so that of two that are added at once one is decided again.
    PasskeyAdded {
        /// The passkey.
        passkey: StaffPasskeyKnown,
        /// The revision of its owner.
        revision: i64,
    },
    /// A passkey is gone, and the sessions that it opened are over, but for one. Condition: the
    /// revision, and that of its owner, which counts on likewise.
    PasskeyRemoved {
        /// Which, and its revision.
        passkey: (CredentialId, i64),
        /// Whose, and their revision.
        staff: (StaffId, i64),
        /// The session in which it is removed.
        but: StaffSessionId,
        /// When.
        at: Moment,
    },
    /// A passkey signed. Condition: the revision.
    PasskeyUsed {
        /// Which, and its revision.
        passkey: (CredentialId, i64),
        /// Its count of signatures from now on.
        count: u32,
        /// Where it may be now.
        backup: Backup,
        /// When.
        at: Moment,
    },
    /// A session is over. Ending it twice is no fault.
    SessionEnded {
        /// Which.
        id: StaffSessionId,
        /// When.
        at: Moment,
    },
    /// A session begins.
    SessionOpened {
        /// Which.
        id: StaffSessionId,
        /// Hash of what the browser holds.
        token: TokenHash,
        /// Whose.
        staff: StaffId,
        /// The passkey that opened it; `None` for one in which the first is made.
        passkey: Option<CredentialId>,
        /// When.
        at: Moment,
        /// When it is over whatever happens.
        ends: Moment,
    },
    /// The person showed once more who they are; the session goes on under another token.
    /// Condition: it was not ended.
    SessionProved {
        /// Which.
        id: StaffSessionId,
        /// Hash of what the browser holds from now on.
        token: TokenHash,
        /// When.
        at: Moment,
    },
    /// Every session of a person ends.
    SessionsEnded {
        /// Whose.
        staff: StaffId,
        /// When.
        at: Moment,
    },
    /// A session was used. Condition: it was not ended.
    SessionSeen {
        /// Which.
        id: StaffSessionId,
        /// When.
        at: Moment,
    },
}
