//! Operations, their grants, and requests that were answered before.
//!
//! **Invariant:** the fields of an operation are sealed, and its digest names exactly those.

use crate::access::OperationKind;
use crate::bytes::{Digest, Sealed};
use crate::hold::Hold;
use crate::id::{ApplicationId, DecisionId, GrantId, OperationId};
use crate::known::{CustomerKnown, StopKnown, StopsKnown, Way};
use crate::moment::Moment;
use crate::operation::{Nonce, OperationState};
use crate::policy::Policy;
use crate::proof::Method;
use crate::reason::Reason;
use crate::verdict::Requirement;

/// An operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationKnown {
    /// The id.
    pub id: OperationId,
    /// The application that asked.
    pub application: ApplicationId,
    /// The customer whose it is.
    pub customer: CustomerKnown,
    /// The kind.
    pub kind: OperationKind,
    /// Its fields, sealed.
    pub fields: Sealed,
    /// Its digest.
    pub digest: Digest,
    /// Its state.
    pub state: OperationState,
    /// What the decision that admitted it asked of its confirmation.
    pub required: Vec<Requirement>,
    /// What the application gave along for its grant.
    pub nonce: Option<Nonce>,
    /// By which channel, and of which segments the customer is.
    pub way: Way,
    /// Where the browser goes back to.
    pub return_uri: Option<String>,
    /// The decision that admitted it.
    pub decision: DecisionId,
    /// When it was asked for.
    pub created: Moment,
    /// Until when it may be confirmed.
    pub expires: Moment,
    /// When the customer's payout account was last changed.
    pub payout_changed: Option<Moment>,
    /// The hold, while it is held.
    pub hold: Option<Hold>,
    /// Why it was refused, where that came after it had been admitted.
    pub ended: Option<Reason>,
    /// The grant, once confirmed; of a held operation what was confirmed when it was held.
    pub grant: Option<GrantKnown>,
    /// Counts up with every change.
    pub revision: i64,
}

impl OperationKnown {
    /// The one of `stops` that stands in its way.
    #[must_use]
    pub fn stopped<'a>(&self, stops: &'a StopsKnown) -> Option<&'a StopKnown> {
        stops.stopping((&self.kind, self.application), &self.way)
    }
}

/// The grant of a confirmed operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantKnown {
    /// The id.
    pub id: GrantId,
    /// When the operation was confirmed.
    pub confirmed: Moment,
    /// By which methods.
    pub methods: Vec<Method>,
    /// When the customer proved who they are.
    pub proved: Moment,
    /// How strongly, where the customer confirmed here.
    pub acr: Option<String>,
    /// When the grant was redeemed.
    pub redeemed: Option<Moment>,
    /// Until when it may be redeemed, where the operation was held in between.
    pub until: Option<Moment>,
}

impl GrantKnown {
    /// Until when it may be redeemed: whole seconds, as its tokens say.
    #[must_use]
    pub fn ends(&self, policy: &Policy) -> Moment {
        let ends = self
            .until
            .unwrap_or_else(|| self.confirmed.plus(policy.grant_life()));
        Moment::from_unix_seconds(ends.unix_seconds())
    }
}

/// A request that was answered before under the same idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdempotencyKnown {
    /// Digest of the first request.
    pub request: Digest,
    /// The decision that answered it.
    pub decision: DecisionId,
    /// The operation that it made, if it made one.
    pub operation: Option<OperationId>,
}
