//! The proof by an authenticator app.
//!
//! **Invariant:** it names the step of its code, so that the store takes the code once.

use crate::bytes::Digest;
use crate::id::CredentialId;

/// The code of an authenticator app was right.
#[derive(Debug)]
#[must_use]
pub struct TotpProved {
    credential: CredentialId,
    revision: i64,
    step: i64,
    bound: Digest,
}

impl TotpProved {
    /// States that the code of `step` was typed for `bound`, and is that of the app `credential` in
    /// its `revision`, whose last used step is an earlier one.
    pub const fn assert_totp(credential: (CredentialId, i64), step: i64, bound: Digest) -> Self {
        let (credential, revision) = credential;
        Self {
            credential,
            revision,
            step,
            bound,
        }
    }

    /// The app.
    #[must_use]
    pub const fn credential(&self) -> CredentialId {
        self.credential
    }

    /// Its revision when the code was compared.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.revision
    }

    /// The step of the code, in units of 30 seconds since 1970.
    #[must_use]
    pub const fn step(&self) -> i64 {
        self.step
    }

    /// What the code was typed for. The app itself binds a code to nothing but the time.
    #[must_use]
    pub const fn bound(&self) -> Digest {
        self.bound
    }
}
