//! Proofs by passkey: that one signed, and that one was made.
//!
//! **Invariant:** either is bound to a challenge of ours that is spent with it.

use crate::bytes::Digest;
use crate::id::CredentialId;
use crate::known::{Attestation, Backup};
use crate::moment::Moment;
use crate::proof::Method;

/// Whether the authenticator verified who used it (WebAuthn's UV) or only that somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UserSeen {
    /// Touched, by anybody.
    Present,
    /// Verified by PIN or biometric.
    Verified,
}

/// The challenge that a passkey answered, which nothing else may answer again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// What makes it unique.
    pub nonce: Digest,
    /// Until when it could be answered.
    pub expires: Moment,
}

/// How the authenticator's count of signatures went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// It went up, or the authenticator does not count.
    Onward,
    /// It did not: perhaps there are two copies of a key that should be one (Web Authentication
    /// Level 3 section 6.1.1). The higher count is kept, so that the copy that is behind is noticed
    /// again and again, and not just once.
    Back {
        /// The count before.
        before: u32,
    },
}

/// What an authenticator said with its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Its count of signatures.
    pub count: u32,
    /// How that compares with the count before.
    pub counting: Counting,
    /// Where the passkey may be now.
    pub backup: Backup,
    /// Who was seen.
    pub seen: UserSeen,
}

impl Signed {
    /// What it proves.
    #[must_use]
    pub const fn method(self) -> Method {
        Method::of_passkey(self.seen, self.backup)
    }
}

impl Method {
    /// What a passkey proves: only a verified user makes it one that replaces the password, and
    /// only what cannot be copied is one device's.
    #[must_use]
    pub const fn of_passkey(seen: UserSeen, backup: Backup) -> Self {
        match (seen, backup) {
            (UserSeen::Present, _) => Self::SecurityKey,
            (UserSeen::Verified, Backup::Bound) => Self::Passkey,
            (UserSeen::Verified, Backup::Copied | Backup::Eligible) => Self::SyncedPasskey,
        }
    }
}

/// Who showed the customer what they signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Screen {
    /// The browser itself, payee and amount, which are in what was signed.
    Browser,
    /// Our page.
    Page,
}

/// A passkey signed a challenge of ours.
#[derive(Debug)]
#[must_use]
pub struct PasskeyProved {
    credential: CredentialId,
    revision: i64,
    bound: Digest,
    spent: Spent,
    signed: Signed,
    screen: Screen,
}

impl PasskeyProved {
    /// States that the passkey `credential` in its `revision` signed the challenge `spent`, which
    /// was made for what it is `bound` to.
    pub const fn assert_passkey(
        credential: (CredentialId, i64),
        bound: Digest,
        spent: Spent,
        signed: Signed,
    ) -> Self {
        let (credential, revision) = credential;
        Self {
            credential,
            revision,
            bound,
            spent,
            signed,
            screen: Screen::Page,
        }
    }

    /// States besides that the browser showed what was asked of it, and that each member of what it
    /// says it showed was compared with that.
    pub const fn assert_shown_by_browser(self) -> Self {
        Self {
            screen: Screen::Browser,
            ..self
        }
    }

    /// The passkey.
    #[must_use]
    pub const fn credential(&self) -> CredentialId {
        self.credential
    }

    /// Its revision when it was verified.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.revision
    }

    /// What the challenge was bound to: an interaction, an operation, a visitor.
    #[must_use]
    pub const fn bound(&self) -> Digest {
        self.bound
    }

    /// The challenge.
    #[must_use]
    pub const fn spent(&self) -> Spent {
        self.spent
    }

    /// What the authenticator said.
    #[must_use]
    pub const fn signed(&self) -> Signed {
        self.signed
    }

    /// Who showed what was signed.
    #[must_use]
    pub const fn screen(&self) -> Screen {
        self.screen
    }

    /// What it proves.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.signed.method()
    }
}

/// A new passkey, made for a challenge of ours.
#[derive(Debug)]
#[must_use]
pub struct PasskeyMade {
    handle: Vec<u8>,
    key: Vec<u8>,
    model: ([u8; 16], Attestation),
    bound: Digest,
    spent: Spent,
    signed: Signed,
}

impl PasskeyMade {
    /// States that an authenticator made this passkey for the challenge `spent`: its handle and its
    /// public key, and the model of the authenticator with what that is worth.
    pub fn assert_made(
        made: (Vec<u8>, Vec<u8>),
        model: ([u8; 16], Attestation),
        bound: Digest,
        spent: Spent,
        signed: Signed,
    ) -> Self {
        let (handle, key) = made;
        Self {
            handle,
            key,
            model,
            bound,
            spent,
            signed,
        }
    }

    /// The authenticator's name for it.
    #[must_use]
    pub fn handle(&self) -> &[u8] {
        &self.handle
    }

    /// The public key as a COSE key.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        &self.key
    }

    /// The model of the authenticator (AAGUID), and what that is worth.
    #[must_use]
    pub const fn model(&self) -> ([u8; 16], Attestation) {
        self.model
    }

    /// What the challenge was bound to.
    #[must_use]
    pub const fn bound(&self) -> Digest {
        self.bound
    }

    /// The challenge.
    #[must_use]
    pub const fn spent(&self) -> Spent {
        self.spent
    }

    /// What the authenticator said.
    #[must_use]
    pub const fn signed(&self) -> Signed {
        self.signed
    }
}
