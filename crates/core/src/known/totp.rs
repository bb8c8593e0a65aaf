//! The secret of an authenticator app as stored.
//!
//! **Invariant:** the secret is sealed, and no code of a step up to the one that is kept works
//! again.

use crate::bytes::Sealed;
use crate::id::{CredentialId, CustomerId, SessionId};
use crate::moment::Moment;

/// The authenticator app of a customer (RFC 6238). There is one at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotpKnown {
    /// The id.
    pub id: CredentialId,
    /// Whose.
    pub customer: CustomerId,
    /// The session that it was begun in, the only one that may see its secret and confirm it.
    pub session: SessionId,
    /// The secret that server and app share.
    pub secret: Sealed,
    /// When it was begun.
    pub begun: Moment,
    /// When a right code showed that the app has it; until then it proves nothing.
    pub confirmed: Option<Moment>,
    /// The last step whose code was used, in units of 30 seconds since 1970; 0 before.
    pub step: i64,
    /// When it was last used.
    pub last: Option<Moment>,
    /// Counts up with every use and change.
    pub revision: i64,
}
