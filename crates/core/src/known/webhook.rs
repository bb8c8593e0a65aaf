//! Webhooks of applications, and the operations that they were not told of yet.
//!
//! **Invariant:** a secret is sealed.

use crate::bytes::Sealed;
use crate::id::ApplicationId;
use crate::known::OperationKnown;
use crate::moment::Moment;

/// Where an application is told what became of its operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookKnown {
    /// Whose.
    pub application: ApplicationId,
    /// Where it is told.
    pub url: String,
    /// The secret that signs.
    pub secret: Sealed,
    /// The one before, and until when it signs as well.
    pub former: Option<(Sealed, Moment)>,
    /// Since when; operations that were asked for before are not told.
    pub created: Moment,
    /// The last failure: when, and what went wrong.
    pub failed: Option<(Moment, String)>,
    /// Since when nothing was accepted, if the last request failed.
    pub failing: Option<Moment>,
    /// States of operations that were given up.
    pub given_up: i64,
}

/// An operation whose present state its application was not told yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UntoldKnown {
    /// The operation.
    pub operation: OperationKnown,
    /// Tries to tell this very revision that failed.
    pub tries: i64,
}
