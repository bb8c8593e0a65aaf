//! Why a registration or an assertion was not accepted.
//!
//! **Invariant:** a refusal is a value with a word and carries nothing that the other side sent.

/// Declares the refusals with the word that the store, the log and the API use.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// The first step of WebAuthn Level 3 §7.1 or §7.2 that did not hold.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Refusal {
            $($(#[$doc])* $name,)*
        }

        impl Refusal {
            /// Every refusal, so that a translation can be held to be complete.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word in the store, the log and the API.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

refusals! {
    /// The client data is too long, is no JSON object, repeats a member or lacks one.
    ClientDataShape = "client_data_shape",
    /// The client data is of another ceremony (`type`).
    Ceremony = "ceremony",
    /// The challenge is not the one that was chosen.
    Challenge = "challenge",
    /// The page was not one of ours.
    Origin = "origin",
    /// The page was framed by a page of another origin, which is not expected.
    Framing = "framing",
    /// A payment was to be signed and is not there, or is there and was not to be, or the browser
    /// showed anything else than it was asked to.
    Payment = "payment",
    /// The authenticator data is too short, too long, or its parts do not fit its flags.
    AuthenticatorDataShape = "authenticator_data_shape",
    /// The authenticator answered another relying party.
    RelyingParty = "relying_party",
    /// Nobody touched the authenticator.
    PresenceMissing = "presence_missing",
    /// The authenticator did not verify who touched it, and that is required.
    VerificationMissing = "verification_missing",
    /// "Backed up" without "may be backed up" (§6.1.3).
    BackupState = "backup_state",
    /// Whether it may be backed up is fixed for life, and has changed.
    BackupEligibilityChanged = "backup_eligibility_changed",
    /// The credential id is empty or longer than 1023 bytes.
    CredentialIdLength = "credential_id_length",
    /// Another credential answered than the one whose record was loaded.
    Credential = "credential",
    /// The authenticator names another customer, or none where it must.
    UserHandle = "user_handle",
    /// The algorithm of the key is not among those that are allowed.
    Algorithm = "algorithm",
    /// The public key is not a key of its algorithm in the one form we take.
    KeyShape = "key_shape",
    /// The signature of the assertion is wrong.
    Signature = "signature",
    /// The attestation object is too long or is not canonical CBOR of the known members.
    AttestationShape = "attestation_shape",
    /// A format of attestation that we do not verify.
    AttestationFormat = "attestation_format",
    /// The attestation statement does not have the members of its format, or they contradict it.
    AttestationStatement = "attestation_statement",
    /// The signature of the attestation is wrong.
    AttestationSignature = "attestation_signature",
    /// The attestation certificate is not of the form that its format demands.
    AttestationCertificate = "attestation_certificate",
    /// The attestation speaks of another key, another model or another registration.
    AttestationSubject = "attestation_subject",
    /// The attestation leads to none of the given roots, and must.
    AttestationUnanchored = "attestation_unanchored",
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_refusal_has_a_word_of_its_own() {
        let words: BTreeSet<_> = Refusal::ALL.iter().map(|refusal| refusal.word()).collect();
        assert_eq!(words.len(), Refusal::ALL.len());
    }
}
