//! Registering a credential: WebAuthn Level 3 §7.1.
//!
//! **Invariant:** a [`Registered`] answered our challenge, on our page, for our relying party, by
//! an allowed algorithm; its attestation says no more than was verified.

use sha2::{Digest as _, Sha256};

use super::Refusal;
use super::attestation::{self, Attestation, Subject};
use super::authenticator_data::{Aaguid, AuthenticatorData, Flags, MAX_CREDENTIAL_ID};
use super::cbor::{self, Value};
use super::client_data::{Ceremony, ClientData};
use super::cose::{Algorithm, PublicKey};
use super::expectation::{RelyingParty, Trust, UserVerification};

/// Longest attestation object that is read: a chain of a few certificates.
const MAX_OBJECT: usize = 64 * 1024;

/// What is expected of a registration.
#[derive(Clone, Copy, Debug)]
pub struct Registration<'a> {
    pub rp: &'a RelyingParty,
    /// The challenge that was given to the browser.
    pub challenge: &'a [u8],
    /// The algorithms that were offered, see [`Algorithm::OFFERED`].
    pub algorithms: &'a [Algorithm],
    pub verification: UserVerification,
    pub trust: Trust<'a>,
}

/// What the browser sent back, decoded from base64url.
#[derive(Clone, Copy, Debug)]
pub struct RegistrationResponse<'a> {
    pub client_data_json: &'a [u8],
    pub attestation_object: &'a [u8],
}

/// A new credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The authenticator's name for it, 1 to 1023 bytes. Unique among all customers, which the
    /// caller sees to.
    pub credential_id: Vec<u8>,
    pub public_key: PublicKey,
    pub sign_count: u32,
    pub flags: Flags,
    pub aaguid: Aaguid,
    pub attestation: Attestation,
}

/// Verifies a registration. The step numbers of §7.1 move between drafts; their order is kept.
///
/// # Errors
/// The first step that did not hold.
pub fn register(
    expected: &Registration<'_>,
    response: &RegistrationResponse<'_>,
) -> Result<Registered, Refusal> {
    let client_data = ClientData::parse(response.client_data_json)?;
    let rp = expected.rp;
    if client_data.ceremony != Ceremony::Register {
        return Err(Refusal::Ceremony);
    }
    rp.check(expected.challenge, &client_data)?;
    let object = Object::parse(response.attestation_object)?;
    let data = AuthenticatorData::parse(object.authenticator_data)?;
    data.check(&rp.id)?;
    // Nothing was seen before, so "as registered" asks for nothing here.
    expected.verification.check(data.flags, Flags(0))?;
    let credential = data.attested.as_ref();
    let credential = credential.ok_or(Refusal::AuthenticatorDataShape)?;
    if !(1..=MAX_CREDENTIAL_ID).contains(&credential.id.len()) {
        return Err(Refusal::CredentialIdLength);
    }
    let (written, key) = &credential.key;
    let public_key = PublicKey::of(written, key)?;
    if !expected.algorithms.contains(&public_key.algorithm()) {
        return Err(Refusal::Algorithm);
    }
    let subject = Subject {
        authenticator_data: (object.authenticator_data, &data),
        credential,
        key: &public_key,
        client_data_hash: Sha256::digest(response.client_data_json).into(),
    };
    let (format, statement) = (object.format, &object.statement);
    let attestation = attestation::verify(format, statement, &subject, expected.trust)?;
    Ok(Registered {
        credential_id: credential.id.to_vec(),
        sign_count: data.sign_count,
        flags: data.flags,
        aaguid: credential.aaguid,
        public_key,
        attestation,
    })
}

/// The attestation object of §6.5.4: exactly its three members.
struct Object<'a> {
    format: &'a str,
    statement: Value<'a>,
    authenticator_data: &'a [u8],
}

impl<'a> Object<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, Refusal> {
        if bytes.len() > MAX_OBJECT {
            return Err(Refusal::AttestationShape);
        }
        let object = cbor::read(bytes).map_err(|_| Refusal::AttestationShape)?;
        Self::members(&object).ok_or(Refusal::AttestationShape)
    }

    fn members(object: &Value<'a>) -> Option<Self> {
        if object.map()?.len() != 3 {
            return None;
        }
        let statement = object.member("attStmt")?;
        statement.map()?;
        Some(Self {
            format: object.member("fmt")?.text()?,
            statement: statement.clone(),
            authenticator_data: object.member("authData")?.bytes()?,
        })
    }
}
