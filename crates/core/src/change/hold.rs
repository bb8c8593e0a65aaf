//! What happens to operations that wait, and to their holds.
//!
//! **Invariant:** of release, refusal, cancelling and freeze of one operation exactly one lands.

use crate::access::OperationKind;
use crate::hold::{HeldGrant, Hold};
use crate::id::{CustomerId, OperationId};
use crate::moment::Moment;
use crate::reason::Reason;

/// A change of an operation that waits.
#[derive(Clone, Debug, PartialEq)]
pub enum HoldChange {
    /// Whatever of the customer waits or was not redeemed yet is refused, each with a new revision.
    AllEnded {
        /// Whose.
        customer: CustomerId,
        /// Why.
        reason: Reason,
    },
    /// The customer's open operations of these kinds are held, each with a new revision. What was
    /// confirmed before has to be confirmed again.
    AllHeld {
        /// Whose.
        customer: CustomerId,
        /// Which.
        kinds: Vec<OperationKind>,
        /// The hold.
        hold: Hold,
        /// Grants that were made until this moment are over, and what they were for is left.
        confirmed: Moment,
    },
    /// What codes confirmed and still waits, or was released and not redeemed, has to be confirmed
    /// again, each with a new revision.
    CodesVoided {
        /// Whose.
        customer: CustomerId,
    },
    /// An operation is refused after it was admitted. Condition: the revision.
    Ended {
        /// Which.
        id: OperationId,
        /// Its revision.
        revision: i64,
        /// Why.
        reason: Reason,
    },
    /// An operation is held with its confirmation. Condition: the revision.
    Held {
        /// Which.
        id: OperationId,
        /// Its revision.
        revision: i64,
        /// The hold.
        hold: Hold,
        /// The confirmation.
        held: HeldGrant,
    },
    /// A hold waits for a person, and not for time any more. Condition: the revision.
    LeftToPeople {
        /// Which.
        id: OperationId,
        /// Its revision.
        revision: i64,
        /// What was learned since.
        reason: Reason,
    },
    /// A hold is over. Condition: the revision.
    Released {
        /// Which.
        id: OperationId,
        /// Its revision.
        revision: i64,
        /// What it is now.
        to: Released,
        /// When.
        at: Moment,
        /// Until when it may be confirmed or its grant redeemed.
        until: Moment,
    },
}

/// What a held operation becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Released {
    /// Confirmed, as it was when it was held. Condition: what it was confirmed with is still the
    /// customer's.
    Confirmed,
    /// It waits for its confirmation.
    Pending,
}
