//! Backup codes: ten secrets on paper for who has lost phone and passkey.
//!
//! NIST SP 800-63B-4 sections 3.1.2 (look-up secrets) and 4.2.1.1 (saved recovery codes, at least
//! 64 bits): 80 random bits, sixteen letters in four groups. What is stored is keyed, with the
//! customer in it, so that whoever has the table alone cannot try any: that stands in the place of
//! the slow hash that section 3.1.2.2 asks for below 112 bits. Each works once; after a use the
//! rest stands until new ones are made, which end all before.
//!
//! **Invariant:** a stored code matches only for its customer, and every spelling of it matches.

use secrecy::{ExposeSecret, SecretString};
use sekisho_core::bytes::TokenHash;
use sekisho_core::id::CustomerId;
use sekisho_core::known::{BackupCodeKnown, BackupSetKnown};

use crate::mac::MacKeys;
use crate::{Check, Fault, KeyRing, Purpose, crockford};

/// Codes in a set.
pub const CODES: usize = 10;
const LEN: usize = 16;

/// A backup code in its normal form, sixteen letters.
#[derive(Debug)]
pub struct BackupCode(SecretString);

impl BackupCode {
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

/// Makes and finds the stored form of backup codes.
#[derive(Debug)]
pub struct BackupCodeKeys(MacKeys);

impl BackupCodeKeys {
    /// # Errors
    /// [`Fault::Derivation`], which would be a bug.
    pub fn new(ring: &KeyRing) -> Result<Self, Fault> {
        MacKeys::new(ring, Purpose::BackupCode).map(Self)
    }

    /// The form to store.
    #[must_use]
    pub fn hash(&self, code: &BackupCode, customer: CustomerId) -> TokenHash {
        TokenHash(self.0.tag(&fields(code, &customer)))
    }

    /// The code of `set` that `code` is. Every one of the set is compared, under every key of the
    /// ring, each in time that does not tell how much of it is right.
    #[must_use]
    pub fn find<'a>(
        &self,
        code: &BackupCode,
        set: &'a BackupSetKnown,
    ) -> Option<&'a BackupCodeKnown> {
        let tags = self.0.candidates(&fields(code, &set.customer));
        let same = |known: &BackupCodeKnown| {
            let compared = tags.iter().map(|tag| Check::of(tag, &known.hash.0));
            compared.fold(false, |found, check| found | check.matched())
        };
        set.codes
            .iter()
            .fold(None, |found, known| match same(known) {
                true => Some(known),
                false => found,
            })
    }
}

fn fields<'a>(code: &'a BackupCode, customer: &'a CustomerId) -> [&'a [u8]; 2] {
    [&customer.0, code.0.expose_secret().as_bytes()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::ring;
    use sekisho_core::id::CredentialId;
    use sekisho_core::moment::Moment;

    const OWNER: CustomerId = CustomerId([1; 16]);

    fn shown(random: [u8; 10]) -> String {
        let code = BackupCode::from_random(random).display();
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
            printed.replace('-', "\u{30fc}"),
            printed.replace('-', "\u{2212}\u{3000}"),
        ] {
            let read = BackupCode::parse(&typed).unwrap();
            assert_eq!(read.display().expose_secret(), printed, "{typed}");
        }
        for wrong in [
            "",
            "0000-0000-0000-000",
            "0000-0000-0000-00000",
            "U000-0000-0000-0000",
        ] {
            assert!(BackupCode::parse(wrong).is_none(), "{wrong}");
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

    fn set(hashes: impl IntoIterator<Item = TokenHash>, customer: CustomerId) -> BackupSetKnown {
        let unused = |hash| BackupCodeKnown {
            hash,
            used: None,
            again: None,
        };
        BackupSetKnown {
            id: CredentialId([9; 16]),
            customer,
            made: Moment(1),
            codes: hashes.into_iter().map(unused).collect(),
        }
    }

    #[test]
    fn a_code_is_its_customers_and_survives_a_rotation() {
        let keys = BackupCodeKeys::new(&ring(&[("a", 1)])).unwrap();
        let rotated = BackupCodeKeys::new(&ring(&[("b", 2), ("a", 1)])).unwrap();
        let random = std::array::from_fn(|place| [u8::try_from(place).unwrap(); 10]);
        let codes = BackupCode::set_from_random(random);
        let stored = codes.iter().map(|code| keys.hash(code, OWNER));
        let own = set(stored.clone(), OWNER);
        let stolen = set(stored, CustomerId([2; 16]));
        for (place, code) in codes.iter().enumerate() {
            for keys in [&keys, &rotated] {
                assert_eq!(keys.find(code, &own), Some(&own.codes[place]));
                assert_eq!(keys.find(code, &stolen), None);
            }
        }
        let distinct: std::collections::BTreeSet<_> = own.codes.iter().map(|c| c.hash).collect();
        assert_eq!(distinct.len(), CODES);
        let other = BackupCode::from_random([0xaa; 10]);
        assert_eq!(keys.find(&other, &own), None);
    }
}
