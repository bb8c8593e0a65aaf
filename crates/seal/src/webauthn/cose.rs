//! Public keys of credentials: COSE keys (RFC 9052 §7, RFC 9053 §7, RFC 8230 §4, RFC 8812 §2).
//!
//! **Invariant:** a [`PublicKey`] has an algorithm we verify, the curve that belongs to it
//! (WebAuthn Level 3 §5.8.5) and uncompressed coordinates of full length; there is one way to write
//! it.

use x509_cert::der::Encode as _;
use x509_cert::der::asn1::Uint;

use super::Refusal;
use super::cbor::{self, Value};
use super::signature::Scheme;
use crate::Check;

/// Signature algorithms of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// EdDSA with Ed25519.
    EdDsa,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// RSASSA-PKCS1-v1_5 with SHA-256: TPMs that Windows uses.
    Rs256,
    /// EdDSA with Ed448 (RFC 9864). No authenticator on the market is known to make it, and its
    /// crate is a pre-release: to be allowed by name.
    Ed448,
}

impl Algorithm {
    /// What to offer, the preferred first.
    pub const OFFERED: &'static [Self] = &[
        Self::Es256,
        Self::EdDsa,
        Self::Es384,
        Self::Es512,
        Self::Rs256,
    ];

    /// The number in the IANA registry of COSE algorithms, for `pubKeyCredParams`.
    #[must_use]
    pub const fn cose(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Es384 => -35,
            Self::Es512 => -36,
            Self::Ed448 => -53,
            Self::Rs256 => -257,
        }
    }

    /// The algorithm of a number.
    #[must_use]
    pub fn of_cose(number: i64) -> Option<Self> {
        let all = Self::OFFERED.iter().chain(&[Self::Ed448]);
        all.copied().find(|known| known.cose() == number)
    }

    pub(super) const fn scheme(self) -> Scheme {
        match self {
            Self::Es256 => Scheme::P256Sha256,
            Self::EdDsa => Scheme::Ed25519,
            Self::Es384 => Scheme::P384Sha384,
            Self::Es512 => Scheme::P521Sha512,
            Self::Ed448 => Scheme::Ed448,
            Self::Rs256 => Scheme::RsaSha256,
        }
    }
}

/// The public key of a credential.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    algorithm: Algorithm,
    raw: Vec<u8>,
    cose: Vec<u8>,
}

impl PublicKey {
    /// Reads a stored key.
    ///
    /// # Errors
    /// [`Refusal::KeyShape`] or [`Refusal::Algorithm`] when it is not what [`PublicKey::cose`]
    /// gave.
    pub fn from_cose(cose: &[u8]) -> Result<Self, Refusal> {
        let value = cbor::read(cose).map_err(|_| Refusal::KeyShape)?;
        Self::of(cose, &value)
    }

    pub(super) fn of(cose: &[u8], key: &Value<'_>) -> Result<Self, Refusal> {
        let number = key.label(3).and_then(Value::integer);
        let number = number.ok_or(Refusal::KeyShape)?;
        let algorithm = Algorithm::of_cose(number).ok_or(Refusal::Algorithm)?;
        Ok(Self {
            algorithm,
            raw: raw(key, algorithm).ok_or(Refusal::KeyShape)?,
            cose: cose.to_vec(),
        })
    }

    /// Its algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key as the authenticator wrote it: what to store.
    #[must_use]
    pub fn cose(&self) -> &[u8] {
        &self.cose
    }

    /// As `subjectPublicKey` of a certificate has it: SEC 1 point, RFC 8032 bytes or RSAPublicKey.
    pub(super) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Verifies a signature over `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Check {
        self.algorithm
            .scheme()
            .verify(&self.raw, message, signature)
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({:?})", self.algorithm)
    }
}

fn raw(key: &Value<'_>, algorithm: Algorithm) -> Option<Vec<u8>> {
    // kty 1 OKP, 2 EC2, 3 RSA; crv 1 to 3 NIST, 6 Ed25519, 7 Ed448.
    match algorithm {
        Algorithm::Es256 => point(key, 1, 32),
        Algorithm::Es384 => point(key, 2, 48),
        Algorithm::Es512 => point(key, 3, 66),
        Algorithm::EdDsa => octets(key, 6, 32),
        Algorithm::Ed448 => octets(key, 7, 57),
        Algorithm::Rs256 => rsa(key),
    }
}

fn is(key: &Value<'_>, label: i64, expected: i64) -> Option<()> {
    (key.label(label)?.integer()? == expected).then_some(())
}

fn coordinate<'a>(key: &Value<'a>, label: i64, width: usize) -> Option<&'a [u8]> {
    let bytes = key.label(label)?.bytes()?;
    (bytes.len() == width).then_some(bytes)
}

fn point(key: &Value<'_>, curve: i64, width: usize) -> Option<Vec<u8>> {
    is(key, 1, 2)?;
    is(key, -1, curve)?;
    let (x, y) = (coordinate(key, -2, width)?, coordinate(key, -3, width)?);
    Some([&[4], x, y].concat())
}

fn octets(key: &Value<'_>, curve: i64, width: usize) -> Option<Vec<u8>> {
    is(key, 1, 1)?;
    is(key, -1, curve)?;
    coordinate(key, -2, width).map(<[u8]>::to_vec)
}

/// Modulus 2048 to 8192 bits, exponent up to 8 bytes (`ring` takes odd ones from 3 to 2^33 - 1).
fn rsa(key: &Value<'_>) -> Option<Vec<u8>> {
    is(key, 1, 3)?;
    let (modulus, exponent) = (key.label(-1)?.bytes()?, key.label(-2)?.bytes()?);
    let lengths = (256..=1024).contains(&modulus.len()) && (1..=8).contains(&exponent.len());
    if !lengths || modulus[0] == 0 || exponent[0] == 0 {
        return None;
    }
    let numbers = [Uint::new(modulus).ok()?, Uint::new(exponent).ok()?];
    numbers.to_vec().to_der().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn es256(coordinates: [&[u8]; 2], algorithm: u8, curve: u8) -> Vec<u8> {
        let mut cose = vec![0xa5, 1, 2, 3, algorithm, 0x20, curve];
        for (label, coordinate) in [0x21, 0x22].into_iter().zip(coordinates) {
            let length = u8::try_from(coordinate.len()).unwrap();
            cose.extend([label, 0x58, length]);
            cose.extend(coordinate);
        }
        cose
    }

    #[test]
    fn a_key_has_the_curve_of_its_algorithm_and_full_coordinates() {
        let key = PublicKey::from_cose(&es256([&[1; 32], &[2; 32]], 0x26, 1)).unwrap();
        assert_eq!(key.algorithm(), Algorithm::Es256);
        assert_eq!(key.raw(), [&[4][..], &[1; 32], &[2; 32]].concat());
        for (what, cose, refusal) in [
            (
                "P-384",
                es256([&[1; 32], &[2; 32]], 0x26, 2),
                Refusal::KeyShape,
            ),
            (
                "short",
                es256([&[1; 31], &[2; 32]], 0x26, 1),
                Refusal::KeyShape,
            ),
            (
                "long",
                es256([&[1; 32], &[2; 33]], 0x26, 1),
                Refusal::KeyShape,
            ),
            (
                "EdDSA",
                es256([&[1; 32], &[2; 32]], 0x27, 6),
                Refusal::KeyShape,
            ),
            (
                "RS1",
                es256([&[1; 32], &[2; 32]], 0x3a, 1),
                Refusal::KeyShape,
            ),
            (
                "unknown",
                es256([&[1; 32], &[2; 32]], 0x29, 1),
                Refusal::Algorithm,
            ),
        ] {
            assert_eq!(PublicKey::from_cose(&cose).unwrap_err(), refusal, "{what}");
        }
        let mut compressed = es256([&[1; 32], &[2; 32]], 0x26, 1);
        compressed.truncate(compressed.len() - 34);
        compressed.push(0xf5);
        assert_eq!(
            PublicKey::from_cose(&compressed).unwrap_err(),
            Refusal::KeyShape
        );
    }

    #[test]
    fn a_point_off_the_curve_verifies_nothing() {
        let key = PublicKey::from_cose(&es256([&[1; 32], &[2; 32]], 0x26, 1)).unwrap();
        let signature = [0x30, 6, 2, 1, 1, 2, 1, 1];
        assert_eq!(key.verify(b"x", &signature), Check::Mismatch);
    }

    #[test]
    fn algorithms_and_numbers() {
        for algorithm in Algorithm::OFFERED {
            assert_eq!(Algorithm::of_cose(algorithm.cose()), Some(*algorithm));
        }
        assert_eq!(Algorithm::of_cose(-53), Some(Algorithm::Ed448));
        assert_eq!(Algorithm::of_cose(-65535), None, "RSA with SHA-1");
        assert!(!Algorithm::OFFERED.contains(&Algorithm::Ed448));
    }
}
