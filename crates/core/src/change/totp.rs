//! What happens to an authenticator app.
//!
//! **Invariant:** a code of the app counts once, and none before the app was confirmed.

use crate::id::{CredentialId, CustomerId};
use crate::known::TotpKnown;
use crate::moment::Moment;

/// A change of an authenticator app.
#[derive(Clone, Debug, PartialEq)]
pub enum TotpChange {
    /// A secret, in the place of one that was never confirmed. Condition: the customer has no
    /// confirmed one.
    Begun(Box<TotpKnown>),
    /// The app showed that it has the secret. Condition: the revision, and not confirmed yet.
    Confirmed {
        /// Which.
        id: CredentialId,
        /// Its revision.
        revision: i64,
        /// The step of the code.
        step: i64,
        /// When.
        at: Moment,
    },
    /// It is gone. Condition: the revision.
    Removed {
        /// Which.
        id: CredentialId,
        /// Its revision.
        revision: i64,
    },
    /// One that was confirmed at or after a moment is gone, and one that was begun then.
    Undone {
        /// Whose.
        customer: CustomerId,
        /// The moment.
        since: Moment,
    },
    /// A code was used. Condition: the revision, a confirmed app, and a later step than the last
    /// one.
    Used {
        /// Which.
        id: CredentialId,
        /// Its revision.
        revision: i64,
        /// The step of the code.
        step: i64,
        /// When.
        at: Moment,
    },
}
