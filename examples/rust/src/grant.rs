//! Verifies a grant without asking Sekisho, as docs/api.md says.
//!
//! Redeeming is the safe way: it knows of stops, frozen accounts and what was cancelled a second
//! ago. Verify offline only what can be taken back.

use std::collections::HashMap;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Verifier as _;
use reqwest::Client;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::keys::Keys;
use crate::{Order, digest};

/// Seconds by which clocks may differ.
const TOLERANCE: i64 = 5;
/// Why a grant does not count.
#[derive(Debug, thiserror::Error)]
pub enum NotGood {
    /// It is not good for this order; the claim that is wrong.
    #[error("the grant is refused: {0}")]
    Refused(&'static str),
    /// The keys could not be read: nothing is known about the grant.
    #[error("the keys of Sekisho cannot be read")]
    Keys(#[from] reqwest::Error),
}

use NotGood::Refused;

/// What a grant says.
pub type Claims = Map<String, Value>;

/// Where the ids of grants are remembered.
pub trait Seen {
    /// Remembers `jti` until `until`; `false` if it was there before.
    fn add(&mut self, jti: &str, until: i64, now: i64) -> bool;
}

/// For trying it out. In earnest this is a table with `jti` as its key, and the row is written in
/// the transaction that moves the money: then neither a crash nor a second process can move it
/// twice.
#[derive(Debug, Default)]
pub struct SeenInMemory(HashMap<String, i64>);

impl Seen for SeenInMemory {
    fn add(&mut self, jti: &str, until: i64, now: i64) -> bool {
        self.0.retain(|_, end| *end > now);
        let is_new = !self.0.contains_key(jti);
        if is_new {
            self.0.insert(jti.to_owned(), until);
        }
        is_new
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    typ: Option<String>,
    crit: Option<Value>,
}

/// Judges grants of one Sekisho for one application.
pub struct Grants<S> {
    issuer: String,
    application: String,
    seen: S,
    keys: Keys,
}

impl<S: Seen> Grants<S> {
    /// `issuer` is Sekisho's public address, `application` your own id. The keys are read again
    /// when a `kid` is new, but not more often than every `pause` seconds.
    pub fn new(http: Client, issuer: &str, application: &str, seen: S, pause: i64) -> Self {
        let keys = Keys::new(http, format!("{issuer}/.well-known/jwks.json"), pause);
        let (issuer, application) = (issuer.to_owned(), application.to_owned());
        Self {
            issuer,
            application,
            seen,
            keys,
        }
    }

    /// The claims of a grant that is good for `order`, once.
    ///
    /// `order` is what you are about to carry out, from your own books and never from the grant;
    /// `now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`NotGood`].
    pub async fn verify(
        &mut self,
        grant: &str,
        order: &Order,
        now: i64,
    ) -> Result<Claims, NotGood> {
        let (typ, claims) = self.signed(grant, now).await?;
        if typ.as_deref() != Some("sekisho-grant+jwt") {
            return Err(Refused("typ"));
        }
        for (name, expected) in [
            ("iss", &self.issuer),
            ("aud", &self.application),
            ("operation_kind", &order.kind),
            ("operation_digest", &digest(&self.application, order)),
            ("nonce", &order.nonce),
        ] {
            if claims.get(name).and_then(Value::as_str) != Some(expected) {
                return Err(Refused(name));
            }
        }
        let seconds = |name| {
            claims
                .get(name)
                .and_then(Value::as_i64)
                .ok_or(Refused(name))
        };
        if seconds("exp")?.saturating_add(TOLERANCE) <= now {
            return Err(Refused("exp"));
        }
        if seconds("iat")?.saturating_sub(TOLERANCE) > now {
            return Err(Refused("iat"));
        }
        // A grant that is read again has a later `exp` and the same `jti`.
        let until = seconds("grant_until")?.saturating_add(TOLERANCE);
        let jti = claims.get("jti").and_then(Value::as_str);
        if !jti.is_some_and(|jti| self.seen.add(jti, until, now)) {
            return Err(Refused("jti"));
        }
        Ok(claims)
    }

    /// Type and claims of a token that a known key signed with ES256, whatever its header says.
    async fn signed(&mut self, grant: &str, now: i64) -> Result<(Option<String>, Claims), NotGood> {
        let no = || Refused("signature");
        let (signed, signature) = grant.rsplit_once('.').ok_or_else(no)?;
        let (header, payload) = signed.split_once('.').ok_or_else(no)?;
        let header: Header = decoded(header).ok_or_else(no)?;
        if header.alg != "ES256" || header.crit.is_some() {
            return Err(no());
        }
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| no())?;
        let signature = Signature::from_slice(&signature).map_err(|_| no())?;
        let key = self.keys.key(&header.kid, now).await?.ok_or_else(no)?;
        key.verify(signed.as_bytes(), &signature)
            .map_err(|_| no())?;
        Ok((header.typ, decoded(payload).ok_or_else(no)?))
    }
}

fn decoded<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
