//! Sealing of small values that stand in tables: phone numbers, mail addresses, private keys.
//!
//! Each value gets its own AES-256-GCM key: HKDF-SHA-256 extracts from the master's envelope
//! sub-key with a fresh 32-byte salt, and expands once to the record key and once to a 32-byte
//! *key commitment* that is stored and compared before decryption. This is the construction of
//! the committing suites of the AWS Encryption SDK (message id as HKDF salt, labels for data key
//! and commit key): GCM alone lets one ciphertext open to two plaintexts under two keys, the
//! commitment does not. Unlike there, the hash is SHA-256, and the context of the value enters the
//! derivation as well as the associated data, so even a repeated salt does not repeat a key in
//! another field.
//!
//! Layout: version (1), length of kid (1), kid, salt (32), commitment (32), ciphertext, tag (16).
//!
//! **Invariant:** a value opens only under the table, subject and field it was sealed for, and
//! only unchanged to the last bit.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Key, Nonce, Tag};
use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::framing::join;
use crate::key::SubKeys;
use crate::{Check, Fault, KeyRing, Purpose};

const VERSION: u8 = 1;
const SALT_LEN: usize = 32;
const COMMITMENT_LEN: usize = 32;
const TAG_LEN: usize = 16;

/// Largest plaintext, in bytes. Values here are fields of a row, not documents.
pub const MAX_PLAINTEXT: usize = 1 << 20;

/// The place a value belongs to. Opening with any other place fails.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// The table, by its name in the schema.
    pub table: &'a str,
    /// The bytes of the id of whom or what the row is about.
    pub subject: &'a [u8],
    /// The column.
    pub field: &'a str,
}

/// Seals under the current key, opens under any key of the ring.
#[derive(Debug)]
pub struct Envelope {
    keys: SubKeys,
}

/// The parts of a sealed value, borrowed from it.
struct Parts<'a> {
    kid: &'a str,
    salt: &'a [u8; SALT_LEN],
    commitment: &'a [u8; COMMITMENT_LEN],
    ciphertext: &'a [u8],
    tag: &'a [u8; TAG_LEN],
}

/// What is derived anew for each value.
struct RecordKeys {
    cipher: Aes256Gcm,
    commitment: [u8; COMMITMENT_LEN],
}

impl Envelope {
    /// Derives the envelope sub-keys once; sealing and opening then take one HKDF each.
    ///
    /// # Errors
    /// [`Fault::Derivation`], which would be a bug.
    pub fn new(ring: &KeyRing) -> Result<Self, Fault> {
        Ok(Self {
            keys: ring.sub_keys(Purpose::Envelope)?,
        })
    }

    /// Seals `plaintext` for its place. `salt` must be 32 fresh random bytes each time.
    ///
    /// # Errors
    /// [`Fault::TooLargeToSeal`] above [`MAX_PLAINTEXT`].
    pub fn seal(
        &self,
        binding: Binding<'_>,
        plaintext: &[u8],
        salt: [u8; SALT_LEN],
    ) -> Result<Vec<u8>, Fault> {
        let too_large = Fault::TooLargeToSeal {
            length: plaintext.len(),
            limit: MAX_PLAINTEXT,
        };
        if plaintext.len() > MAX_PLAINTEXT {
            return Err(too_large);
        }
        let (kid, sub_key) = self.keys.current();
        let kid = kid.as_str().as_bytes();
        let aad = associated_data(kid, binding);
        let record = RecordKeys::derive(sub_key, &salt, &aad)?;

        let kid_len = u8::try_from(kid.len()).map_err(|_| Fault::KidShape)?;
        let head = 2 + kid.len() + SALT_LEN + COMMITMENT_LEN;
        let mut sealed = Vec::with_capacity(head + plaintext.len() + TAG_LEN);
        sealed.extend_from_slice(&[VERSION, kid_len]);
        sealed.extend_from_slice(kid);
        sealed.extend_from_slice(&salt);
        sealed.extend_from_slice(&record.commitment);
        sealed.extend_from_slice(plaintext);
        let tag = record
            .cipher
            .encrypt_inout_detached(&zero_nonce(), &aad, (&mut sealed[head..]).into())
            .map_err(|_| too_large)?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Opens a sealed value from the place it was sealed for.
    ///
    /// # Errors
    /// [`Fault::SealedShape`] when it is no sealed value, [`Fault::KeyMissing`] when the key file
    /// no longer holds its key, [`Fault::SealedAltered`] when it was changed or moved here from
    /// another row or field.
    pub fn open(&self, binding: Binding<'_>, sealed: &[u8]) -> Result<SecretSlice<u8>, Fault> {
        let parts = Parts::parse(sealed)?;
        let (kid, sub_key) = match self.keys.find(parts.kid) {
            Some(found) => found,
            None => return Err(missing(parts.kid)),
        };
        let aad = associated_data(kid.as_str().as_bytes(), binding);
        let record = RecordKeys::derive(sub_key, parts.salt, &aad)?;
        if Check::of(&record.commitment, parts.commitment) == Check::Mismatch {
            return Err(Fault::SealedAltered);
        }
        let mut plaintext = Zeroizing::new(parts.ciphertext.to_vec());
        let tag = Tag::from(*parts.tag);
        record
            .cipher
            .decrypt_inout_detached(&zero_nonce(), &aad, plaintext.as_mut_slice().into(), &tag)
            .map_err(|_| Fault::SealedAltered)?;
        Ok(std::mem::take(&mut *plaintext).into())
    }

    /// [`Envelope::open`] for what was text.
    ///
    /// # Errors
    /// As [`Envelope::open`], and [`Fault::NotText`] when it is not UTF-8.
    pub fn open_text(&self, binding: Binding<'_>, sealed: &[u8]) -> Result<SecretString, Fault> {
        let opened = self.open(binding, sealed)?;
        let text = std::str::from_utf8(opened.expose_secret()).map_err(|_| Fault::NotText)?;
        Ok(text.into())
    }

    /// Whether the value should be sealed again because its key is no longer the current one.
    /// `false` also for what is no sealed value: opening it will say so.
    #[must_use]
    pub fn is_former(&self, sealed: &[u8]) -> bool {
        Parts::parse(sealed).is_ok_and(|parts| parts.kid != self.keys.current().0.as_str())
    }
}

impl RecordKeys {
    fn derive(sub_key: &[u8; 32], salt: &[u8; SALT_LEN], aad: &[u8]) -> Result<Self, Fault> {
        let hkdf = Hkdf::<Sha256>::new(Some(salt), sub_key);
        let mut key = Zeroizing::new([0u8; 32]);
        let mut commitment = [0u8; COMMITMENT_LEN];
        let expand = |label: &[u8], okm: &mut [u8]| {
            hkdf.expand_multi_info(&[label, aad], okm)
                .map_err(|_| Fault::Derivation)
        };
        expand(b"sekisho envelope v1 DERIVEKEY\0", key.as_mut())?;
        expand(b"sekisho envelope v1 COMMITKEY\0", &mut commitment)?;
        let cipher = Aes256Gcm::new(<&Key<Aes256Gcm>>::from(&*key));
        Ok(Self { cipher, commitment })
    }
}

impl<'a> Parts<'a> {
    fn parse(sealed: &'a [u8]) -> Result<Self, Fault> {
        Self::split(sealed).ok_or(Fault::SealedShape)
    }

    fn split(sealed: &'a [u8]) -> Option<Self> {
        let (&[version, kid_len], rest) = sealed.split_first_chunk()?;
        if version != VERSION {
            return None;
        }
        let (kid, rest) = rest.split_at_checked(usize::from(kid_len))?;
        let (salt, rest) = rest.split_first_chunk()?;
        let (commitment, rest) = rest.split_first_chunk()?;
        let (ciphertext, tag) = rest.split_last_chunk()?;
        let kid = std::str::from_utf8(kid).ok()?;
        Some(Self {
            kid,
            salt,
            commitment,
            ciphertext,
            tag,
        })
    }
}

/// Everything that is not encrypted but must be as it was.
fn associated_data(kid: &[u8], binding: Binding<'_>) -> Vec<u8> {
    join(&[
        &[VERSION],
        kid,
        binding.table.as_bytes(),
        binding.subject,
        binding.field.as_bytes(),
    ])
}

/// A record key encrypts exactly one value, so its nonce need not vary.
fn zero_nonce() -> Nonce<aes_gcm::aead::consts::U12> {
    Nonce::default()
}

fn missing(kid: &str) -> Fault {
    match crate::Kid::parse(kid) {
        Ok(kid) => Fault::KeyMissing { kid },
        Err(_) => Fault::SealedShape,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::ring;

    const PHONE: Binding<'_> = Binding {
        table: "channel",
        subject: b"customer-1",
        field: "phone",
    };

    fn envelope(lines: &[(&str, u8)]) -> Envelope {
        Envelope::new(&ring(lines)).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_again() {
        let envelope = envelope(&[("a", 1)]);
        for plaintext in [&b""[..], b"x", "090-1234-5678 様".as_bytes(), &[0xff; 5000]] {
            let sealed = envelope.seal(PHONE, plaintext, [7; 32]).unwrap();
            assert_eq!(sealed.len(), 2 + 1 + 32 + 32 + plaintext.len() + 16);
            assert_eq!(
                envelope.open(PHONE, &sealed).unwrap().expose_secret(),
                plaintext
            );
        }
    }

    #[test]
    fn text_opens_as_text_and_bytes_do_not() {
        let envelope = envelope(&[("a", 1)]);
        let sealed = envelope.seal(PHONE, "山田".as_bytes(), [7; 32]).unwrap();
        assert_eq!(
            envelope.open_text(PHONE, &sealed).unwrap().expose_secret(),
            "山田"
        );
        let sealed = envelope.seal(PHONE, &[0xff, 0xfe], [7; 32]).unwrap();
        assert!(matches!(
            envelope.open_text(PHONE, &sealed),
            Err(Fault::NotText)
        ));
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let envelope = envelope(&[("a", 1)]);
        let sealed = envelope.seal(PHONE, b"090-1234-5678", [7; 32]).unwrap();
        for position in 0..sealed.len() {
            for bit in 0..8 {
                let mut altered = sealed.clone();
                altered[position] ^= 1 << bit;
                assert!(
                    envelope.open(PHONE, &altered).is_err(),
                    "byte {position} bit {bit}"
                );
            }
            assert!(
                envelope.open(PHONE, &sealed[..position]).is_err(),
                "cut at {position}"
            );
        }
        let mut longer = sealed.clone();
        longer.push(0);
        assert!(matches!(
            envelope.open(PHONE, &longer),
            Err(Fault::SealedAltered)
        ));
    }

    #[test]
    fn a_value_does_not_open_in_another_place() {
        let envelope = envelope(&[("a", 1)]);
        let sealed = envelope.seal(PHONE, b"090-1234-5678", [7; 32]).unwrap();
        let places = [
            Binding {
                subject: b"customer-2",
                ..PHONE
            },
            Binding {
                field: "mail",
                ..PHONE
            },
            Binding {
                table: "staff",
                ..PHONE
            },
            Binding {
                table: "channelc",
                subject: b"ustomer-1",
                ..PHONE
            },
        ];
        for place in places {
            assert!(matches!(
                envelope.open(place, &sealed),
                Err(Fault::SealedAltered)
            ));
        }
    }

    #[test]
    fn the_commitment_refuses_a_key_that_is_not_the_one_that_sealed() {
        // Same kid, other key: without the commitment only the GCM tag would stand between them.
        let sealed = envelope(&[("a", 1)])
            .seal(PHONE, b"value", [7; 32])
            .unwrap();
        let parts = Parts::parse(&sealed).unwrap();
        let other = ring(&[("a", 2)]).sub_keys(Purpose::Envelope).unwrap();
        let aad = associated_data(b"a", PHONE);
        let record = RecordKeys::derive(other.current().1, parts.salt, &aad).unwrap();
        assert_ne!(&record.commitment, parts.commitment);
        let opened = envelope(&[("a", 2)]).open(PHONE, &sealed);
        assert!(matches!(opened, Err(Fault::SealedAltered)));
    }

    #[test]
    fn a_former_key_opens_and_asks_for_renewal_and_a_missing_one_is_named() {
        let sealed = envelope(&[("a", 1)])
            .seal(PHONE, b"value", [7; 32])
            .unwrap();
        let rotated = envelope(&[("b", 2), ("a", 1)]);
        assert_eq!(
            rotated.open(PHONE, &sealed).unwrap().expose_secret(),
            b"value"
        );
        assert!(rotated.is_former(&sealed));
        assert!(!rotated.is_former(&rotated.seal(PHONE, b"value", [8; 32]).unwrap()));
        let fault = envelope(&[("b", 2)]).open(PHONE, &sealed).unwrap_err();
        assert!(
            matches!(&fault, Fault::KeyMissing { kid } if kid.as_str() == "a"),
            "{fault}"
        );
    }

    #[test]
    fn a_repeated_salt_in_another_field_gives_another_key() {
        let envelope = envelope(&[("a", 1)]);
        let one = envelope.seal(PHONE, &[0; 64], [7; 32]).unwrap();
        let two = envelope
            .seal(
                Binding {
                    field: "mail",
                    ..PHONE
                },
                &[0; 64],
                [7; 32],
            )
            .unwrap();
        assert_ne!(
            Parts::parse(&one).unwrap().ciphertext,
            Parts::parse(&two).unwrap().ciphertext
        );
    }

    #[test]
    fn too_large_is_refused_at_the_byte() {
        let envelope = envelope(&[("a", 1)]);
        assert!(
            envelope
                .seal(PHONE, &vec![0; MAX_PLAINTEXT], [7; 32])
                .is_ok()
        );
        let refused = envelope.seal(PHONE, &vec![0; MAX_PLAINTEXT + 1], [7; 32]);
        assert!(matches!(refused, Err(Fault::TooLargeToSeal { .. })));
    }

    #[test]
    fn the_layout_stays_what_it_was_in_the_first_release() {
        // Made with Python (hmac, cryptography's AESGCM) from the description at the top.
        let vector = "AQFhBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwfx-Pb4P6o5wdjT4IfSgIY7Td4Gg3\
             XdCdL_09cPAVJX9fSRp0lspfQV7zt-Tq7Q9Llcoe22Y4GGBTUptkWd";
        use base64::Engine as _;
        let sealed = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(vector)
            .unwrap();
        let envelope = envelope(&[("a", 1)]);
        assert_eq!(
            envelope.seal(PHONE, b"090-1234-5678", [7; 32]).unwrap(),
            sealed
        );
    }
}
