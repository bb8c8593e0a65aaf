//! Format `packed` (WebAuthn Level 3 §8.2): by the credential's own key, or by a certificate.
//!
//! **Invariant:** without certificates the algorithm is the credential's own.

use x509_cert::der::oid::ObjectIdentifier;

use super::{Subject, Vouched, Voucher, algorithm, bytes, chain, check_model};
use crate::webauthn::Refusal;
use crate::webauthn::cbor::Value;
use crate::webauthn::certificate::Certificate;

pub(super) fn verify(statement: &Value<'_>, subject: &Subject<'_>) -> Result<Vouched, Refusal> {
    let (algorithm, signature) = (algorithm(statement)?, bytes(statement, "sig")?);
    if statement.member("x5c").is_none() {
        if algorithm != subject.key.algorithm() {
            return Err(Refusal::AttestationSubject);
        }
        let check = subject.key.verify(&subject.signed(), signature);
        let right = check.matched().then_some((Voucher::Itself, Vec::new()));
        return right.ok_or(Refusal::AttestationSignature);
    }
    let (own, chain) = chain(statement)?;
    let check = own.verify(algorithm, &subject.signed(), signature);
    if !check.matched() {
        return Err(Refusal::AttestationSignature);
    }
    if !is_fit(&own) {
        return Err(Refusal::AttestationCertificate);
    }
    check_model(&own, subject)?;
    Ok((Voucher::Certificate, chain))
}

/// §8.2.1: version 3, country, organization and common name, the one organizational unit, and no
/// certificate authority.
fn is_fit(certificate: &Certificate) -> bool {
    let subject = certificate.parsed().tbs_certificate().subject();
    let values = |oid: &str| -> Vec<&[u8]> {
        let oid = ObjectIdentifier::new(oid).ok();
        let attributes = subject.iter();
        let same = attributes.filter(|attribute| Some(attribute.oid) == oid);
        same.map(|attribute| attribute.value.value()).collect()
    };
    let [country] = values("2.5.4.6")[..] else {
        return false;
    };
    let named = |oid: &str| values(oid).iter().any(|value| !value.is_empty());
    certificate.is_v3_leaf()
        && country.len() == 2
        && country.iter().all(u8::is_ascii_alphabetic)
        && named("2.5.4.10")
        && values("2.5.4.11") == [b"Authenticator Attestation"]
        && named("2.5.4.3")
}
