//! Format `fido-u2f` (WebAuthn Level 3 §8.6): keys from before FIDO2.
//!
//! The signature does not cover the flags or the counter. That the model is all zeros is asked of
//! authenticators, not of us, and one of the published vectors has another.
//!
//! **Invariant:** certificate and credential are both on P-256.

use super::{Subject, Vouched, Voucher, bytes, chain};
use crate::webauthn::Refusal;
use crate::webauthn::cbor::Value;
use crate::webauthn::cose::Algorithm;

pub(super) fn verify(statement: &Value<'_>, subject: &Subject<'_>) -> Result<Vouched, Refusal> {
    let (own, chain) = chain(statement)?;
    if chain.len() != 1 || subject.key.algorithm() != Algorithm::Es256 {
        return Err(Refusal::AttestationStatement);
    }
    if !own.is_p256() {
        return Err(Refusal::AttestationCertificate);
    }
    let signed = [
        &[0][..],
        subject.authenticator_data.1.rp_id_hash,
        &subject.client_data_hash,
        subject.credential.id,
        subject.key.raw(),
    ]
    .concat();
    let check = own.verify(Algorithm::Es256, &signed, bytes(statement, "sig")?);
    let right = check.matched().then_some((Voucher::Certificate, chain));
    right.ok_or(Refusal::AttestationSignature)
}
