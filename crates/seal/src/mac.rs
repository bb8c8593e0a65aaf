//! Keyed tags over lists of fields: HMAC-SHA-256 (RFC 2104) under the sub-keys of one purpose.
//!
//! **Invariant:** tags are made with the current key and accepted from any key of the ring, so a
//! rotation breaks nothing that is in flight.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use crate::framing::write_field;
use crate::key::SubKeys;
use crate::{Check, Fault, KeyRing, Purpose};

/// An HMAC-SHA-256 under a 32-byte key. The block-sized key form cannot fail, and padding with
/// zeros is what HMAC does with a short key anyway.
pub(crate) fn hmac(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = zeroize::Zeroizing::new([0u8; 64]);
    block[..32].copy_from_slice(key);
    Hmac::new((&*block).into())
}

fn tag_with(key: &[u8; 32], fields: &[&[u8]]) -> [u8; 32] {
    let mut mac = hmac(key);
    for field in fields {
        write_field(&mut |bytes| mac.update(bytes), field);
    }
    mac.finalize().into_bytes().into()
}

/// The keys that make and check tags for one purpose.
#[derive(Debug)]
pub struct MacKeys(SubKeys);

impl MacKeys {
    /// # Errors
    /// [`Fault::Derivation`], which would be a bug.
    pub fn new(ring: &KeyRing, purpose: Purpose) -> Result<Self, Fault> {
        ring.sub_keys(purpose).map(Self)
    }

    /// The tag over the fields, under the current key. Fields are length-prefixed, so their
    /// boundaries are part of what is authenticated.
    #[must_use]
    pub fn tag(&self, fields: &[&[u8]]) -> [u8; 32] {
        tag_with(self.0.current().1, fields)
    }

    /// The tags under every key of the ring, the current one first: what to look for when a tag
    /// is stored and found by equality.
    #[must_use]
    pub fn candidates(&self, fields: &[&[u8]]) -> Vec<[u8; 32]> {
        self.0
            .iter()
            .map(|(_, key)| tag_with(key, fields))
            .collect()
    }

    /// Whether `claimed` is the tag over the fields under any key of the ring. Does the same work
    /// whichever key it is, in time independent of the content.
    pub fn check(&self, fields: &[&[u8]], claimed: &[u8]) -> Check {
        let mut found = Choice::from(0);
        for (_, key) in self.0.iter() {
            found |= tag_with(key, fields).as_slice().ct_eq(claimed);
        }
        found.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::ring;

    #[test]
    fn hmac_gives_the_published_value() {
        // RFC 4231, test case 1: key 20 × 0x0b. Zero padding to 32 bytes does not change it.
        let mut key = [0u8; 32];
        key[..20].fill(0x0b);
        let tag: [u8; 32] = hmac(&key)
            .chain_update(b"Hi There")
            .finalize()
            .into_bytes()
            .into();
        let hex: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }

    #[test]
    fn a_tag_holds_for_its_fields_and_purpose_only() {
        let ring = ring(&[("a", 1)]);
        let csrf = MacKeys::new(&ring, Purpose::Csrf).unwrap();
        let idempotency = MacKeys::new(&ring, Purpose::Idempotency).unwrap();
        let tag = csrf.tag(&[b"one", b"two"]);
        assert_eq!(csrf.check(&[b"one", b"two"], &tag), Check::Match);
        assert_eq!(csrf.check(&[b"onet", b"wo"], &tag), Check::Mismatch);
        assert_eq!(csrf.check(&[b"one", b"two"], &tag[..31]), Check::Mismatch);
        assert_eq!(csrf.check(&[b"one", b"two"], b""), Check::Mismatch);
        assert_eq!(idempotency.check(&[b"one", b"two"], &tag), Check::Mismatch);
    }

    #[test]
    fn a_tag_survives_rotation_and_dies_with_its_key() {
        let before = MacKeys::new(&ring(&[("a", 1)]), Purpose::Csrf).unwrap();
        let rotated = MacKeys::new(&ring(&[("b", 2), ("a", 1)]), Purpose::Csrf).unwrap();
        let removed = MacKeys::new(&ring(&[("b", 2)]), Purpose::Csrf).unwrap();
        let tag = before.tag(&[b"x"]);
        assert_eq!(rotated.check(&[b"x"], &tag), Check::Match);
        assert_eq!(removed.check(&[b"x"], &tag), Check::Mismatch);
        assert_ne!(rotated.tag(&[b"x"]), tag);
    }
}
