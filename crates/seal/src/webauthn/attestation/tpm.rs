//! Format `tpm` (WebAuthn Level 3 §8.3): the attestation key of a TPM certifies the credential's.
//!
//! Structures are those of the TPM 2.0 Library, part 2: `TPMT_PUBLIC` (12.2.4), `TPMS_ATTEST`
//! (10.12.8), big endian. The signature is read as COSE writes it, which is what Windows sends and
//! the published vector has. Windows Hello mostly signs with RSA and SHA-1 (`RS1`, COSE -65535, RFC
//! 8812 §2): that is verified, in this format alone, and told apart by its voucher.
//!
//! **Invariant:** the key in the public area is the credential's, the certified name is that
//! area's, and the extra data is the hash of this registration.

use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectAltName};

use super::{Subject, Vouched, Voucher, algorithm, bytes, chain, check_model};
use crate::Check;
use crate::webauthn::Refusal;
use crate::webauthn::cbor::Value;
use crate::webauthn::certificate::Certificate;
use crate::webauthn::cose::{Algorithm, PublicKey};
use crate::webauthn::der::{self, CONSTRUCTED, INTEGER, SEQUENCE, UNIVERSAL};

/// `TPM_GENERATED_VALUE` and `TPM_ST_ATTEST_CERTIFY`.
const MAGIC: [u8; 4] = [0xff, 0x54, 0x43, 0x47];
const CERTIFY: [u8; 2] = [0x80, 0x17];

/// `TPM_ALG_ID`.
const ALG_RSA: u16 = 0x01;
const ALG_SHA256: u16 = 0x0b;
const ALG_SHA384: u16 = 0x0c;
const ALG_SHA512: u16 = 0x0d;
const ALG_NULL: u16 = 0x10;
const ALG_ECC: u16 = 0x23;

pub(super) fn verify(statement: &Value<'_>, subject: &Subject<'_>) -> Result<Vouched, Refusal> {
    if statement.member("ver").and_then(Value::text) != Some("2.0") {
        return Err(Refusal::AttestationStatement);
    }
    let (signing, signature) = (Signing::of(statement)?, bytes(statement, "sig")?);
    let (public, certified) = (bytes(statement, "pubArea")?, bytes(statement, "certInfo")?);
    let (own, chain) = chain(statement)?;
    let area = PublicArea::parse(public).ok_or(Refusal::AttestationStatement)?;
    let info = Certified::parse(certified).ok_or(Refusal::AttestationStatement)?;
    if !area.holds(subject.key)
        || info.extra_data != signing.hashed(&subject.signed())
        || Some(info.name) != area.name(public).as_deref()
    {
        return Err(Refusal::AttestationSubject);
    }
    if !signing.verify(&own, certified, signature).matched() {
        return Err(Refusal::AttestationSignature);
    }
    if !is_fit(&own) {
        return Err(Refusal::AttestationCertificate);
    }
    check_model(&own, subject)?;
    Ok((signing.voucher(), chain))
}

/// How the attestation key signs.
#[derive(Clone, Copy)]
enum Signing {
    By(Algorithm),
    RsaSha1,
}

impl Signing {
    fn of(statement: &Value<'_>) -> Result<Self, Refusal> {
        match statement.member("alg").and_then(Value::integer) {
            Some(-65_535) => Ok(Self::RsaSha1),
            _ => algorithm(statement).map(Self::By),
        }
    }

    fn hashed(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::RsaSha1 => Sha1::digest(message).to_vec(),
            Self::By(Algorithm::Es256 | Algorithm::Rs256) => Sha256::digest(message).to_vec(),
            Self::By(Algorithm::Es384) => Sha384::digest(message).to_vec(),
            Self::By(Algorithm::Es512 | Algorithm::EdDsa | Algorithm::Ed448) => {
                Sha512::digest(message).to_vec()
            }
        }
    }

    fn verify(self, own: &Certificate, message: &[u8], signature: &[u8]) -> Check {
        match self {
            Self::By(algorithm) => own.verify(algorithm, message, signature),
            Self::RsaSha1 => own.danger_verify_rsa_sha1(message, signature),
        }
    }

    const fn voucher(self) -> Voucher {
        match self {
            Self::By(_) => Voucher::Certificate,
            Self::RsaSha1 => Voucher::CertificateBySha1,
        }
    }
}

/// §8.3.1: version 3, no subject, the TPM's maker, model and version as alternative name, the key
/// usage of attestation keys, and no certificate authority.
fn is_fit(certificate: &Certificate) -> bool {
    let tbs = certificate.parsed().tbs_certificate();
    let Ok(Some((_, names))) = tbs.get_extension::<SubjectAltName>() else {
        return false;
    };
    let Ok(Some((_, usages))) = tbs.get_extension::<ExtendedKeyUsage>() else {
        return false;
    };
    let described = names.0.iter().any(|name| {
        let GeneralName::DirectoryName(name) = name else {
            return false;
        };
        // tcg-at-tpmManufacturer, -tpmModel, -tpmVersion.
        ["2.23.133.2.1", "2.23.133.2.2", "2.23.133.2.3"]
            .iter()
            .all(|oid| name.iter().any(|part| part.oid.to_string() == *oid))
    });
    // tcg-kp-AIKCertificate.
    let attests = usages.0.iter().any(|oid| oid.to_string() == "2.23.133.8.3");
    certificate.is_v3_leaf() && tbs.subject().is_empty() && described && attests
}

/// Reads big-endian fields one after the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn number(&mut self) -> Option<u16> {
        self.take().map(u16::from_be_bytes)
    }

    /// A `TPM2B`: its length, then its bytes.
    fn sized(&mut self) -> Option<&'a [u8]> {
        let length = usize::from(self.number()?);
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// An algorithm and, unless it is none, `detail` bytes that belong to it.
    fn scheme(&mut self, detail: usize) -> Option<()> {
        if self.number()? != ALG_NULL {
            self.0 = self.0.split_at_checked(detail)?.1;
        }
        Some(())
    }
}

/// `TPMT_PUBLIC`.
struct PublicArea<'a> {
    name_algorithm: u16,
    key: AreaKey<'a>,
}

enum AreaKey<'a> {
    Rsa {
        exponent: u32,
        modulus: &'a [u8],
    },
    Ecc {
        curve: u16,
        x: &'a [u8],
        y: &'a [u8],
    },
}

impl<'a> PublicArea<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let kind = fields.number()?;
        let name_algorithm = fields.number()?;
        let _attributes: [u8; 4] = fields.take()?;
        let _policy = fields.sized()?;
        // Symmetric: key bits and mode. Signature scheme: a hash.
        fields.scheme(4)?;
        fields.scheme(2)?;
        let key = match kind {
            ALG_RSA => {
                let _bits = fields.number()?;
                let exponent = u32::from_be_bytes(fields.take()?);
                let modulus = fields.sized()?;
                AreaKey::Rsa { exponent, modulus }
            }
            ALG_ECC => {
                let curve = fields.number()?;
                fields.scheme(2)?;
                let (x, y) = (fields.sized()?, fields.sized()?);
                AreaKey::Ecc { curve, x, y }
            }
            _ => return None,
        };
        let area = Self {
            name_algorithm,
            key,
        };
        fields.0.is_empty().then_some(area)
    }

    fn holds(&self, key: &PublicKey) -> bool {
        match &self.key {
            AreaKey::Ecc { curve, x, y } => holds_point(key, *curve, [x, y]),
            AreaKey::Rsa { exponent, modulus } => {
                // Zero stands for the usual exponent (part 2, 12.2.3.5).
                let exponent = if *exponent == 0 { 65_537 } else { *exponent };
                let numbers = rsa_numbers(key);
                numbers == Some((trimmed(modulus), trimmed(&exponent.to_be_bytes())))
            }
        }
    }

    /// The area's name: its hash algorithm, then that hash of it (part 1, 16).
    fn name(&self, area: &[u8]) -> Option<Vec<u8>> {
        let hash = match self.name_algorithm {
            ALG_SHA256 => Sha256::digest(area).to_vec(),
            ALG_SHA384 => Sha384::digest(area).to_vec(),
            ALG_SHA512 => Sha512::digest(area).to_vec(),
            _ => return None,
        };
        Some([&self.name_algorithm.to_be_bytes()[..], &hash].concat())
    }
}

fn holds_point(key: &PublicKey, curve: u16, area: [&[u8]; 2]) -> bool {
    // TPM_ECC_NIST_P256, P384, P521.
    let expected = match key.algorithm() {
        Algorithm::Es256 => 3,
        Algorithm::Es384 => 4,
        Algorithm::Es512 => 5,
        _ => return false,
    };
    let point = &key.raw()[1..];
    let (x, y) = point.split_at(point.len() / 2);
    curve == expected && trimmed(area[0]) == trimmed(x) && trimmed(area[1]) == trimmed(y)
}

/// Modulus and exponent out of an `RSAPublicKey`.
fn rsa_numbers(key: &PublicKey) -> Option<(&[u8], &[u8])> {
    if key.algorithm() != Algorithm::Rs256 {
        return None;
    }
    let members = der::only(key.raw())?.content_of(UNIVERSAL | CONSTRUCTED, SEQUENCE)?;
    let [modulus, exponent] = der::all(members)?[..] else {
        return None;
    };
    Some((
        trimmed(modulus.content_of(UNIVERSAL, INTEGER)?),
        trimmed(exponent.content_of(UNIVERSAL, INTEGER)?),
    ))
}

/// Without leading zeros.
fn trimmed(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

/// `TPMS_ATTEST` of a certified key.
struct Certified<'a> {
    extra_data: &'a [u8],
    name: &'a [u8],
}

impl<'a> Certified<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let head: ([u8; 4], [u8; 2]) = (fields.take()?, fields.take()?);
        let _signer = fields.sized()?;
        let extra_data = fields.sized()?;
        // Clock, reset count, restart count, safe; firmware version.
        let _clock: [u8; 17] = fields.take()?;
        let _firmware: [u8; 8] = fields.take()?;
        let name = fields.sized()?;
        let _qualified = fields.sized()?;
        let whole = head == (MAGIC, CERTIFY) && fields.0.is_empty();
        whole.then_some(Self { extra_data, name })
    }
}
