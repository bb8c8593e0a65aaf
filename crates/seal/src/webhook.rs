//! Signed webhooks (Standard Webhooks 1.0.0): HMAC-SHA-256 over id, moment and body.
//!
//! The receiver has the same secret, so a signature convinces it and nobody else.
//!
//! **Invariant:** a secret is 32 random bytes of its own, shared with one application and used for
//! nothing else.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What every secret begins with, so that scanners of sources find one.
const PREFIX: &str = "whsec_";

/// A secret that an application knows as well.
#[derive(Debug, Clone)]
pub struct WebhookSecret(SecretString);

impl WebhookSecret {
    /// A new secret from fresh random bytes.
    #[must_use]
    pub fn from_random(random: [u8; 32]) -> Self {
        let random = Zeroizing::new(random);
        let encoded = Zeroizing::new(BASE64_STANDARD.encode(*random));
        Self(format!("{PREFIX}{}", *encoded).into())
    }

    /// A secret that was made before.
    #[must_use]
    pub fn of_text(text: SecretString) -> Self {
        Self(text)
    }

    /// As it is shown, once, and sealed.
    #[must_use]
    pub fn text(&self) -> &SecretString {
        &self.0
    }

    /// The signature of a message: `v1,` and base64. `None` for a text that is no secret.
    #[must_use]
    pub fn sign(&self, id: &str, unix_seconds: i64, body: &[u8]) -> Option<String> {
        let encoded = self.0.expose_secret().strip_prefix(PREFIX)?;
        let key = Zeroizing::new(BASE64_STANDARD.decode(encoded).ok()?);
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        mac.update(format!("{id}.{unix_seconds}.").as_bytes());
        mac.update(body);
        let tag = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        Some(format!("v1,{tag}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_published_one() {
        // The reference implementations of Standard Webhooks test with this.
        let secret = WebhookSecret::of_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into());
        let body = br#"{"test": 2432232314}"#;
        let signed = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(
            signed.as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
    }

    #[test]
    fn every_part_is_signed() {
        let secret = WebhookSecret::from_random([7; 32]);
        let signed = secret.sign("opr_1-2", 1_800_000_000, b"{}");
        assert!(signed.is_some());
        let other = WebhookSecret::from_random([8; 32]);
        for changed in [
            secret.sign("opr_1-3", 1_800_000_000, b"{}"),
            secret.sign("opr_1-2", 1_800_000_001, b"{}"),
            secret.sign("opr_1-2", 1_800_000_000, b"{ }"),
            other.sign("opr_1-2", 1_800_000_000, b"{}"),
        ] {
            assert!(changed.is_some() && changed != signed);
        }
        let again = WebhookSecret::of_text(secret.text().clone());
        assert_eq!(again.sign("opr_1-2", 1_800_000_000, b"{}"), signed);
        assert!(!format!("{secret:?}").contains("BwcH"), "never in a log");
    }

    #[test]
    fn what_is_no_secret_signs_nothing() {
        for text in ["", "MfKQ", "whsec_%%%"] {
            let secret = WebhookSecret::of_text(text.into());
            assert_eq!(secret.sign("a", 0, b""), None, "{text}");
        }
    }
}
