//! Grants: what an application is given when the customer has confirmed an operation.
//!
//! A grant is a JWT of its own type that names the digest of the operation with all its fields.
//! The application verifies it offline with the published keys, compares the digest with that of
//! what it is about to do, and redeems it once.
//!
//! **Invariant:** a grant is never accepted where another kind of token is expected, nor another
//! kind of token as a grant: the `typ` says which, and it is signed.

use sekisho_core::access::OperationKind;
use sekisho_core::bytes::Digest;
use sekisho_core::id::{ApplicationId, GrantId, OperationId};
use serde::{Deserialize, Deserializer, Serialize};

use crate::Fault;
use crate::jwk::SigningKey;
use crate::jws::{JwsRefusal, KeySet};

/// The `typ` of a grant.
pub const GRANT_TYPE: &str = "sekisho-grant+jwt";

/// What a grant says. Times are seconds since 1970, as RFC 7519 has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantClaims {
    /// The installation's issuer address.
    pub iss: String,
    /// The application it was issued to.
    pub aud: ApplicationId,
    /// The customer, as the application knows them.
    pub sub: String,
    pub jti: GrantId,
    pub iat: i64,
    pub exp: i64,
    /// Until when grants with this `jti` are signed; [`Self::exp`] is never later.
    pub grant_until: i64,
    pub operation_id: OperationId,
    /// What kind of operation.
    pub operation_kind: OperationKind,
    /// SHA-256 over the operation's canonical fields, in hexadecimal.
    #[serde(deserialize_with = "digest_from_hex")]
    pub operation_digest: Digest,
    /// How the customer proved who they are, in the words of RFC 8176.
    pub amr: Vec<String>,
    /// How strongly (OpenID Connect Core section 2); absent where nothing was asked of them here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// When, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// What the application gave along when it asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}

impl GrantClaims {
    /// # Errors
    /// [`Fault::Json`] or [`Fault::Signing`], which would be bugs.
    pub fn sign(&self, key: &SigningKey) -> Result<String, Fault> {
        key.sign(GRANT_TYPE, self)
    }

    /// Reads a grant of ours after verifying its signature. Its expiry is not looked at.
    ///
    /// # Errors
    /// [`JwsRefusal`]; [`JwsRefusal::Malformed`] also for a signed payload that is not a grant's,
    /// [`JwsRefusal::WrongIssuer`] for one of another installation.
    pub fn verify(keys: &KeySet, issuer: &str, statement: &str) -> Result<Self, JwsRefusal> {
        let payload = keys.verify(statement, GRANT_TYPE)?.payload;
        let claims: Self = serde_json::from_slice(&payload).map_err(|_| JwsRefusal::Malformed)?;
        if claims.iss != issuer {
            return Err(JwsRefusal::WrongIssuer);
        }
        Ok(claims)
    }
}

fn digest_from_hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Digest, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_hex(&text).ok_or_else(|| serde::de::Error::custom("not 64 hexadecimal digits"))
}

fn parse_hex(text: &str) -> Option<Digest> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes?.try_into().ok().map(Digest)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::jwk::tests::signing_key;

    pub(crate) const ISSUER: &str = "https://sekisho.example";

    pub(crate) fn claims() -> GrantClaims {
        GrantClaims {
            iss: ISSUER.to_owned(),
            aud: ApplicationId([1; 16]),
            sub: "customer-1".to_owned(),
            jti: GrantId([2; 16]),
            iat: 1_800_000_000,
            exp: 1_800_000_060,
            grant_until: 1_800_000_060,
            operation_id: OperationId([3; 16]),
            operation_kind: OperationKind::parse("withdraw").unwrap(),
            operation_digest: Digest::of(b"withdraw 1000 to A"),
            amr: vec!["pwd".to_owned(), "otp".to_owned()],
            acr: Some("urn:sekisho:acr:multi".to_owned()),
            auth_time: Some(1_799_999_990),
            nonce: None,
        }
    }

    #[test]
    fn a_grant_reads_back_and_its_digest_is_hexadecimal() {
        let key = signing_key(1);
        let keys: KeySet = [key.public()].into_iter().collect();
        let statement = claims().sign(&key).unwrap();
        assert_eq!(GrantClaims::verify(&keys, ISSUER, &statement), Ok(claims()));
        let payload = keys.verify(&statement, GRANT_TYPE).unwrap().payload;
        let json: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(
            json["operation_digest"],
            Digest::of(b"withdraw 1000 to A").to_string()
        );
    }

    #[test]
    fn what_a_grant_cannot_say_it_does_not_say() {
        let key = signing_key(1);
        let keys: KeySet = [key.public()].into_iter().collect();
        let silent = GrantClaims {
            acr: None,
            auth_time: None,
            ..claims()
        };
        let statement = silent.sign(&key).unwrap();
        assert_eq!(GrantClaims::verify(&keys, ISSUER, &statement), Ok(silent));
        let payload = keys.verify(&statement, GRANT_TYPE).unwrap().payload;
        let json: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(json["operation_kind"], "withdraw");
        for absent in ["acr", "auth_time", "nonce", "act"] {
            assert_eq!(json.get(absent), None, "{absent}");
        }
    }

    #[test]
    fn other_issuers_types_and_payloads_are_no_grants() {
        let key = signing_key(1);
        let keys: KeySet = [key.public()].into_iter().collect();
        let statement = claims().sign(&key).unwrap();
        let elsewhere = GrantClaims::verify(&keys, "https://other.example", &statement);
        assert_eq!(elsewhere, Err(JwsRefusal::WrongIssuer));
        let id_token = key.sign("JWT", &claims()).unwrap();
        assert_eq!(
            GrantClaims::verify(&keys, ISSUER, &id_token),
            Err(JwsRefusal::WrongType)
        );
        let empty = key.sign(GRANT_TYPE, &serde_json::json!({})).unwrap();
        assert_eq!(
            GrantClaims::verify(&keys, ISSUER, &empty),
            Err(JwsRefusal::Malformed)
        );
        for digest in ["", "00", &"0".repeat(63), &"0".repeat(66), &"G".repeat(64)] {
            let mut json = serde_json::to_value(claims()).unwrap();
            json["operation_digest"] = (*digest).into();
            let signed = key.sign(GRANT_TYPE, &json).unwrap();
            assert_eq!(
                GrantClaims::verify(&keys, ISSUER, &signed),
                Err(JwsRefusal::Malformed)
            );
        }
    }
}
