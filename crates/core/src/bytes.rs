//! Byte strings that mean something: sealed values, digests, hashes of tokens, blind indexes.
//!
//! **Invariant:** none of these can be turned back into the secret or the personal value it stands
//! for.

use serde::{Deserialize, Serialize};

/// A value sealed by the envelope of the seal crate. Opaque here.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// Declares a fixed-length byte newtype printed as lower-case hexadecimal.
macro_rules! fixed {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    };
}

fixed!(
    /// SHA-256 of an opaque token (session, device, interaction, authorization code, API
    /// credential).
    TokenHash,
    32
);
fixed!(
    /// SHA-256 of canonical data, such as the fields of an operation.
    Digest,
    32
);
fixed!(
    /// Key of a guessing counter: keyed hash of factor and account, so that it names nobody.
    CounterKey,
    16
);

impl Digest {
    /// SHA-256 of `data`.
    #[must_use]
    pub fn of(data: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(data).into())
    }
}

/// A digest of what comes piece by piece.
#[derive(Clone, Debug, Default)]
pub struct Digesting(sha2::Sha256);

impl Digesting {
    /// Takes the next piece.
    pub fn take(&mut self, piece: &[u8]) {
        use sha2::Digest as _;
        self.0.update(piece);
    }

    /// SHA-256 of all of them, one behind the other.
    #[must_use]
    pub fn end(self) -> Digest {
        use sha2::Digest as _;
        Digest(self.0.finalize().into())
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Truncated keyed hash of a normalised mail address or phone number. Several people may share one,
/// so a caller compares the opened values.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlindIndex(pub Vec<u8>);
