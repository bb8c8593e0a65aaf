//! What happens to a transaction PIN.
//!
//! **Invariant:** a PIN that somebody else set within the life of a report code can be taken back,
//! and the one before it is what the customer has then.

use crate::id::{CredentialId, CustomerId};
use crate::known::PinBefore;
use crate::moment::Moment;

/// A change of a transaction PIN.
#[derive(Clone, Debug, PartialEq)]
pub enum PinChange {
    /// The first one. Condition: the customer has none.
    Added {
        /// The id.
        id: CredentialId,
        /// Whose.
        customer: CustomerId,
        /// Its hash, with its scheme and cost.
        hash: String,
        /// When it was set.
        at: Moment,
        /// When its customer set it here; `None` for one that was taken over from another system,
        /// which nobody undoes.
        begun: Option<Moment>,
    },
    /// It was set without the one before: money waits for a while. Condition: the customer's
    /// revision.
    Recovered {
        /// Whose.
        customer: CustomerId,
        /// The customer's revision.
        revision: i64,
        /// When.
        at: Moment,
    },
    /// The same PIN under a better hash. Condition: the revision.
    Rehashed {
        /// Which.
        id: CredentialId,
        /// Its revision.
        revision: i64,
        /// Its hash, with its scheme and cost.
        hash: String,
    },
    /// Another PIN. Condition: the revision.
    Set {
        /// Which.
        id: CredentialId,
        /// Its revision.
        revision: i64,
        /// Its hash, with its scheme and cost.
        hash: String,
        /// When.
        at: Moment,
        /// The one to come back if the customer says that it was somebody else.
        before: Option<PinBefore>,
    },
    /// What was set at or after a moment is undone: a first PIN is gone, and otherwise the one
    /// before it is back.
    Undone {
        /// Whose.
        customer: CustomerId,
        /// The moment.
        since: Moment,
    },
}
