//! Recovery codes: ten secrets on paper for who has lost phone and passkey.
//!
//! NIST SP 800-63B-4 §3.1.2 (look-up secrets) and §4.2.1.1 (saved recovery codes, at least 64
//! bits): 80 random bits, sixteen letters in four groups. What is stored is keyed, with the
//! customer in it, so that whoever has the table alone cannot try any. Each works once; after a use
//! the rest stands until new ones are made, which end all before.
//!
//! **Invariant:** a stored code matches only for its customer, and every spelling of it matches.

use secrecy::{ExposeSecret, SecretString};
use sekisho_core::bytes::TokenHash;
use sekisho_core::id::CustomerId;

use crate::mac::MacKeys;
use crate::{Fault, KeyRing, Purpose, crockford};

/// Codes in a set.
pub const CODES: usize = 10;
const LEN: usize = 16;

/// A recovery code in its normal form, sixteen letters.
#[derive(Debug)]
pub struct RecoveryCode(SecretString);

impl RecoveryCode {
    /// A code from 10 random bytes, all of which are used.
    #[must_use]
    pub fn from_random(random: [u8; 10]) -> Self {
        let bits = random
            .iter()
            .fold(0, |bits, byte| bits << 8 | u128::from(*byte));
        Self(crockford::write::<LEN>(bits))
    }

    /// A set from 100 random bytes.
    #[must_use]
    pub fn set_from_random(random: [[u8; 10]; CODES]) -> [Self; CODES] {
        random.map(Self::from_random)
    }

    /// Reads what was typed, in any spelling; `None` when it cannot be a code.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        crockford::parse::<LEN>(typed).map(Self)
    }

    /// As it is printed: `4K7Q-X0M1-ZT88-ABCD`.
    #[must_use]
    pub fn display(&self) -> SecretString {
        let code = self.0.expose_secret();
        let groups = [&code[..4], &code[4..8], &code[8..12], &code[12..]];
        groups.join("-").into()
    }
}

/// Makes the stored form of recovery codes.
#[derive(Debug)]
pub struct RecoveryCodeKeys(MacKeys);

impl RecoveryCodeKeys {
    /// # Errors
    /// [`Fault::Derivation`], which would be a bug.
    pub fn new(ring: &KeyRing) -> Result<Self, Fault> {
        MacKeys::new(ring, Purpose::RecoveryCode).map(Self)
    }

    /// The form to store.
    #[must_use]
    pub fn hash(&self, code: &RecoveryCode, customer: CustomerId) -> TokenHash {
        TokenHash(self.0.tag(&fields(code, &customer)))
    }

    /// The forms to look for among the customer's, one for each key of the ring, the current
    /// one's first.
    #[must_use]
    pub fn candidates(&self, code: &RecoveryCode, customer: CustomerId) -> Vec<TokenHash> {
        let tags = self.0.candidates(&fields(code, &customer));
        tags.into_iter().map(TokenHash).collect()
    }
}

fn fields<'a>(code: &'a RecoveryCode, customer: &'a CustomerId) -> [&'a [u8]; 2] {
    [&customer.0, code.0.expose_secret().as_bytes()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::ring;

    const OWNER: CustomerId = CustomerId([1; 16]);

    fn shown(random: [u8; 10]) -> String {
        let code = RecoveryCode::from_random(random).display();
        code.expose_secret().to_owned()
    }

    #[test]
    fn what_is_printed_reads_back_in_any_spelling() {
        assert_eq!(shown([0; 10]), "0000-0000-0000-0000");
        assert_eq!(shown([0xff; 10]), "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
        let printed = shown(*b"\x01\x23\x45\x67\x89\xab\xcd\xef\x10\x32");
        for typed in [
            printed.clone(),
            printed.to_lowercase(),
            printed.replace('-', " "),
            printed.replace('-', ""),
            printed.replace('1', "l").replace('0', "O"),
        ] {
            let read = RecoveryCode::parse(&typed).unwrap();
            assert_eq!(read.display().expose_secret(), printed, "{typed}");
        }
        for wrong in [
            "",
            "0000-0000-0000-000",
            "0000-0000-0000-00000",
            "U000-0000-0000-0000",
        ] {
            assert!(RecoveryCode::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn eighty_bits_are_used() {
        for bit in 0..80 {
            let mut random = [0; 10];
            random[bit / 8] = 1 << (bit % 8);
            assert_ne!(shown(random), shown([0; 10]), "bit {bit}");
        }
    }

    #[test]
    fn a_code_is_its_customers_and_survives_a_rotation() {
        let keys = RecoveryCodeKeys::new(&ring(&[("a", 1)])).unwrap();
        let rotated = RecoveryCodeKeys::new(&ring(&[("b", 2), ("a", 1)])).unwrap();
        let random = std::array::from_fn(|place| [u8::try_from(place).unwrap(); 10]);
        let codes = RecoveryCode::set_from_random(random);
        let stored: Vec<_> = codes.iter().map(|code| keys.hash(code, OWNER)).collect();
        for (code, stored) in codes.iter().zip(&stored) {
            let found = rotated.candidates(code, OWNER);
            assert_eq!(found, [rotated.hash(code, OWNER), *stored]);
            assert_ne!(keys.hash(code, CustomerId([2; 16])), *stored);
        }
        let distinct: std::collections::BTreeSet<_> = stored.iter().collect();
        assert_eq!(distinct.len(), CODES);
    }
}
