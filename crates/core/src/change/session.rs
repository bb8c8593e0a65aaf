//! Changes of a session that goes on.
//!
//! **Invariant:** whoever knows the token of before has no session after a proof.

use crate::bytes::TokenHash;
use crate::elsewhere::ProofPlace;
use crate::id::SessionId;
use crate::moment::Moment;
use crate::proof::Method;

/// The customer showed once more who they are; the session goes on under another token. Condition:
/// it was not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionProved {
    /// The session.
    pub id: SessionId,
    /// Hash of its next token.
    pub token: TokenHash,
    /// How.
    pub method: Method,
    /// When.
    pub at: Moment,
    /// From where.
    pub place: ProofPlace,
}

/// It is written down that a session was used in another country or by another program. Condition:
/// it was not ended, and that was last written down at `since`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionStrange {
    /// The session.
    pub id: SessionId,
    /// Now.
    pub at: Moment,
    /// When it was written down before.
    pub since: Option<Moment>,
}
