//! What happens to phones that approve and to what they are asked.
//!
//! **Invariant:** a request is approved once and used once, and one customer has one at most.

use crate::bytes::Sealed;
use crate::id::{ChallengeId, CredentialId, CustomerId};
use crate::known::{ApproverKnown, PushKnown};
use crate::moment::Moment;

/// A change of phones that approve, or of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum PushChange {
    /// A phone approves from now on, in the place of what the same device was before. Condition:
    /// the device is remembered.
    ApproverAdded(Box<ApproverKnown>),
    /// A phone approves no more. Condition: it did.
    ApproverRemoved {
        /// Which.
        id: CredentialId,
        /// Whose.
        customer: CustomerId,
    },
    /// A request was approved. Condition: the revision, and the phone still approves.
    Approved {
        /// Which.
        id: ChallengeId,
        /// Its revision.
        revision: i64,
        /// On which phone.
        approver: CredentialId,
        /// When.
        at: Moment,
    },
    /// A request. Replaces the open one. Condition: that is still the one that was seen, or there
    /// still is none.
    Asked {
        /// The request.
        request: Box<PushKnown>,
        /// The one that was seen.
        seen: Option<ChallengeId>,
    },
    /// A request is over without having been used. Condition: the revision.
    Ended {
        /// Which.
        id: ChallengeId,
        /// Its revision.
        revision: i64,
    },
    /// A new key of ours; those of before stay for the phones that know them.
    KeyAdded {
        /// Its thumbprint.
        kid: String,
        /// Its private half.
        sealed: Sealed,
        /// When.
        at: Moment,
    },
    /// A wrong number was typed. Condition: the revision.
    Missed {
        /// Which request.
        id: ChallengeId,
        /// Its revision.
        revision: i64,
    },
    /// An approval was used. Condition: the revision, and that it was approved.
    Spent {
        /// Which request.
        id: ChallengeId,
        /// Its revision.
        revision: i64,
    },
}
