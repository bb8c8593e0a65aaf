//! Format `android-key` (WebAuthn Level 3 §8.4): the key store certifies the credential's own key.
//!
//! The lists of what the key may do must not contradict a signing key made in the key store and
//! kept to one application. What they leave out is reported, not refused: the published vector has
//! both lists empty, and how much a tier of operation asks for is policy.
//!
//! **Invariant:** the certificate names this registration's challenge and certifies its key.

use super::{KeyStore, Subject, Vouched, Voucher, algorithm, bytes, chain};
use crate::Check;
use crate::webauthn::Refusal;
use crate::webauthn::cbor::Value;
use crate::webauthn::der::{
    self, CONSTRUCTED, CONTEXT, ENUMERATED, INTEGER, OCTET_STRING, SEQUENCE, SET, UNIVERSAL,
};

/// `KM_PURPOSE_SIGN` and `KM_ORIGIN_GENERATED` of Android's Keymaster.
const PURPOSE_SIGN: &[u8] = &[2];
const ORIGIN_GENERATED: &[u8] = &[0];

pub(super) fn verify(statement: &Value<'_>, subject: &Subject<'_>) -> Result<Vouched, Refusal> {
    let (algorithm, signature) = (algorithm(statement)?, bytes(statement, "sig")?);
    let (own, chain) = chain(statement)?;
    let check = own.verify(algorithm, &subject.signed(), signature);
    if !check.matched() {
        return Err(Refusal::AttestationSignature);
    }
    let (_, content) = own
        .extension("1.3.6.1.4.1.11129.2.1.17")
        .ok_or(Refusal::AttestationCertificate)?;
    let description = Description::parse(content).ok_or(Refusal::AttestationCertificate)?;
    let named = Check::of(&subject.client_data_hash, description.challenge);
    if !named.matched() || !own.certifies(subject.key) {
        return Err(Refusal::AttestationSubject);
    }
    let key_store = description
        .key_store()
        .ok_or(Refusal::AttestationCertificate)?;
    Ok((Voucher::KeyStore(key_store), chain))
}

/// The parts of Android's `KeyDescription` that are looked at.
struct Description<'a> {
    security_level: &'a [u8],
    challenge: &'a [u8],
    software: Authorizations<'a>,
    trusted: Authorizations<'a>,
}

/// The parts of an `AuthorizationList`: tags 1, 600 and 702.
struct Authorizations<'a> {
    purposes: Option<Vec<&'a [u8]>>,
    all_applications: bool,
    origin: Option<&'a [u8]>,
}

impl<'a> Description<'a> {
    fn parse(content: &'a [u8]) -> Option<Self> {
        let members = der::only(content)?.content_of(UNIVERSAL | CONSTRUCTED, SEQUENCE)?;
        let members = der::all(members)?;
        let [_, security_level, _, _, challenge, _, software, trusted] = members[..] else {
            return None;
        };
        let list = UNIVERSAL | CONSTRUCTED;
        Some(Self {
            security_level: security_level.content_of(UNIVERSAL, ENUMERATED)?,
            challenge: challenge.content_of(UNIVERSAL, OCTET_STRING)?,
            software: Authorizations::parse(software.content_of(list, SEQUENCE)?)?,
            trusted: Authorizations::parse(trusted.content_of(list, SEQUENCE)?)?,
        })
    }

    /// `None` when the lists contradict what a credential must be.
    fn key_store(&self) -> Option<KeyStore> {
        let lists = [&self.software, &self.trusted];
        let fits = |list: &&Authorizations<'_>| {
            let signs = |purposes: &Vec<&[u8]>| purposes.contains(&PURPOSE_SIGN);
            !list.all_applications
                && list.purposes.as_ref().is_none_or(signs)
                && list.origin.is_none_or(|origin| origin == ORIGIN_GENERATED)
        };
        if !lists.iter().all(fits) {
            return None;
        }
        let complete = |list: &Authorizations<'_>| list.purposes.is_some() && list.origin.is_some();
        Some(if complete(&self.trusted) && self.security_level != [0] {
            KeyStore::TrustedEnvironment
        } else if lists.iter().any(|list| list.origin.is_some()) {
            KeyStore::Software
        } else {
            KeyStore::Unstated
        })
    }
}

impl<'a> Authorizations<'a> {
    fn parse(content: &'a [u8]) -> Option<Self> {
        let members = der::all(content)?;
        let tagged = |number: u32| {
            let mut members = members.iter();
            members.find_map(|member| member.content_of(CONTEXT, number))
        };
        let purposes = match tagged(1) {
            None => None,
            Some(set) => {
                let set = der::only(set)?.content_of(UNIVERSAL | CONSTRUCTED, SET)?;
                let numbers = der::all(set)?.into_iter();
                let numbers = numbers.map(|number| number.content_of(UNIVERSAL, INTEGER));
                Some(numbers.collect::<Option<Vec<_>>>()?)
            }
        };
        let origin = match tagged(702) {
            None => None,
            Some(origin) => Some(der::only(origin)?.content_of(UNIVERSAL, INTEGER)?),
        };
        Some(Self {
            purposes,
            all_applications: tagged(600).is_some(),
            origin,
        })
    }
}
