//! One-time codes of six digits: drawing, storing, comparing.
//!
//! A six-digit code has a million values, so a plain hash of it hides nothing: what is stored is a
//! keyed tag, useless without the key file. The tag covers the challenge and the digest of what
//! the code is for, so a code sent for one operation confirms no other.
//!
//! **Invariant:** a stored code matches only for the challenge and the purpose it was made for;
//! how many tries there are is counted elsewhere, before the comparison.

use secrecy::{ExposeSecret, SecretString};
use sekisho_core::bytes::Digest;
use sekisho_core::id::ChallengeId;

use crate::mac::MacKeys;
use crate::{Check, Fault, KeyRing, Purpose};

/// Digits of a code. RFC 4226 section 5.3 asks for at least six.
pub const DIGITS: usize = 6;

/// A code in clear, on its way to the customer.
#[derive(Debug)]
pub struct OneTimeCode(SecretString);

impl OneTimeCode {
    /// A code from 8 random bytes: the 64-bit number is multiplied by a million and the upper half
    /// taken. No value's probability is off by more than 2^-64 from 10^-6, so the distance from
    /// uniform is below 10^6 · 2^-64 < 2^-44.
    #[must_use]
    pub fn from_random(random: [u8; 8]) -> Self {
        let wide = u128::from(u64::from_be_bytes(random)) * 1_000_000;
        Self(format!("{:06}", wide >> 64).into())
    }

    /// The six digits, to be put into the message.
    #[must_use]
    pub fn digits(&self) -> &SecretString {
        &self.0
    }
}

/// What a code is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeBinding {
    pub challenge: ChallengeId,
    /// The digest of what is confirmed: the interaction, or the operation with all its fields.
    pub bound: Digest,
}

/// Makes and checks the stored form of codes.
#[derive(Debug)]
pub struct CodeKeys(MacKeys);

impl CodeKeys {
    /// # Errors
    /// [`Fault::Derivation`], which would be a bug.
    pub fn new(ring: &KeyRing) -> Result<Self, Fault> {
        MacKeys::new(ring, Purpose::Code).map(Self)
    }

    /// The form to store, a keyed hash.
    #[must_use]
    pub fn hash(&self, code: &OneTimeCode, binding: CodeBinding) -> Digest {
        Digest(self.0.tag(&fields(&code.0, &binding)))
    }

    /// Compares what the customer typed, normalised to ASCII digits by core, in time independent
    /// of the content.
    pub fn check(&self, stored: &Digest, claimed: &SecretString, binding: CodeBinding) -> Check {
        self.0.check(&fields(claimed, &binding), &stored.0)
    }
}

fn fields<'a>(code: &'a SecretString, binding: &'a CodeBinding) -> [&'a [u8]; 3] {
    [
        &binding.challenge.0,
        &binding.bound.0,
        code.expose_secret().as_bytes(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::ring;

    fn code(random: u64) -> String {
        let code = OneTimeCode::from_random(random.to_be_bytes());
        code.digits().expose_secret().to_owned()
    }

    #[test]
    fn every_code_is_six_digits_from_first_to_last() {
        assert_eq!(code(0), "000000");
        assert_eq!(code(u64::MAX), "999999");
        assert_eq!(code(u64::MAX / 2), "499999");
        assert_eq!(code(u64::MAX / 2 + 1), "500000");
    }

    #[test]
    fn codes_are_spread_evenly() {
        // 2^16 evenly spaced numbers fall evenly into a hundred bins.
        let mut bins = [0u32; 100];
        for step in 0..1u64 << 16 {
            let value: usize = code(step << 48).parse().unwrap();
            bins[value / 10_000] += 1;
        }
        assert!(
            bins.iter().all(|count| (655..=656).contains(count)),
            "{bins:?}"
        );
    }

    #[test]
    fn a_code_holds_for_its_challenge_and_purpose_only() {
        let keys = CodeKeys::new(&ring(&[("a", 1)])).unwrap();
        let code = OneTimeCode::from_random([9; 8]);
        let withdraw = Digest::of(b"withdraw 1000 to A");
        let other = Digest::of(b"withdraw 1000 to B");
        let binding = CodeBinding {
            challenge: ChallengeId([1; 16]),
            bound: withdraw,
        };
        let stored = keys.hash(&code, binding);
        let typed = code.digits();
        assert_eq!(keys.check(&stored, typed, binding), Check::Match);
        let moved = CodeBinding {
            challenge: ChallengeId([2; 16]),
            ..binding
        };
        assert_eq!(keys.check(&stored, typed, moved), Check::Mismatch);
        let moved = CodeBinding {
            bound: other,
            ..binding
        };
        assert_eq!(keys.check(&stored, typed, moved), Check::Mismatch);
        for wrong in ["", "035294 ", "0352941", "x"] {
            assert_eq!(
                keys.check(&stored, &wrong.into(), binding),
                Check::Mismatch,
                "{wrong}"
            );
        }
    }

    #[test]
    fn no_debug_output_shows_the_digits() {
        let code = OneTimeCode::from_random([9; 8]);
        assert!(!format!("{code:?}").contains(code.digits().expose_secret()));
    }
}
