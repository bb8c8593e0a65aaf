//! Verifying signatures of credentials and of certificates, all of it with public keys.
//!
//! `ring` does P-256, P-384, Ed25519 and RSA; it is in the tree for TLS, and verifying with RSA
//! needs none of the private-key operations for which decision 0002 bans the `rsa` crate. P-521 is
//! RustCrypto's `p521`, Ed448 its `ed448-goldilocks`, both of which `ring` lacks.
//!
//! **Invariant:** the scheme comes from the key or the certificate that was accepted before, never
//! from the signature.

use ed448_goldilocks::Signature as Ed448Signature;
use p521::ecdsa::signature::Verifier as _;
use ring::signature::{self as with, UnparsedPublicKey, VerificationAlgorithm};

use crate::Check;

/// Key type with hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scheme {
    P256Sha256,
    P256Sha384,
    P384Sha256,
    P384Sha384,
    P521Sha512,
    Ed25519,
    Ed448,
    /// PKCS #1 v1.5, 2048 to 8192 bits.
    RsaSha256,
    RsaSha384,
    RsaSha512,
    /// For what a TPM certifies, and never for a credential or a certificate.
    DangerRsaSha1,
}

impl Scheme {
    /// Verifies. `key` is an uncompressed SEC 1 point, the 32 or 57 bytes of RFC 8032, or an
    /// `RSAPublicKey` (RFC 8017) in DER; an ECDSA signature is an `Ecdsa-Sig-Value` in DER. A key
    /// that is no key of its kind verifies nothing.
    pub(super) fn verify(self, key: &[u8], message: &[u8], signature: &[u8]) -> Check {
        let by_ring: &'static dyn VerificationAlgorithm = match self {
            Self::P256Sha256 => &with::ECDSA_P256_SHA256_ASN1,
            Self::P256Sha384 => &with::ECDSA_P256_SHA384_ASN1,
            Self::P384Sha256 => &with::ECDSA_P384_SHA256_ASN1,
            Self::P384Sha384 => &with::ECDSA_P384_SHA384_ASN1,
            Self::P521Sha512 => return given(p521(key, message, signature)),
            Self::Ed25519 => &with::ED25519,
            Self::Ed448 => return given(ed448(key, message, signature)),
            Self::RsaSha256 => &with::RSA_PKCS1_2048_8192_SHA256,
            Self::RsaSha384 => &with::RSA_PKCS1_2048_8192_SHA384,
            Self::RsaSha512 => &with::RSA_PKCS1_2048_8192_SHA512,
            Self::DangerRsaSha1 => &with::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        };
        given(
            UnparsedPublicKey::new(by_ring, key)
                .verify(message, signature)
                .ok(),
        )
    }
}

fn given(verified: Option<()>) -> Check {
    match verified {
        Some(()) => Check::Match,
        None => Check::Mismatch,
    }
}

fn p521(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
    let signature = p521::ecdsa::Signature::from_der(signature).ok()?;
    key.verify(message, &signature).ok()
}

fn ed448(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let bytes: &[u8; 57] = key.try_into().ok()?;
    let key = ed448_goldilocks::VerifyingKey::from_bytes(bytes).ok()?;
    let signature = Ed448Signature::from_slice(signature).ok()?;
    key.verify_raw(&signature, message).ok()
}
