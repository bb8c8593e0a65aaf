//! What happens to webhooks, and to what applications were told.
//!
//! **Invariant:** what an application was told of an operation only ever grows, revision by
//! revision.

use crate::bytes::Sealed;
use crate::id::{ApplicationId, OperationId};
use crate::moment::Moment;

/// A change of a webhook, or of what an application was told.
#[derive(Clone, Debug, PartialEq)]
pub enum WebhookChange {
    /// A worker tells the application for a while. Condition: the operation is at this revision,
    /// that was not told, and no other worker is at it.
    Claimed {
        /// Which.
        operation: OperationId,
        /// At which revision.
        revision: i64,
        /// Now.
        at: Moment,
        /// Until when nobody else does.
        until: Moment,
    },
    /// This revision will not be told; the next one may be.
    GivenUp {
        /// Of which.
        operation: OperationId,
        /// Which revision.
        revision: i64,
        /// Its application.
        application: ApplicationId,
        /// When.
        at: Moment,
        /// What went wrong last.
        error: String,
    },
    /// Telling this revision did not work, and is tried again. One that came meanwhile begins anew.
    Postponed {
        /// Of which.
        operation: OperationId,
        /// Which revision.
        revision: i64,
        /// Its application.
        application: ApplicationId,
        /// When.
        at: Moment,
        /// When it is tried again.
        next: Moment,
        /// What went wrong.
        error: String,
    },
    /// The application is told nothing any more. Condition: it was.
    Removed {
        /// Which.
        application: ApplicationId,
    },
    /// Another secret signs. Condition: there is a webhook.
    Rotated {
        /// Whose.
        application: ApplicationId,
        /// The secret.
        secret: Sealed,
        /// Until when the one before signs as well.
        until: Moment,
    },
    /// The application is told there from now on, in the place of where it was before; what waits
    /// begins anew, at once.
    Set {
        /// Which.
        application: ApplicationId,
        /// Where.
        url: String,
        /// The secret that signs.
        secret: Sealed,
        /// When.
        at: Moment,
    },
    /// The application was told this revision of the operation.
    Told {
        /// Of which.
        operation: OperationId,
        /// Which revision.
        revision: i64,
        /// Its application.
        application: ApplicationId,
    },
}
