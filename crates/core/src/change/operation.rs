//! What a change of an operation carries.
//!
//! **Invariant:** an operation that is made and the grant that may come with it are one change.

use crate::access::OperationKind;
use crate::bytes::{Digest, Sealed};
use crate::hold::Hold;
use crate::id::{ApplicationId, CustomerId, DecisionId, GrantId, OperationId};
use crate::known::{Strange, Way};
use crate::moment::Moment;
use crate::money::Money;
use crate::operation::{Nonce, OperationState};
use crate::proof::Method;
use crate::verdict::Requirement;

/// A new operation.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationCreated {
    /// The id.
    pub id: OperationId,
    /// The application that asks.
    pub application: ApplicationId,
    /// The customer.
    pub customer: CustomerId,
    /// The kind.
    pub kind: OperationKind,
    /// Its fields, sealed.
    pub fields: Sealed,
    /// Its digest.
    pub digest: Digest,
    /// Its first state.
    pub state: OperationState,
    /// What its confirmation has to meet; empty when it waits for none.
    pub required: Vec<Requirement>,
    /// What the application gave along for its grant.
    pub nonce: Option<Nonce>,
    /// By which channel, and of which segments the customer is.
    pub way: Way,
    /// Where the browser goes back to.
    pub return_uri: Option<String>,
    /// The decision that admitted it.
    pub decision: DecisionId,
    /// Whether the request came from a place that was new for the customer.
    pub strange: Strange,
    /// When.
    pub at: Moment,
    /// Until when it may be confirmed.
    pub expires: Moment,
    /// The hold, when it is held.
    pub hold: Option<Hold>,
    /// Its amount, which counts towards limits from the moment that it has a grant.
    pub amount: Option<Money>,
    /// The grant, when it needs no confirmation.
    pub grant: Option<GrantIssued>,
}

/// What a customer was shown of an operation that they confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementKept {
    /// The operation.
    pub operation: OperationId,
    /// The decision on the answer.
    pub decision: DecisionId,
    /// Digest of the text.
    pub digest: Digest,
    /// The text, sealed.
    pub sealed: Sealed,
    /// When.
    pub at: Moment,
}

/// A grant that comes with a change of state.
#[derive(Clone, Debug, PartialEq)]
pub struct GrantIssued {
    /// The id.
    pub id: GrantId,
    /// By which methods the operation was confirmed.
    pub methods: Vec<Method>,
    /// When the customer proved who they are.
    pub proved: Moment,
    /// How strongly, where the customer confirmed here ([`crate::proof::acr_of_confirmation`]).
    pub acr: Option<&'static str>,
}
