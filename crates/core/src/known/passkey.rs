//! Passkeys as stored.
//!
//! **Invariant:** a passkey is a public key; nothing here proves anything by being read.

use crate::id::{CredentialId, CustomerId};
use crate::known::Strange;
use crate::moment::Moment;
use crate::policy::Policy;
use crate::proof::{Method, UserSeen};
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

/// How a browser may reach an authenticator (Web Authentication Level 3 section 5.8.4): a hint that
/// it gave and gets back, never a proof of anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Bluetooth Low Energy.
    Ble,
    /// Another device, near by.
    Hybrid,
    /// In the device itself.
    Internal,
    /// Near-field communication.
    Nfc,
    /// A card in a reader.
    SmartCard,
    /// A key in a port.
    Usb,
}

impl Transport {
    /// The word of the specification, as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ble => "ble",
            Self::Hybrid => "hybrid",
            Self::Internal => "internal",
            Self::Nfc => "nfc",
            Self::SmartCard => "smart-card",
            Self::Usb => "usb",
        }
    }

    /// The transport of a word; browsers may know more than we do.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "ble" => Some(Self::Ble),
            "hybrid" => Some(Self::Hybrid),
            "internal" => Some(Self::Internal),
            "nfc" => Some(Self::Nfc),
            "smart-card" => Some(Self::SmartCard),
            "usb" => Some(Self::Usb),
            _ => None,
        }
    }
}

/// What the maker of an authenticator said of its model when a passkey was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attestation {
    /// Nothing that was verified; the model is what the authenticator itself says.
    Absent,
    /// It vouched for the model by a certificate that leads to a root which the operator gave.
    Rooted,
}

/// A passkey of a customer.
#[derive(Clone, PartialEq, Eq)]
pub struct PasskeyKnown {
    /// The id.
    pub id: CredentialId,
    /// Whose.
    pub customer: CustomerId,
    /// The domain that it was made for; empty for one that was stored before that was kept.
    pub rp_id: String,
    /// The authenticator's own name for it (the credential id, at most 1023 bytes).
    pub handle: Vec<u8>,
    /// What the authenticator keeps as the name of its customer (the user handle), which names
    /// nobody anywhere else.
    pub user_handle: Vec<u8>,
    /// The public key as a COSE key (RFC 9052 section 7).
    pub public_key: Vec<u8>,
    /// Signatures so far, as the authenticator counts; 0 for one that does not count.
    pub sign_count: u32,
    /// Who was seen when it was made.
    pub seen: UserSeen,
    /// Where it may be.
    pub backup: Backup,
    /// The model of the authenticator (AAGUID), as far as it says; zeros otherwise.
    pub aaguid: [u8; 16],
    /// Whether that is worth anything.
    pub attestation: Attestation,
    /// How the browser said that it is reached.
    pub transports: Vec<Transport>,
    /// The customer's name for it.
    pub name: Line<40>,
    /// Whether the place that it was added from was new for the customer.
    pub place: Strange,
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
    /// What it proves when it signs as it did when it was made.
    #[must_use]
    pub const fn method(&self) -> Method {
        Method::of_passkey(self.seen, self.backup)
    }

    /// Whether it may move money: it was added from a place that had been the customer's, or so
    /// long ago that the customer has had time to read what was sent about it.
    #[must_use]
    pub fn is_settled(&self, now: Moment, policy: &Policy) -> bool {
        self.place == Strange::Known || now.since(self.created) >= crate::passkey::wait(policy)
    }

    /// The flags of Web Authentication Level 3 section 6.1 that are kept: user verified (bit 2),
    /// may be copied (bit 3), is copied (bit 4).
    #[must_use]
    pub const fn flags(&self) -> u8 {
        flags(self.seen, self.backup)
    }
}

/// The flags of a passkey that was seen so and may be there.
pub(super) const fn flags(seen: UserSeen, backup: Backup) -> u8 {
    let seen = match seen {
        UserSeen::Present => 0,
        UserSeen::Verified => 1 << 2,
    };
    let backup = match backup {
        Backup::Bound => 0,
        Backup::Eligible => 1 << 3,
        Backup::Copied => 1 << 3 | 1 << 4,
    };
    seen | backup
}
