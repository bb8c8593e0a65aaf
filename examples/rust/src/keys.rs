//! Sekisho's published keys (RFC 7517).

use std::collections::HashMap;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use p256::ecdsa::VerifyingKey;
use reqwest::{Client, Result};
use serde::Deserialize;

/// Seconds after which the keys are read again in any case: a key may be withdrawn.
const LIFE: i64 = 600;

/// Sekisho's published keys: read when needed, kept, and read again when a `kid` is new.
pub struct Keys {
    http: Client,
    url: String,
    pause: i64,
    known: HashMap<String, VerifyingKey>,
    read: Option<i64>,
}

impl Keys {
    /// The set at `url`, read again for a new `kid` no more often than every `pause` seconds.
    pub fn new(http: Client, url: String, pause: i64) -> Self {
        Self {
            http,
            url,
            pause,
            known: HashMap::new(),
            read: None,
        }
    }

    /// The key of this name, if it is published. `now` is in seconds.
    ///
    /// # Errors
    /// When the set cannot be read.
    pub async fn key(&mut self, kid: &str, now: i64) -> Result<Option<VerifyingKey>> {
        let age = self.read.map(|read| now - read);
        let fresh = age.is_some_and(|age| (0..LIFE).contains(&age));
        let waits = age.is_some_and(|age| (0..self.pause).contains(&age));
        if !fresh || (!self.known.contains_key(kid) && !waits) {
            self.fetch(now).await?;
        }
        Ok(self.known.get(kid).copied())
    }

    async fn fetch(&mut self, now: i64) -> Result<()> {
        let answer = self.http.get(&self.url).send().await?;
        let set: KeySet = answer.error_for_status()?.json().await?;
        let keys = set
            .keys
            .iter()
            .filter_map(|jwk| Some((jwk.kid.clone()?, jwk.key()?)));
        self.known = keys.collect();
        self.read = Some(now);
        Ok(())
    }
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Jwk>,
}

/// A member of the set (RFC 7517); one of another kind is passed over.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Jwk {
    kid: Option<String>,
    kty: String,
    crv: String,
    x: String,
    y: String,
}

impl Jwk {
    fn key(&self) -> Option<VerifyingKey> {
        let coordinate = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        if self.kty != "EC" || self.crv != "P-256" {
            return None;
        }
        let point = [vec![4], coordinate(&self.x)?, coordinate(&self.y)?].concat();
        VerifyingKey::from_sec1_bytes(&point).ok()
    }
}
