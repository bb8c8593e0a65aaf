//! Blind indexes: finding a sealed value by equality without storing it, or a full hash of it.
//!
//! The index is HMAC-SHA-256 under a sub-key of its own for each field, cut to 40 bits. Cutting is
//! deliberate: phone numbers and mail addresses can be enumerated, so a full tag would give
//! whoever gets the table *and* the key a certain answer for each guess. 40 bits stay useful for
//! look-ups: among N customers, a look-up meets on average N / 2^40 strangers beside the right one,
//! which is 1 in 110,000 look-ups at ten million customers, while that population as a whole
//! holds about N² / 2^41 ≈ 45 colliding pairs. **So an equal index is a candidate, not a match:
//! callers open the sealed value and compare.** For the same reason it must not carry a
//! `UNIQUE` constraint.
//!
//! What is stored are six bytes: the mark of the key, then the tag.
//!
//! **Invariant:** equal normalised values of one field under one key give equal indexes; nothing
//! else is promised.

use hmac::Mac;
use sekisho_core::bytes::BlindIndex;

use crate::key::SubKeys;
use crate::mac::hmac;
use crate::{Fault, KeyRing, Kid, Purpose};

/// Makes the indexes of one field.
#[derive(Debug)]
pub struct BlindIndexer {
    keys: SubKeys,
}

impl BlindIndexer {
    /// `field` names the kind of value, such as `phone` or `mail`; it must never change, and a
    /// value is found only by an indexer of the same field.
    ///
    /// # Errors
    /// [`Fault::Derivation`], which would be a bug.
    pub fn new(ring: &KeyRing, field: &'static str) -> Result<Self, Fault> {
        Ok(Self {
            keys: ring.sub_keys(Purpose::Index(field))?,
        })
    }

    /// The index to store. `normalised` is the value after core's normalisation (NFKC, case,
    /// digits): two spellings of one address that reach here differently are not found as one.
    #[must_use]
    pub fn index(&self, normalised: &str) -> BlindIndex {
        index(self.keys.current(), normalised)
    }

    /// The indexes to look for, the current key's first: one for each key of the ring, since rows
    /// keep the index of the key they were written under until they are re-indexed.
    #[must_use]
    pub fn candidates(&self, normalised: &str) -> Vec<BlindIndex> {
        self.keys.iter().map(|key| index(key, normalised)).collect()
    }
}

fn index((kid, key): (&Kid, &[u8; 32]), normalised: &str) -> BlindIndex {
    let full = hmac(key)
        .chain_update(normalised.as_bytes())
        .finalize()
        .into_bytes();
    let mut bytes = vec![kid.version().0];
    bytes.extend_from_slice(&full[..5]);
    BlindIndex(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::ring;

    #[test]
    fn equal_values_meet_and_others_do_not() {
        let phone = BlindIndexer::new(&ring(&[("a", 1)]), "phone").unwrap();
        assert_eq!(phone.index("+819012345678"), phone.index("+819012345678"));
        assert_ne!(phone.index("+819012345678"), phone.index("+819012345679"));
    }

    #[test]
    fn fields_and_keys_do_not_mix() {
        let phone = BlindIndexer::new(&ring(&[("a", 1)]), "phone").unwrap();
        let mail = BlindIndexer::new(&ring(&[("a", 1)]), "mail").unwrap();
        let other = BlindIndexer::new(&ring(&[("a", 2)]), "phone").unwrap();
        assert_ne!(phone.index("x"), mail.index("x"));
        assert_ne!(phone.index("x"), other.index("x"));
    }

    #[test]
    fn after_rotation_the_old_index_is_among_the_candidates() {
        let before = BlindIndexer::new(&ring(&[("a", 1)]), "phone").unwrap();
        let after = BlindIndexer::new(&ring(&[("b", 2), ("a", 1)]), "phone").unwrap();
        let candidates = after.candidates("x");
        assert_eq!(candidates, [after.index("x"), before.index("x")]);
        assert_ne!(after.index("x"), before.index("x"));
    }

    #[test]
    fn the_value_stays_what_it_was_in_the_first_release() {
        // Computed independently with Python's hmac.
        let index = BlindIndexer::new(&ring(&[("a", 1)]), "phone").unwrap();
        assert_eq!(index.index("+819012345678").0, [79, 39, 46, 185, 203, 244]);
    }
}
