//! Who sends a message: a statement for one push service, signed with the key that the browser
//! subscribed to (RFC 8292, "VAPID").
//!
//! **Invariant:** a statement names the origin of one push service and ends within a day.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer;
use serde::Serialize;

use crate::Fault;
use crate::jwk::{PublicKey, SigningKey};

/// What is stated.
#[derive(Clone, Debug, Serialize)]
pub struct Vapid<'a> {
    /// The origin of the push service: `https://push.example.net`.
    pub aud: &'a str,
    /// When it ends, in seconds since 1970; at most 24 hours ahead (RFC 8292 section 2).
    pub exp: i64,
    /// Whom the push service can ask, as `mailto:` or `https:` (RFC 8292 section 2.1).
    pub sub: &'a str,
}

/// The header `Authorization` of a message (RFC 8292 section 3).
///
/// # Errors
/// [`Fault::Json`] and [`Fault::Signing`] as every signature.
pub fn authorization(key: &SigningKey, claims: &Vapid<'_>) -> Result<String, Fault> {
    // As the RFC writes it: a push service knows the key by `k` and needs no `kid`.
    let mut statement = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
    let claims = serde_json::to_vec(claims).map_err(Fault::Json)?;
    statement.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut statement);
    let signed = key.key.try_sign(statement.as_bytes());
    let signature: Signature = signed.map_err(|_| Fault::Signing)?;
    statement.push('.');
    URL_SAFE_NO_PAD.encode_string(signature.to_bytes(), &mut statement);
    let public = application_server_key(&key.public());
    Ok(format!("vapid t={statement}, k={public}"))
}

/// The public half as a page hands it to `PushManager.subscribe`: the uncompressed point in
/// base64url (RFC 8292 section 3.2).
#[must_use]
pub fn application_server_key(key: &PublicKey) -> String {
    URL_SAFE_NO_PAD.encode(key.key.to_sec1_point(false).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwk::tests::signing_key;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier;

    /// Whether the statement of a header verifies under its own `k`.
    fn verifies(header: &str) -> Option<String> {
        let rest = header.strip_prefix("vapid t=")?;
        let (statement, key) = rest.split_once(", k=")?;
        let key = URL_SAFE_NO_PAD.decode(key).ok()?;
        let key = VerifyingKey::from_sec1_bytes(&key).ok()?;
        let (signed, signature) = statement.rsplit_once('.')?;
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        key.verify(signed.as_bytes(), &signature).ok()?;
        let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?;
        String::from_utf8(claims).ok()
    }

    /// RFC 8292, section 2.4.
    const PUBLISHED: &str = "vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3\
         B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29\
         tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHz\
         voD1oA, k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojS\
         wk5Y2EmClBPs";

    #[test]
    fn what_is_stated_is_that_of_the_published_example_letter_for_letter() {
        let claims = verifies(PUBLISHED).unwrap();
        let vapid = Vapid {
            aud: "https://push.example.net",
            exp: 1_453_523_768,
            sub: "mailto:push@example.com",
        };
        assert_eq!(claims, serde_json::to_string(&vapid).unwrap());
        let ours = authorization(&signing_key(1), &vapid).unwrap();
        assert_eq!(verifies(&ours).unwrap(), claims);
        // All but signature and key is the published text.
        let head = |text: &str| text.rsplit_once('.').map(|(head, _)| head.to_owned());
        assert_eq!(head(&ours), head(PUBLISHED));
    }

    #[test]
    fn the_key_of_a_page_is_the_uncompressed_point() {
        let key = application_server_key(&signing_key(1).public());
        let bytes = URL_SAFE_NO_PAD.decode(&key).unwrap();
        assert_eq!((bytes.len(), bytes[0], key.len()), (65, 4, 87));
    }
}
