//! The secrets of people of the firm, as they are stored and compared.
//!
//! A secret is a token of 256 random bits, so a fast keyed hash is enough; the key keeps a copy of
//! the database from telling even which of two rows has the same secret.
//!
//! **Invariant:** a claim for nobody is compared like one for somebody.

use secrecy::ExposeSecret as _;
use sekisho_core::bytes::TokenHash;

use crate::mac::MacKeys;
use crate::token::Token;
use crate::{Check, Fault, KeyRing, Purpose};

/// Makes and compares the stored form of secrets.
#[derive(Debug)]
pub struct StaffKeys(MacKeys);

impl StaffKeys {
    /// # Errors
    /// [`Fault::Derivation`], which would be a bug.
    pub fn new(ring: &KeyRing) -> Result<Self, Fault> {
        MacKeys::new(ring, Purpose::Staff).map(Self)
    }

    /// The form to store.
    #[must_use]
    pub fn hash(&self, secret: &Token) -> TokenHash {
        TokenHash(self.0.tag(&[secret.text().expose_secret().as_bytes()]))
    }

    /// Whether `secret` is the one that was stored as `hash`, in constant time.
    pub fn check(&self, secret: &Token, hash: &TokenHash) -> Check {
        let text = secret.text().expose_secret();
        self.0.check(&[text.as_bytes()], &hash.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::ring;
    use crate::token::TokenKind;

    #[test]
    fn a_secret_is_its_own_alone_also_after_a_rotation() {
        let (mine, other) = (
            Token::mint(TokenKind::Staff, [1; 32]),
            Token::mint(TokenKind::Staff, [2; 32]),
        );
        let hash = StaffKeys::new(&ring(&[("a", 1)])).unwrap().hash(&mine);
        let after = StaffKeys::new(&ring(&[("b", 2), ("a", 1)])).unwrap();
        assert!(after.check(&mine, &hash).matched());
        assert!(!after.check(&other, &hash).matched());
        assert!(!after.check(&mine, &TokenHash([0; 32])).matched());
        assert_ne!(hash, mine.hash());
    }
}
