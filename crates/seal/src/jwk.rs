//! Keys that sign: P-256 private keys, their public halves, JWK, JWKS and thumbprints.
//!
//! **Invariant:** a key id is always the RFC 7638 thumbprint of the key it names, so no two keys
//! can share one and nobody chooses it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa;
use secrecy::{ExposeSecret, SecretBox};
use sekisho_core::bytes::Digest;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::Fault;
use crate::digest::{base64url, parse_base64url};

/// The RFC 7638 SHA-256 thumbprint of a public key, used as its `kid`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Thumbprint(String);

impl Thumbprint {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A private P-256 key with its id.
pub struct SigningKey {
    pub(crate) key: ecdsa::SigningKey,
    pub(crate) kid: Thumbprint,
}

impl SigningKey {
    /// A new key from four candidates of 32 random bytes: the first that is a valid scalar (not
    /// zero, below the group order) is taken. One candidate fails with probability 2^-32.
    ///
    /// # Errors
    /// [`Fault::SigningKeyChance`] when none of them is valid; with random bytes that does not
    /// happen (2^-128).
    pub fn from_random(random: [u8; 128]) -> Result<Self, Fault> {
        let random = Zeroizing::new(random);
        let mut candidates = random.chunks_exact(32);
        let key = candidates.find_map(|bytes| ecdsa::SigningKey::from_slice(bytes).ok());
        Ok(Self::new(key.ok_or(Fault::SigningKeyChance)?))
    }

    /// The key from its exported scalar.
    ///
    /// # Errors
    /// [`Fault::SigningKeyShape`] when it is zero or not below the group order.
    pub fn import(scalar: &SecretBox<[u8; 32]>) -> Result<Self, Fault> {
        let key = ecdsa::SigningKey::from_slice(scalar.expose_secret());
        key.map(Self::new)
            .map_err(|_| Fault::SigningKeyShape("not a private scalar"))
    }

    /// The private scalar, big endian; to be sealed before it is stored.
    #[must_use]
    pub fn export(&self) -> SecretBox<[u8; 32]> {
        SecretBox::init_with_mut(|scalar: &mut [u8; 32]| {
            let bytes = Zeroizing::new(<[u8; 32]>::from(self.key.to_bytes()));
            scalar.copy_from_slice(&*bytes);
        })
    }

    fn new(key: ecdsa::SigningKey) -> Self {
        let kid = PublicKey {
            key: *key.verifying_key(),
        }
        .thumbprint();
        Self { key, kid }
    }

    #[must_use]
    pub fn kid(&self) -> &Thumbprint {
        &self.kid
    }

    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey {
            key: *self.key.verifying_key(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// A public P-256 key, known to be a point of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey {
    pub(crate) key: ecdsa::VerifyingKey,
}

/// A public key as JSON (RFC 7517, RFC 7518 section 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    pub kty: String,
    pub crv: String,
    pub x: String,
    pub y: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
}

/// A set of public keys as JSON, what `/.well-known/jwks.json` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwks {
    pub keys: Vec<Jwk>,
}

impl PublicKey {
    /// Reads a JWK. Its `kid`, if any, is ignored: the thumbprint is the id here.
    ///
    /// # Errors
    /// [`Fault::SigningKeyShape`] unless it is an EC key on P-256 for ES256 signatures whose point
    /// lies on the curve.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, Fault> {
        let shape = Fault::SigningKeyShape;
        if jwk.kty != "EC" || jwk.crv != "P-256" {
            return Err(shape("kty must be EC and crv P-256"));
        }
        if jwk.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return Err(shape("use must be sig"));
        }
        if jwk.alg.as_deref().is_some_and(|alg| alg != "ES256") {
            return Err(shape("alg must be ES256"));
        }
        let mut point = [4u8; 65];
        let (x, y) = (coordinate(&jwk.x), coordinate(&jwk.y));
        point[1..33].copy_from_slice(&x.ok_or(shape("x must be 32 bytes in base64url"))?);
        point[33..].copy_from_slice(&y.ok_or(shape("y must be 32 bytes in base64url"))?);
        let key = ecdsa::VerifyingKey::from_sec1_bytes(&point);
        Ok(Self {
            key: key.map_err(|_| shape("the point is not on the curve"))?,
        })
    }

    #[must_use]
    pub fn jwk(&self) -> Jwk {
        let [x, y] = self.coordinates();
        Jwk {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            kid: Some(thumbprint(&x, &y).0),
            usage: Some("sig".to_owned()),
            alg: Some("ES256".to_owned()),
            x,
            y,
        }
    }

    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let [x, y] = self.coordinates();
        thumbprint(&x, &y)
    }

    fn coordinates(&self) -> [String; 2] {
        let point = self.key.to_sec1_point(false);
        let bytes = point.as_bytes();
        [&bytes[1..33], &bytes[33..65]].map(|half| URL_SAFE_NO_PAD.encode(half))
    }
}

fn coordinate(text: &str) -> Option<[u8; 32]> {
    parse_base64url(text).map(|bytes| bytes.0)
}

/// RFC 7638 section 3: the required members in lexicographic order without white space.
fn thumbprint(x: &str, y: &str) -> Thumbprint {
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    Thumbprint(base64url(&Digest::of(canonical.as_bytes())))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn signing_key(seed: u8) -> SigningKey {
        let mut random = [0u8; 128];
        random[..32].copy_from_slice(&Digest::of(&[seed]).0);
        SigningKey::from_random(random).unwrap()
    }

    pub(crate) fn jwk(x: &str, y: &str) -> Jwk {
        Jwk {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            x: x.to_owned(),
            y: y.to_owned(),
            kid: None,
            usage: None,
            alg: None,
        }
    }

    #[test]
    fn the_thumbprint_is_the_published_one() {
        // RFC 9449 (DPoP): the key of figure 2 and its jkt of figure 5.
        let jwk = jwk(
            "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
            "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        );
        let key = PublicKey::from_jwk(&jwk).unwrap();
        assert_eq!(
            key.thumbprint().as_str(),
            "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
        );
        assert_eq!(key.jwk().kid.unwrap(), key.thumbprint().as_str());
    }

    #[test]
    fn invalid_scalars_are_passed_over() {
        let valid = Digest::of(b"scalar").0;
        let mut random = [0u8; 128]; // the first candidate is zero
        random[32..64].fill(0xff); // the second is above the group order
        random[64..96].copy_from_slice(&valid);
        let key = SigningKey::from_random(random).unwrap();
        assert_eq!(*key.export().expose_secret(), valid);
        assert!(matches!(
            SigningKey::from_random([0; 128]),
            Err(Fault::SigningKeyChance)
        ));
        assert!(matches!(
            SigningKey::from_random([0xff; 128]),
            Err(Fault::SigningKeyChance)
        ));
    }

    #[test]
    fn export_and_import_give_the_same_key() {
        let key = signing_key(1);
        let again = SigningKey::import(&key.export()).unwrap();
        assert_eq!(again.kid(), key.kid());
        assert_eq!(again.public(), key.public());
        assert!(SigningKey::import(&SecretBox::new(Box::new([0; 32]))).is_err());
    }

    #[test]
    fn keys_of_another_kind_or_off_the_curve_are_refused() {
        let good = signing_key(1).public().jwk();
        assert!(PublicKey::from_jwk(&good).is_ok());
        let wrong = [
            Jwk {
                kty: "RSA".to_owned(),
                ..good.clone()
            },
            Jwk {
                crv: "P-384".to_owned(),
                ..good.clone()
            },
            Jwk {
                usage: Some("enc".to_owned()),
                ..good.clone()
            },
            Jwk {
                alg: Some("RS256".to_owned()),
                ..good.clone()
            },
            Jwk {
                x: good.y.clone(),
                ..good.clone()
            },
            Jwk {
                x: "AA".to_owned(),
                ..good.clone()
            },
            jwk(&"A".repeat(43), &"A".repeat(43)),
        ];
        for jwk in wrong {
            assert!(PublicKey::from_jwk(&jwk).is_err(), "{jwk:?}");
        }
    }

    #[test]
    fn debug_and_json_hold_no_private_half() {
        let key = signing_key(1);
        let private = URL_SAFE_NO_PAD.encode(key.export().expose_secret());
        let json = serde_json::to_string(&Jwks {
            keys: vec![key.public().jwk()],
        })
        .unwrap();
        assert!(!format!("{key:?}").contains(&private[..8]));
        assert!(
            !json.contains(&private[..8]) && !json.contains("\"d\""),
            "{json}"
        );
        let read: Jwks = serde_json::from_str(&json).unwrap();
        assert_eq!(PublicKey::from_jwk(&read.keys[0]).unwrap(), key.public());
    }
}
