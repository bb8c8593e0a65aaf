//! Proof key for code exchange (RFC 7636), method S256 and no other.
//!
//! **Invariant:** only the holder of the verifier whose SHA-256 was announced can redeem the code.

use sekisho_core::bytes::Digest;

use crate::Check;
use crate::digest::{base64url, parse_base64url};

/// The `code_challenge` an authorization request announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PkceChallenge(Digest);

impl PkceChallenge {
    /// Reads a `code_challenge`: base64url of 32 bytes. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        parse_base64url(text).map(Self)
    }

    /// The challenge of a verifier, as a client computes it.
    #[must_use]
    pub fn of_verifier(verifier: &str) -> Self {
        Self(Digest::of(verifier.as_bytes()))
    }

    /// base64url, to be stored with the code.
    #[must_use]
    pub fn text(&self) -> String {
        base64url(&self.0)
    }

    /// Whether the verifier is well-formed (43 to 128 unreserved characters, section 4.1) and
    /// hashes to this challenge.
    pub fn check(&self, verifier: &str) -> Check {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(allowed) {
            return Check::Mismatch;
        }
        Check::of(&self.0.0, &Self::of_verifier(verifier).0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636, appendix B
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_published_pair_matches() {
        let challenge = PkceChallenge::parse(CHALLENGE).unwrap();
        assert_eq!(challenge.check(VERIFIER), Check::Match);
        assert_eq!(challenge.text(), CHALLENGE);
        assert_eq!(PkceChallenge::of_verifier(VERIFIER), challenge);
    }

    #[test]
    fn other_and_ill_formed_verifiers_do_not() {
        let challenge = PkceChallenge::parse(CHALLENGE).unwrap();
        assert_eq!(
            challenge.check(&VERIFIER.replace('d', "e")),
            Check::Mismatch
        );
        // "plain" would send the challenge itself
        assert_eq!(challenge.check(CHALLENGE), Check::Mismatch);
        for ill_formed in [
            "a".repeat(42),
            "a".repeat(129),
            format!("{}+", "a".repeat(42)),
        ] {
            let own = PkceChallenge::of_verifier(&ill_formed);
            assert_eq!(own.check(&ill_formed), Check::Mismatch);
        }
        for well_formed in ["a".repeat(43), "~".repeat(128)] {
            let own = PkceChallenge::of_verifier(&well_formed);
            assert_eq!(own.check(&well_formed), Check::Match);
        }
    }

    #[test]
    fn a_challenge_is_43_characters_of_base64url() {
        for wrong in [
            "",
            "abc",
            VERIFIER.get(..42).unwrap(),
            &format!("{CHALLENGE}="),
        ] {
            assert_eq!(PkceChallenge::parse(wrong), None);
        }
    }
}
