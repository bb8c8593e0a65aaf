//! Attestation: what the maker of an authenticator says of it (WebAuthn Level 3 §6.5, §8).
//!
//! Verified are `packed` (self and with certificates), `tpm`, `android-key`, `apple`, `fido-u2f`
//! and `none`. `android-safetynet` is gone from Level 3 and `compound` has no authenticator yet:
//! both are refused. So a page should ask for attestation only where the answer is used.
//!
//! **Invariant:** a statement is returned only after its signature, or what its format has in place
//! of one, was found to cover this very registration.

mod android_key;
mod apple;
mod fido_u2f;
mod packed;
mod tpm;

use sha2::{Digest as _, Sha256};

use super::Refusal;
use super::authenticator_data::{AttestedCredential, AuthenticatorData};
use super::cbor::Value;
use super::certificate::{Certificate, MAX_CHAIN, anchored};
use super::cose::{Algorithm, PublicKey};
use super::expectation::Trust;

/// The formats of §8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    AndroidKey,
    Apple,
    FidoU2f,
    None,
    Packed,
    Tpm,
}

impl Format {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "android-key" => Self::AndroidKey,
            "apple" => Self::Apple,
            "fido-u2f" => Self::FidoU2f,
            "none" => Self::None,
            "packed" => Self::Packed,
            "tpm" => Self::Tpm,
            _ => return None,
        })
    }

    /// The identifier in the IANA registry (RFC 8809).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AndroidKey => "android-key",
            Self::Apple => "apple",
            Self::FidoU2f => "fido-u2f",
            Self::None => "none",
            Self::Packed => "packed",
            Self::Tpm => "tpm",
        }
    }
}

/// Who vouches for the authenticator (§6.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Voucher {
    /// Nobody: `none`.
    Nobody,
    /// The credential's own key: it says only that the answer is whole.
    Itself,
    /// A certificate of its model or batch. Basic and attestation CA look alike from outside.
    Certificate,
    /// The same, but signed over SHA-1, as the TPMs behind Windows Hello mostly do. Collisions of
    /// SHA-1 can be made: not to be counted on where much is at stake.
    CertificateBySha1,
    /// A certificate for this credential alone, after its maker has checked the device.
    AnonymizationAuthority,
    /// A key store: the certificate is of the credential itself.
    KeyStore(KeyStore),
}

/// Where an Android key lives, as far as its certificate says so (§8.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyStore {
    /// Made in, and never outside, a trusted environment or a secure element.
    TrustedEnvironment,
    /// Made by the operating system.
    Software,
    /// The certificate does not say how the key was made.
    Unstated,
}

/// What is known of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Nobody asked, or there is no chain.
    Unjudged,
    /// It leads to the root in this place of the given ones.
    Anchored(usize),
    /// It leads to none of them, or a link does not hold.
    Unanchored,
}

/// A verified attestation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    pub format: Format,
    pub voucher: Voucher,
    /// The certificates in DER, the attestation's own first, as the authenticator sent them.
    pub path: Vec<Vec<u8>>,
    pub standing: Standing,
    model: Model,
}

/// Who names the model of the authenticator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Model {
    /// The certificate, and it is the one that answered.
    Certified,
    /// The authenticator data alone, which in some formats nobody but the browser wrote.
    Claimed,
}

impl Attestation {
    /// Whether it says for certain which model the authenticator is: a certificate that names it
    /// and leads to one of the given roots. Only `packed` does: the signature of `fido-u2f` covers
    /// no model, and what a TPM or an Android key store signs was put together by software.
    #[must_use]
    pub const fn names_model(&self) -> bool {
        matches!(self.model, Model::Certified) && matches!(self.standing, Standing::Anchored(_))
    }
}

/// What an attestation must be about.
pub(super) struct Subject<'a> {
    pub authenticator_data: (&'a [u8], &'a AuthenticatorData<'a>),
    pub credential: &'a AttestedCredential<'a>,
    pub key: &'a PublicKey,
    pub client_data_hash: [u8; 32],
}

impl Subject<'_> {
    /// Authenticator data followed by the hash of the client data: what most formats sign.
    fn signed(&self) -> Vec<u8> {
        [self.authenticator_data.0, &self.client_data_hash].concat()
    }

    /// SHA-256 of [`Subject::signed`].
    fn nonce(&self) -> [u8; 32] {
        Sha256::digest(self.signed()).into()
    }
}

/// Verifies the statement and judges its chain.
pub(super) fn verify(
    format: &str,
    statement: &Value<'_>,
    subject: &Subject<'_>,
    trust: Trust<'_>,
) -> Result<Attestation, Refusal> {
    let format = Format::parse(format).ok_or(Refusal::AttestationFormat)?;
    let (voucher, chain) = match format {
        Format::AndroidKey => android_key::verify(statement, subject),
        Format::Apple => apple::verify(statement, subject),
        Format::FidoU2f => fido_u2f::verify(statement, subject),
        Format::None => none(statement),
        Format::Packed => packed::verify(statement, subject),
        Format::Tpm => tpm::verify(statement, subject),
    }?;
    let named = |own: &Certificate| own.extension(AAGUID).is_some();
    let packed = format == Format::Packed && voucher == Voucher::Certificate;
    Ok(Attestation {
        format,
        voucher,
        model: match packed && chain.first().is_some_and(named) {
            true => Model::Certified,
            false => Model::Claimed,
        },
        standing: judge(&chain, trust)?,
        path: chain.iter().map(|link| link.der().to_vec()).collect(),
    })
}

/// What the formats return: who vouches, and the chain.
type Vouched = (Voucher, Vec<Certificate>);

/// §8.7: the statement is an empty map.
fn none(statement: &Value<'_>) -> Result<Vouched, Refusal> {
    match statement.map() {
        Some([]) => Ok((Voucher::Nobody, Vec::new())),
        _ => Err(Refusal::AttestationStatement),
    }
}

fn judge(chain: &[Certificate], trust: Trust<'_>) -> Result<Standing, Refusal> {
    let (anchors, at) = match trust {
        Trust::Record => return Ok(Standing::Unjudged),
        Trust::Judge { anchors, at } | Trust::Require { anchors, at } => (anchors, at),
    };
    let standing = match anchored(chain, &anchors.0, at) {
        Some(root) => Standing::Anchored(root),
        None if chain.is_empty() => Standing::Unjudged,
        None => Standing::Unanchored,
    };
    match (trust, standing) {
        (Trust::Require { .. }, Standing::Unjudged | Standing::Unanchored) => {
            Err(Refusal::AttestationUnanchored)
        }
        _ => Ok(standing),
    }
}

/// `alg`: an algorithm that we verify.
fn algorithm(statement: &Value<'_>) -> Result<Algorithm, Refusal> {
    let number = statement.member("alg").and_then(Value::integer);
    let number = number.ok_or(Refusal::AttestationStatement)?;
    Algorithm::of_cose(number).ok_or(Refusal::Algorithm)
}

fn bytes<'a>(statement: &Value<'a>, name: &str) -> Result<&'a [u8], Refusal> {
    let member = statement.member(name).and_then(Value::bytes);
    member.ok_or(Refusal::AttestationStatement)
}

/// `x5c`: at least the attestation's own certificate. Returned apart from the whole chain.
fn chain(statement: &Value<'_>) -> Result<(Certificate, Vec<Certificate>), Refusal> {
    let links = statement.member("x5c").and_then(Value::array);
    let links = links.filter(|links| links.len() <= MAX_CHAIN);
    let links = links.ok_or(Refusal::AttestationStatement)?.iter();
    let chain = links
        .map(|link| Certificate::parse(link.bytes().ok_or(Refusal::AttestationStatement)?))
        .collect::<Result<Vec<_>, _>>()?;
    let own = chain.first().cloned();
    Ok((own.ok_or(Refusal::AttestationStatement)?, chain))
}

/// `id-fido-gen-ce-aaguid`.
const AAGUID: &str = "1.3.6.1.4.1.45724.1.1.4";

/// If the certificate names a model, it is the one that answered, and the extension is not critical
/// (§8.2.1).
fn check_model(certificate: &Certificate, subject: &Subject<'_>) -> Result<(), Refusal> {
    let Some((critical, content)) = certificate.extension(AAGUID) else {
        return Ok(());
    };
    let model = super::der::only(content)
        .and_then(|model| model.content_of(super::der::UNIVERSAL, super::der::OCTET_STRING));
    if critical {
        return Err(Refusal::AttestationCertificate);
    }
    if model != Some(&subject.credential.aaguid.0) {
        return Err(Refusal::AttestationSubject);
    }
    Ok(())
}
