//! Passkeys: a WebAuthn relying party's verification, and nothing else.
//!
//! The steps are those of Web Authentication Level 3, §7.1 (registration) and §7.2 (assertion),
//! over CBOR (RFC 8949) as CTAP2 restricts it, COSE keys (RFC 9052, 9053, 8812, 8230, 9864), X.509
//! (RFC 5280) and TPM 2.0 structures. It is our own because the challenge must be ours: for a
//! guarded operation it is derived from the operation's digest ([`bound_challenge`]), so that the
//! signature confirms exactly that operation. The 15 published test vectors of Level 3 are all
//! accepted (`tests/webauthn.rs`).
//!
//! What is left to the caller: drawing the nonce and having it answered once and within its life
//! ([`crate::ticket`]); that a credential id is not yet registered (§7.1); writing the new counter
//! and flags after an assertion; and what a regressed counter, a synced passkey or a model means
//! for a tier of operations.
//!
//! **Invariant:** whatever comes from the browser either becomes a [`Registered`] or an
//! [`Asserted`] after every step held, or a [`Refusal`]; it never panics and is never a fault.

mod assertion;
mod attestation;
mod authenticator_data;
mod cbor;
mod certificate;
mod client_data;
mod cose;
mod der;
mod expectation;
mod payment;
mod refusal;
mod registration;
mod signature;

pub use assertion::{
    Asserted, Assertion, AssertionKind, AssertionResponse, Counter, Identified, Record, assert,
};
pub use attestation::{Attestation, Format, KeyStore, Standing, Voucher};
pub use authenticator_data::{Aaguid, Flags, MAX_CREDENTIAL_ID};
pub use cose::{Algorithm, PublicKey};
pub use expectation::{Anchors, Framing, RelyingParty, Trust, UnnamedTop, UserVerification};
pub use refusal::Refusal;
pub use registration::{Registered, Registration, RegistrationResponse, register};

use sekisho_core::bytes::Digest;

/// The challenge for what is to be signed: SHA-256 over 32 random bytes and the digest of what
/// they are bound to (an interaction, or an operation with all its fields). §13.4.3 asks for at
/// least 16 random bytes; they come back with the page's ticket and the challenge is recomputed.
#[must_use]
pub fn bound_challenge(nonce: &[u8; 32], bound: &Digest) -> [u8; 32] {
    crate::digest::of_fields("sekisho webauthn challenge", &[nonce, &bound.0]).0
}
