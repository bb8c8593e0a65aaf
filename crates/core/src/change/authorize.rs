//! What a change of an OpenID Connect request carries.
//!
//! **Invariant:** a code is kept as its hash.

use crate::bytes::TokenHash;
use crate::id::{ApplicationId, AuthorizationId, CustomerId, SessionId};
use crate::moment::Moment;
use crate::proof::Method;

/// An OpenID Connect request that waits for the customer.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizationRequested {
    /// The id.
    pub id: AuthorizationId,
    /// Of which application.
    pub application: ApplicationId,
    /// Where the code goes.
    pub redirect_uri: String,
    /// Its parameters, sealed.
    pub parameters: String,
    /// When.
    pub at: Moment,
    /// When it ends.
    pub expires: Moment,
}

/// An OpenID Connect code.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeIssued {
    /// Its hash.
    pub code: TokenHash,
    /// The request that it answers.
    pub authorization: AuthorizationId,
    /// Whose.
    pub customer: CustomerId,
    /// The session that stands behind it.
    pub session: SessionId,
    /// When the customer proved who they are.
    pub proved: Moment,
    /// How.
    pub methods: Vec<Method>,
    /// When it ends.
    pub expires: Moment,
}
