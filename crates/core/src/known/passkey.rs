//! Passkeys as stored.
//!
//! **Invariant:** a passkey is a public key; nothing here proves anything by being read.

use crate::id::{CredentialId, CustomerId};
use crate::moment::Moment;
use crate::proof::UserSeen;
use crate::text::Line;

/// Where a passkey may be (Web Authentication Level 3 section 6.1.3, the flags BE and BS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backup {
    /// In one authenticator, for ever.
    Bound,
    /// It may be copied and is not yet.
    Eligible,
    /// Copied to the customer's other devices.
    Copied,
}

impl Backup {
    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bound => "bound",
            Self::Copied => "copied",
            Self::Eligible => "eligible",
        }
    }

    /// The state of a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "bound" => Some(Self::Bound),
            "copied" => Some(Self::Copied),
            "eligible" => Some(Self::Eligible),
            _ => None,
        }
    }
}

/// A passkey of a customer. The user handle that its authenticator keeps is the customer's id.
#[derive(Clone, PartialEq, Eq)]
pub struct PasskeyKnown {
    /// The id.
    pub id: CredentialId,
    /// Whose.
    pub customer: CustomerId,
    /// The authenticator's own name for it (the credential id, at most 1023 bytes).
    pub handle: Vec<u8>,
    /// The public key as a COSE key (RFC 9052 section 7).
    pub public_key: Vec<u8>,
    /// Signatures so far, as the authenticator counts; 0 for one that does not count.
    pub sign_count: u32,
    /// Who was seen when it was made.
    pub seen: UserSeen,
    /// Where it may be.
    pub backup: Backup,
    /// The model of the authenticator, as far as it says; zeros otherwise.
    pub aaguid: [u8; 16],
    /// The customer's name for it.
    pub name: Line<40>,
    /// When it was added.
    pub created: Moment,
    /// When it was last used.
    pub last: Option<Moment>,
    /// Counts up with every use and change.
    pub revision: i64,
}

impl std::fmt::Debug for PasskeyKnown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PasskeyKnown({}, revision {})", self.id, self.revision)
    }
}

impl PasskeyKnown {
    /// The flags of Web Authentication Level 3 section 6.1 that are kept: user verified (bit 2),
    /// may be copied (bit 3), is copied (bit 4).
    #[must_use]
    pub const fn flags(&self) -> u8 {
        let seen = match self.seen {
            UserSeen::Present => 0,
            UserSeen::Verified => 1 << 2,
        };
        let backup = match self.backup {
            Backup::Bound => 0,
            Backup::Eligible => 1 << 3,
            Backup::Copied => 1 << 3 | 1 << 4,
        };
        seen | backup
    }
}
