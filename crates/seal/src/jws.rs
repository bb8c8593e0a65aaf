//! Signed statements: compact JWS (RFC 7515) with ES256 and nothing else.
//!
//! Grants, ID tokens and logout tokens are made here. Verification takes the algorithm from no
//! header: a header that names another one than ES256 is refused before anything is computed.
//!
//! **Invariant:** what [`KeySet::verify`] returns was signed by a key of the set, under the type
//! that the caller expected.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::Signature;
use p256::ecdsa::signature::{Signer, Verifier};
use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::jwk::{Jwks, PublicKey, SigningKey, Thumbprint};

/// Longest statement that is looked at, in bytes.
pub const MAX_LEN: usize = 16 * 1024;

#[derive(Serialize)]
struct WrittenHeader<'a> {
    alg: &'static str,
    kid: &'a str,
    typ: &'a str,
}

#[derive(Deserialize)]
struct ReadHeader {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<serde_json::Value>,
}

/// Why a statement was not accepted. A value for the rules to weigh, not a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsRefusal {
    #[error("longer than 16 KiB")]
    TooLong,
    #[error("not three parts of base64url with a JSON header")]
    Malformed,
    #[error("signed with an algorithm other than ES256, or not at all")]
    WrongAlgorithm,
    #[error("marks a header as critical, which is not supported")]
    Critical,
    #[error("a statement of another type")]
    WrongType,
    #[error("names no key, or one that is not in the set")]
    UnknownKey,
    #[error("the signature does not verify")]
    BadSignature,
    #[error("signed with a key that was not in use at the time it names, or it names none")]
    KeyNotInUse,
    #[error("issued by another installation")]
    WrongIssuer,
}

/// A statement whose signature was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The key that signed it.
    pub kid: Thumbprint,
    /// The payload's bytes. Expiry, audience and single use are for the caller to judge.
    pub payload: Vec<u8>,
}

impl SigningKey {
    /// Signs `claims` as JSON. `typ` says what kind of statement it is, such as `JWT` or
    /// `logout+jwt`; whoever verifies must expect the same. ECDSA nonces are deterministic
    /// (RFC 6979), so no randomness is needed.
    ///
    /// # Errors
    /// [`Fault::Json`] when `claims` cannot be written as JSON.
    pub fn sign<T: Serialize>(&self, typ: &str, claims: &T) -> Result<String, Fault> {
        let header = WrittenHeader {
            alg: "ES256",
            kid: self.kid.as_str(),
            typ,
        };
        let header = serde_json::to_vec(&header).map_err(Fault::Json)?;
        let claims = serde_json::to_vec(claims).map_err(Fault::Json)?;
        let mut statement = URL_SAFE_NO_PAD.encode(header);
        statement.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut statement);
        let signed = self.key.try_sign(statement.as_bytes());
        let signature: Signature = signed.map_err(|_| Fault::Signing)?;
        statement.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.to_bytes(), &mut statement);
        Ok(statement)
    }
}

/// The public keys that are accepted at present.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: Vec<(Thumbprint, PublicKey)>,
}

impl FromIterator<PublicKey> for KeySet {
    fn from_iter<I: IntoIterator<Item = PublicKey>>(keys: I) -> Self {
        Self {
            keys: keys
                .into_iter()
                .map(|key| (key.thumbprint(), key))
                .collect(),
        }
    }
}

impl KeySet {
    /// Reads a published set. Keys of other kinds are passed over, as RFC 7517 section 5 asks.
    #[must_use]
    pub fn from_jwks(jwks: &Jwks) -> Self {
        jwks.keys
            .iter()
            .filter_map(|jwk| PublicKey::from_jwk(jwk).ok())
            .collect()
    }

    /// The set to publish.
    #[must_use]
    pub fn jwks(&self) -> Jwks {
        Jwks {
            keys: self.keys.iter().map(|(_, key)| key.jwk()).collect(),
        }
    }

    /// Verifies a statement of type `typ` (compared without regard to case, with or without
    /// `application/` before it, as RFC 7515 section 4.1.9 asks).
    ///
    /// # Errors
    /// [`JwsRefusal`], in the order in which its variants stand.
    pub fn verify(&self, statement: &str, typ: &str) -> Result<Verified, JwsRefusal> {
        let parts = Parts::parse(statement)?;
        let named = parts.header.typ.as_deref().unwrap_or_default();
        if !bare_type(named).eq_ignore_ascii_case(bare_type(typ)) {
            return Err(JwsRefusal::WrongType);
        }
        let kid = parts.header.kid.as_deref().ok_or(JwsRefusal::UnknownKey)?;
        let known = self.keys.iter().find(|(known, _)| known.as_str() == kid);
        let (kid, key) = known.ok_or(JwsRefusal::UnknownKey)?;
        let payload = parts.verify(key)?;
        Ok(Verified {
            kid: kid.clone(),
            payload,
        })
    }
}

/// A statement taken apart, not verified.
struct Parts<'a> {
    header: ReadHeader,
    signed: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    fn parse(statement: &'a str) -> Result<Self, JwsRefusal> {
        if statement.len() > MAX_LEN {
            return Err(JwsRefusal::TooLong);
        }
        let malformed = JwsRefusal::Malformed;
        let (signed, signature) = statement.rsplit_once('.').ok_or(malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(malformed)?;
        let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| malformed)?;
        let header: ReadHeader = serde_json::from_slice(&header).map_err(|_| malformed)?;
        if header.alg != "ES256" {
            return Err(JwsRefusal::WrongAlgorithm);
        }
        if header.crit.is_some() {
            return Err(JwsRefusal::Critical);
        }
        Ok(Self {
            header,
            signed,
            payload,
            signature,
        })
    }

    fn verify(&self, key: &PublicKey) -> Result<Vec<u8>, JwsRefusal> {
        let decode = |text: &str| {
            URL_SAFE_NO_PAD
                .decode(text)
                .map_err(|_| JwsRefusal::Malformed)
        };
        let payload = decode(self.payload)?;
        let signature = Signature::from_slice(&decode(self.signature)?)
            .map_err(|_| JwsRefusal::BadSignature)?;
        key.key
            .verify(self.signed.as_bytes(), &signature)
            .map_err(|_| JwsRefusal::BadSignature)?;
        Ok(payload)
    }
}

fn bare_type(typ: &str) -> &str {
    match typ.split_once('/') {
        Some((media, rest)) if media.eq_ignore_ascii_case("application") => rest,
        _ => typ,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwk::tests::{jwk, signing_key};
    use serde_json::json;

    fn set(seeds: &[u8]) -> KeySet {
        seeds
            .iter()
            .map(|seed| signing_key(*seed).public())
            .collect()
    }

    fn statement(header: serde_json::Value, key: &SigningKey) -> String {
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode("{}")
        );
        let signature: Signature = key.key.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    #[test]
    fn the_published_signature_verifies() {
        // RFC 7515, appendix A.3. Its header names neither key nor type.
        let key = PublicKey::from_jwk(&jwk(
            "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        ));
        let key = key.unwrap();
        let text = "eyJhbGciOiJFUzI1NiJ9\
            .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0\
            dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ\
            .DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4Gawx\
            aepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let payload = Parts::parse(text).unwrap().verify(&key).unwrap();
        assert!(payload.starts_with(b"{\"iss\":\"joe\","));
        let other = Parts::parse(text).unwrap().verify(&signing_key(1).public());
        assert_eq!(other, Err(JwsRefusal::BadSignature));
    }

    #[test]
    fn signing_is_deterministic_as_rfc_6979_says() {
        // RFC 6979, appendix A.2.5: the key and the signature of "sample".
        let scalar = hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
        let boxed: Box<[u8; 32]> = Box::new(scalar.try_into().unwrap());
        let key = SigningKey::import(&secrecy::SecretBox::new(boxed)).unwrap();
        let signature: Signature = key.key.sign(b"sample");
        let expected = hex(
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
             f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        );
        assert_eq!(signature.to_bytes().as_slice(), expected);
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn what_one_signs_the_set_verifies() {
        let signed = signing_key(2)
            .sign("sekisho-grant+jwt", &json!({"op": "x"}))
            .unwrap();
        let verified = set(&[1, 2])
            .verify(&signed, "application/Sekisho-Grant+JWT")
            .unwrap();
        assert_eq!(verified.kid, *signing_key(2).kid());
        assert_eq!(verified.payload, br#"{"op":"x"}"#);
        let published = KeySet::from_jwks(&set(&[1, 2]).jwks());
        assert!(published.verify(&signed, "sekisho-grant+jwt").is_ok());
        assert_eq!(set(&[2]).verify(&signed, "JWT"), Err(JwsRefusal::WrongType));
        let unknown = set(&[1]).verify(&signed, "sekisho-grant+jwt");
        assert_eq!(unknown, Err(JwsRefusal::UnknownKey));
    }

    #[test]
    fn headers_cannot_choose_how_they_are_verified() {
        let key = signing_key(1);
        let kid = key.kid().as_str();
        let cases = [
            (
                json!({"alg": "none", "kid": kid, "typ": "JWT"}),
                JwsRefusal::WrongAlgorithm,
            ),
            (
                json!({"alg": "HS256", "kid": kid, "typ": "JWT"}),
                JwsRefusal::WrongAlgorithm,
            ),
            (
                json!({"alg": "es256", "kid": kid, "typ": "JWT"}),
                JwsRefusal::WrongAlgorithm,
            ),
            (json!({"kid": kid, "typ": "JWT"}), JwsRefusal::Malformed),
            (json!([]), JwsRefusal::Malformed),
            (
                json!({"alg": "ES256", "kid": kid, "typ": "JWT", "crit": []}),
                JwsRefusal::Critical,
            ),
            (json!({"alg": "ES256", "kid": kid}), JwsRefusal::WrongType),
            (
                json!({"alg": "ES256", "typ": "JWT"}),
                JwsRefusal::UnknownKey,
            ),
            (
                json!({"alg": "ES256", "typ": "JWT", "jwk": key.public().jwk()}),
                JwsRefusal::UnknownKey,
            ),
        ];
        for (header, refusal) in cases {
            let text = statement(header.clone(), &key);
            assert_eq!(set(&[1]).verify(&text, "JWT"), Err(refusal), "{header}");
        }
        let unsigned = statement(json!({"alg": "ES256", "kid": kid, "typ": "JWT"}), &key);
        let unsigned = &unsigned[..=unsigned.rfind('.').unwrap()];
        assert_eq!(
            set(&[1]).verify(unsigned, "JWT"),
            Err(JwsRefusal::BadSignature)
        );
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let key = signing_key(1);
        let signed = key
            .sign("JWT", &json!({"amount": 1000, "to": "A"}))
            .unwrap();
        for position in 0..signed.len() {
            let mut altered = signed.clone().into_bytes();
            altered[position] = if altered[position] == b'A' {
                b'B'
            } else {
                b'A'
            };
            let altered = String::from_utf8(altered).unwrap();
            assert!(set(&[1]).verify(&altered, "JWT").is_err(), "at {position}");
        }
        for cut in 0..signed.len() {
            assert!(
                set(&[1]).verify(&signed[..cut], "JWT").is_err(),
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn size_and_shape_are_bounded() {
        let long = "a".repeat(MAX_LEN + 1);
        assert_eq!(set(&[1]).verify(&long, "JWT"), Err(JwsRefusal::TooLong));
        for text in ["", ".", "..", "a.b", "a.b.c", "é.é.é", "e30.e30.e30.e30"] {
            assert_eq!(
                set(&[1]).verify(text, "JWT"),
                Err(JwsRefusal::Malformed),
                "{text}"
            );
        }
    }
}
