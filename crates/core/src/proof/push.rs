//! The proof by an approval on a phone.
//!
//! **Invariant:** it names the request in the revision that was approved, so that the store takes
//! it once.

use crate::bytes::Digest;
use crate::id::{ChallengeId, CredentialId};

/// The number that the asking page showed was typed on a phone of the customer.
#[derive(Debug)]
#[must_use]
pub struct PushProved {
    request: ChallengeId,
    revision: i64,
    bound: Digest,
    approver: CredentialId,
}

impl PushProved {
    /// States that the request, in its revision, was approved for `bound` on this phone.
    pub const fn assert_push(
        request: (ChallengeId, i64),
        bound: Digest,
        approver: CredentialId,
    ) -> Self {
        let (request, revision) = request;
        Self {
            request,
            revision,
            bound,
            approver,
        }
    }

    /// The phone.
    #[must_use]
    pub const fn approver(&self) -> CredentialId {
        self.approver
    }

    /// The request.
    #[must_use]
    pub const fn request(&self) -> ChallengeId {
        self.request
    }

    /// Its revision once it was approved.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.revision
    }

    /// What was approved.
    #[must_use]
    pub const fn bound(&self) -> Digest {
        self.bound
    }
}

/// The number that was typed on a phone is that of this request.
#[derive(Debug)]
#[must_use]
pub struct NumberProved {
    request: ChallengeId,
}

impl NumberProved {
    /// States that what was typed is the number of `request`.
    pub const fn assert_number(request: ChallengeId) -> Self {
        Self { request }
    }

    /// The request.
    #[must_use]
    pub const fn request(&self) -> ChallengeId {
        self.request
    }
}
