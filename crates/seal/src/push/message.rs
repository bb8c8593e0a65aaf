//! The encryption of one message: content coding `aes128gcm` (RFC 8188) under keys that only the
//! browser can derive (RFC 8291).
//!
//! **Invariant:** every message has one length, and a key and nonce are derived for it alone.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes128Gcm, Key, Nonce};
use hkdf::Hkdf;
use p256::elliptic_curve::ecdh::diffie_hellman;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Fault;

/// The longest payload, in bytes. Push services take 4096 of a whole message (RFC 8030 section
/// 7.2); what we say is short, and every message is padded to this.
pub const MOST_PAYLOAD: usize = 1024;
/// The record size that the header names; the one record is shorter (RFC 8291 section 4).
const RECORD: u32 = 4096;
/// Marks the last record; zeros may follow (RFC 8188 section 2).
const DELIMITER: u8 = 2;
const SALT: usize = 16;
const POINT: usize = 65;
const TAG: usize = 16;

/// Why the keys of a subscription cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionFault {
    #[error("p256dh must be an uncompressed point of P-256, 65 bytes")]
    Point,
    #[error("auth must be 16 bytes")]
    Secret,
}

/// The keys by which a browser reads what is sent to it.
#[derive(Clone)]
pub struct Subscription {
    key: PublicKey,
    auth: Zeroizing<[u8; 16]>,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}

impl Subscription {
    /// The keys `p256dh` and `auth` that a browser gave (Push API section 8.1).
    ///
    /// # Errors
    /// When one is not of its kind; a point that is not on the curve would give away our side.
    pub fn parse(p256dh: &[u8], auth: &[u8]) -> Result<Self, SubscriptionFault> {
        let uncompressed = p256dh.len() == POINT && p256dh[0] == 4;
        let key = PublicKey::from_sec1_bytes(p256dh).ok();
        let auth = auth.try_into().map_err(|_| SubscriptionFault::Secret)?;
        Ok(Self {
            key: key
                .filter(|_| uncompressed)
                .ok_or(SubscriptionFault::Point)?,
            auth: Zeroizing::new(auth),
        })
    }
}

/// Encrypts `payload` for one browser. `chance` is a salt and four candidates for a key that is
/// used once, of which the first that is a valid scalar is taken.
///
/// # Errors
/// [`Fault::TooLargeToSeal`] above [`MOST_PAYLOAD`]; [`Fault::SigningKeyChance`] when no candidate
/// is a key, which does not happen with random bytes (2^-128).
pub fn seal_message(
    to: &Subscription,
    payload: &[u8],
    chance: ([u8; 16], [u8; 128]),
) -> Result<Vec<u8>, Fault> {
    if payload.len() > MOST_PAYLOAD {
        return Err(Fault::TooLargeToSeal {
            length: payload.len(),
            limit: MOST_PAYLOAD,
        });
    }
    let (salt, candidates) = chance;
    let candidates = Zeroizing::new(candidates);
    let mut keys = candidates.chunks_exact(32);
    let own = keys.find_map(|bytes| SecretKey::from_slice(bytes).ok());
    let own = own.ok_or(Fault::SigningKeyChance)?;
    let mut record = Zeroizing::new(Vec::with_capacity(MOST_PAYLOAD + 1 + TAG));
    record.extend_from_slice(payload);
    record.push(DELIMITER);
    record.resize(MOST_PAYLOAD + 1, 0);
    encrypted(to, record, &own, salt)
}

/// The header (RFC 8188 section 2.1) and the one record.
fn encrypted(
    to: &Subscription,
    mut record: Zeroizing<Vec<u8>>,
    own: &SecretKey,
    salt: [u8; SALT],
) -> Result<Vec<u8>, Fault> {
    let public = own.public_key().to_sec1_point(false);
    let (cipher, nonce) = keys(to, own, public.as_bytes(), &salt)?;
    let tag = cipher
        .encrypt_inout_detached(&Nonce::from(nonce), b"", record.as_mut_slice().into())
        .map_err(|_| Fault::Derivation)?;
    let mut message = Vec::with_capacity(SALT + 5 + POINT + record.len() + TAG);
    message.extend_from_slice(&salt);
    message.extend_from_slice(&RECORD.to_be_bytes());
    message.push(u8::try_from(POINT).unwrap_or(u8::MAX));
    message.extend_from_slice(public.as_bytes());
    message.extend_from_slice(&record);
    message.extend_from_slice(&tag);
    Ok(message)
}

/// RFC 8291 section 3.4, then RFC 8188 sections 2.2 and 2.3 for the first record.
fn keys(
    to: &Subscription,
    own: &SecretKey,
    public: &[u8],
    salt: &[u8; SALT],
) -> Result<(Aes128Gcm, [u8; 12]), Fault> {
    let theirs = to.key.to_sec1_point(false);
    let shared = diffie_hellman(own.to_nonzero_scalar(), to.key.as_affine());
    let expand = |hkdf: &Hkdf<Sha256>, info: &[&[u8]], okm: &mut [u8]| {
        hkdf.expand_multi_info(info, okm)
            .map_err(|_| Fault::Derivation)
    };
    let mut secret = Zeroizing::new([0; 32]);
    let combined = Hkdf::<Sha256>::new(Some(&*to.auth), shared.raw_secret_bytes());
    let info: [&[u8]; 3] = [b"WebPush: info\0", theirs.as_bytes(), public];
    expand(&combined, &info, secret.as_mut())?;
    let hkdf = Hkdf::<Sha256>::new(Some(salt), &*secret);
    let (mut key, mut nonce) = (Zeroizing::new([0; 16]), [0; 12]);
    expand(&hkdf, &[b"Content-Encoding: aes128gcm\0"], key.as_mut())?;
    expand(&hkdf, &[b"Content-Encoding: nonce\0"], &mut nonce)?;
    Ok((Aes128Gcm::new(<&Key<Aes128Gcm>>::from(&*key)), nonce))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    const UA_PUBLIC: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    fn browser() -> Subscription {
        Subscription::parse(&bytes(UA_PUBLIC), &bytes("BTBZMqHH6r4Tts7J_aSIgg")).unwrap()
    }

    #[test]
    fn the_published_message_is_made_byte_for_byte() {
        // RFC 8291, section 5 and appendix A.
        let own = SecretKey::from_slice(&bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"));
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let mut record = Zeroizing::new(b"When I grow up, I want to be a watermelon".to_vec());
        record.push(DELIMITER);
        let message = encrypted(&browser(), record, &own.unwrap(), salt).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml\
                        mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT\
                        pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(message), expected);
    }

    #[test]
    fn every_message_has_one_length_and_is_unlike_every_other() {
        let sealed = |payload: &[u8], seed: u8| {
            seal_message(&browser(), payload, ([seed; 16], [seed; 128])).unwrap()
        };
        let messages = [sealed(b"", 1), sealed(b"short", 2), sealed(&[7; 1024], 3)];
        for message in &messages {
            assert_eq!(message.len(), SALT + 5 + POINT + MOST_PAYLOAD + 1 + TAG);
            assert!(message.len() <= 4096, "RFC 8030 section 7.2");
        }
        assert_ne!(sealed(b"same", 1), sealed(b"same", 2));
        let long = seal_message(&browser(), &[7; 1025], ([1; 16], [1; 128]));
        assert!(matches!(long, Err(Fault::TooLargeToSeal { .. })));
        let none = seal_message(&browser(), b"", ([1; 16], [0; 128]));
        assert!(matches!(none, Err(Fault::SigningKeyChance)));
    }

    #[test]
    fn keys_that_are_not_of_their_kind_are_refused() {
        let (point, auth) = (bytes(UA_PUBLIC), [1; 16]);
        let refused = |point: &[u8], auth: &[u8]| Subscription::parse(point, auth).err();
        assert_eq!(refused(&point, &auth), None);
        assert_eq!(refused(&point, &auth[1..]), Some(SubscriptionFault::Secret));
        let mut off = point.clone();
        off[64] ^= 1;
        let compressed = [&[2], &point[1..33]].concat();
        let infinity = vec![0];
        for wrong in [off, compressed, infinity, Vec::new(), point[1..].to_vec()] {
            assert_eq!(refused(&wrong, &auth), Some(SubscriptionFault::Point));
        }
    }
}
