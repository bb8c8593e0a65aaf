//! Format `apple` (WebAuthn Level 3 §8.8): a certificate that Apple makes for this credential.
//!
//! **Invariant:** the certificate names the nonce of this registration and certifies its key; the
//! statement has no signature besides the certificate's own, so unjudged it proves nothing.

use super::{Subject, Vouched, Voucher, chain};
use crate::Check;
use crate::webauthn::Refusal;
use crate::webauthn::cbor::Value;
use crate::webauthn::der::{self, CONSTRUCTED, CONTEXT, OCTET_STRING, SEQUENCE, UNIVERSAL};

pub(super) fn verify(statement: &Value<'_>, subject: &Subject<'_>) -> Result<Vouched, Refusal> {
    let (own, chain) = chain(statement)?;
    let (_, content) = own
        .extension("1.2.840.113635.100.8.2")
        .ok_or(Refusal::AttestationCertificate)?;
    let nonce = nonce(content).ok_or(Refusal::AttestationCertificate)?;
    if !Check::of(&subject.nonce(), nonce).matched() || !own.certifies(subject.key) {
        return Err(Refusal::AttestationSubject);
    }
    Ok((Voucher::AnonymizationAuthority, chain))
}

/// `SEQUENCE { nonce [1] EXPLICIT OCTET STRING }`
fn nonce(content: &[u8]) -> Option<&[u8]> {
    let members = der::only(content)?.content_of(UNIVERSAL | CONSTRUCTED, SEQUENCE)?;
    let tagged = der::only(members)?.content_of(CONTEXT, 1)?;
    der::only(tagged)?.content_of(UNIVERSAL, OCTET_STRING)
}
