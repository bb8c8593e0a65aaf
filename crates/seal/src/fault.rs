//! What can go wrong in this crate when the world, not the customer, is at fault.
//!
//! **Invariant:** no message here holds key material, a password, a hash or opened plaintext.

use crate::key::{KeyFileProblem, Kid};
use crate::password::HashRefusal;

/// The one error type of this crate. "Wrong password" and "wrong code" are not among these: they
/// are values ([`crate::Check`], [`crate::password::Verification`]).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    #[error("key file, line {line}: {problem}")]
    KeyFile {
        line: usize,
        problem: KeyFileProblem,
    },

    #[error(
        "a key id is 1 to {max} characters of a-z, A-Z, 0-9, '.', '_' and '-', for example 2026-10",
        max = Kid::MAX_LEN
    )]
    KidShape,

    #[error("sealed under key {kid}, which the key file does not hold: put its line back")]
    KeyMissing { kid: Kid },

    #[error("not a sealed value of this version")]
    SealedShape,

    #[error("the sealed value was altered, or belongs to another record or field")]
    SealedAltered,

    #[error("{length} bytes are too many to seal at once, the limit is {limit}")]
    TooLargeToSeal { length: usize, limit: usize },

    #[error("the opened value is not valid UTF-8 text")]
    NotText,

    #[error("stored password hash: {0}")]
    PasswordHash(#[from] HashRefusal),

    #[error("a stored passkey has no public key that can be read")]
    StoredPasskey,

    #[error("password cost out of range: {0}")]
    PasswordCost(&'static str),

    #[error("not enough memory for the password hash of {memory_kib} KiB")]
    OutOfMemory { memory_kib: u32 },

    #[error("none of the random candidates is a valid P-256 private key: pass fresh bytes")]
    SigningKeyChance,

    #[error("not a P-256 key: {0}")]
    SigningKeyShape(&'static str),

    #[error("the payload could not be written as JSON")]
    Json(#[source] serde_json::Error),

    #[error("the signature could not be made")]
    Signing,

    #[error("key derivation was asked for more bytes than HKDF can give")]
    Derivation,
}
