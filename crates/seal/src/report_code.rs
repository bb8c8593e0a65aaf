//! The short code in a notice by which a customer says "this was not me".
//!
//! Where links are forbidden, the notice carries ten characters to be typed on the page the
//! customer knows: 50 random bits in Crockford's base 32. 50 bits are too few for a plain hash (a
//! table would be tried in days), so what is stored and looked up is a keyed one. With a million
//! codes outstanding, a guess meets one of them with probability 10^6 / 2^50 < 10^-9.
//!
//! **Invariant:** every spelling a person may reasonably type of one code gives the same hash.

use secrecy::{ExposeSecret, SecretString};
use sekisho_core::bytes::TokenHash;

use crate::mac::MacKeys;
use crate::{Fault, KeyRing, Purpose, crockford};

const LEN: usize = 10;

/// A report code in its normal form, ten characters without a hyphen.
#[derive(Debug)]
pub struct ReportCode(SecretString);

impl ReportCode {
    /// A code from 8 random bytes, of which 50 bits are used.
    #[must_use]
    pub fn from_random(random: [u8; 8]) -> Self {
        Self(crockford::write::<LEN>(u128::from(u64::from_be_bytes(
            random,
        ))))
    }

    /// Reads what was typed, in any spelling; `None` when it cannot be a code.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        crockford::parse::<LEN>(typed).map(Self)
    }

    /// As it stands in a notice: two groups of five, `4K7QX-0M2ZT`.
    #[must_use]
    pub fn display(&self) -> SecretString {
        let (left, right) = self.0.expose_secret().split_at(LEN / 2);
        format!("{left}-{right}").into()
    }
}

/// Makes the stored form of report codes.
#[derive(Debug)]
pub struct ReportCodeKeys(MacKeys);

impl ReportCodeKeys {
    /// # Errors
    /// [`Fault::Derivation`], which would be a bug.
    pub fn new(ring: &KeyRing) -> Result<Self, Fault> {
        MacKeys::new(ring, Purpose::ReportCode).map(Self)
    }

    /// The form to store.
    #[must_use]
    pub fn hash(&self, code: &ReportCode) -> TokenHash {
        TokenHash(self.0.tag(&[code.0.expose_secret().as_bytes()]))
    }

    /// The forms to look for, one for each key of the ring, the current one's first.
    #[must_use]
    pub fn candidates(&self, code: &ReportCode) -> Vec<TokenHash> {
        let tags = self.0.candidates(&[code.0.expose_secret().as_bytes()]);
        tags.into_iter().map(TokenHash).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::ring;

    fn normal(typed: &str) -> Option<String> {
        ReportCode::parse(typed).map(|code| code.0.expose_secret().to_owned())
    }

    #[test]
    fn what_is_shown_reads_back() {
        for random in [[0; 8], [0xff; 8], *b"\x01\x23\x45\x67\x89\xab\xcd\xef"] {
            let code = ReportCode::from_random(random);
            let shown = code.display();
            assert_eq!(shown.expose_secret().len(), 11);
            assert_eq!(
                normal(shown.expose_secret()).unwrap(),
                code.0.expose_secret()
            );
        }
        assert_eq!(
            ReportCode::from_random([0; 8]).display().expose_secret(),
            "00000-00000"
        );
        assert_eq!(
            ReportCode::from_random([0xff; 8]).display().expose_secret(),
            "ZZZZZ-ZZZZZ"
        );
    }

    #[test]
    fn fifty_bits_are_used() {
        let of = |bits: u64| {
            ReportCode::from_random(bits.to_be_bytes())
                .0
                .expose_secret()
                .to_owned()
        };
        for bit in 0..50 {
            assert_ne!(of(1 << bit), of(0), "bit {bit}");
        }
    }

    #[test]
    fn spellings_of_one_code_are_one() {
        for typed in [
            "4K7QX0M1ZT",
            "4k7qx-0m1zt",
            " 4K7QX OMLZT ",
            "4K7QX-omIzt",
            "4-K-7QX0M1ZT",
        ] {
            assert_eq!(normal(typed).as_deref(), Some("4K7QX0M1ZT"), "{typed}");
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        for typed in [
            "",
            "4K7QX0M1Z",
            "4K7QX0M1ZTT",
            "4K7QX0M1ZU",
            "4K7QX0M1Z!",
            "４K7QX0M1ZT",
        ] {
            assert_eq!(normal(typed), None, "{typed}");
        }
        assert_eq!(normal(&"-".repeat(100_000)), None);
    }

    #[test]
    fn a_code_sent_before_a_rotation_is_found_after_it() {
        let code = ReportCode::from_random([7; 8]);
        let before = ReportCodeKeys::new(&ring(&[("a", 1)])).unwrap().hash(&code);
        let after = ReportCodeKeys::new(&ring(&[("b", 2), ("a", 1)])).unwrap();
        assert_eq!(after.candidates(&code), [after.hash(&code), before]);
    }
}
