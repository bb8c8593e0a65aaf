//! Signing in by OpenID Connect: authorization code with PKCE, `state` and `nonce`; the ID token
//! verified by the provider's published keys.
//!
//! **Invariant:** who is signed in is what a verified ID token says, issued to us, for this very
//! request.

use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, bail, ensure};
use reqwest::{Client as Http, Url};
use sekisho_core::moment::Moment;
use sekisho_seal::jwk::Jwks;
use sekisho_seal::jws::KeySet;
use sekisho_seal::pkce::PkceChallenge;
use serde::Deserialize;

use super::Given;

/// How far clocks may be apart, in seconds.
const LEEWAY: i64 = 60;

/// What the provider says of itself (OpenID Connect Discovery 1.0).
#[derive(Clone, Debug, Deserialize)]
struct Provider {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    end_session_endpoint: String,
    jwks_uri: String,
}

/// What must come back with the answer to one request.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Ties the answer to the browser.
    pub state: String,
    /// Ties the ID token to the request.
    pub nonce: String,
    /// Proves that the code is redeemed by whoever asked.
    pub verifier: String,
}

/// The claims that are looked at.
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    iss: String,
    /// The customer's number.
    pub sub: String,
    aud: String,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    /// How it was proved (RFC 8176).
    #[serde(default)]
    pub amr: Vec<String>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

/// The brokerage as a client of its provider.
pub struct Client {
    http: Http,
    redirect_uri: String,
    given: Given,
    provider: Mutex<Option<Provider>>,
}

impl Client {
    pub const fn new(http: Http, redirect_uri: String, given: Given) -> Self {
        Self {
            http,
            redirect_uri,
            given,
            provider: Mutex::new(None),
        }
    }

    async fn provider(&self) -> anyhow::Result<Provider> {
        let known = self
            .provider
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(known) = known {
            return Ok(known);
        }
        let address = format!("{}/.well-known/openid-configuration", self.given.sekisho);
        let answer = self.http.get(address).send().await?.error_for_status()?;
        let found: Provider = answer.json().await?;
        ensure!(
            found.issuer == self.given.sekisho,
            "the provider says it is {}",
            found.issuer
        );
        *self.provider.lock().unwrap_or_else(PoisonError::into_inner) = Some(found.clone());
        Ok(found)
    }

    /// Where to send the browser.
    pub async fn begin(&self, pending: &Pending, language: &str) -> anyhow::Result<String> {
        let provider = self.provider().await?;
        let challenge = PkceChallenge::of_verifier(&pending.verifier).text();
        let pairs = [
            ("response_type", "code"),
            ("client_id", &self.given.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", "openid"),
            ("state", &pending.state),
            ("nonce", &pending.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("ui_locales", language),
        ];
        Ok(Url::parse_with_params(&provider.authorization_endpoint, pairs)?.into())
    }

    /// Whether an answer came from our provider (RFC 9207).
    pub fn is_issuer(&self, iss: Option<&str>) -> bool {
        iss == Some(&self.given.sekisho)
    }

    /// Redeems the code of an answer and verifies the ID token.
    pub async fn finish(
        &self,
        pending: &Pending,
        code: &str,
        now: Moment,
    ) -> anyhow::Result<(Claims, String)> {
        let provider = self.provider().await?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &pending.verifier),
        ];
        let answer = self
            .http
            .post(&provider.token_endpoint)
            .basic_auth(&self.given.client_id, Some(&self.given.client_secret))
            .form(&form)
            .send()
            .await?;
        if !answer.status().is_success() {
            bail!("the token endpoint answered {}", answer.status());
        }
        let tokens: Tokens = answer.json().await?;
        let keys = self.http.get(&provider.jwks_uri).send().await?;
        let keys: Jwks = keys.error_for_status()?.json().await?;
        let verified = KeySet::from_jwks(&keys).verify(&tokens.id_token, "JWT")?;
        let claims: Claims =
            serde_json::from_slice(&verified.payload).context("the claims cannot be read")?;
        self.check(&claims, &provider, pending, now.unix_seconds())?;
        Ok((claims, tokens.id_token))
    }

    /// OpenID Connect Core section 3.1.3.7.
    fn check(
        &self,
        claims: &Claims,
        provider: &Provider,
        pending: &Pending,
        now: i64,
    ) -> anyhow::Result<()> {
        ensure!(
            claims.iss == provider.issuer,
            "issued by {}, not by the provider",
            claims.iss
        );
        ensure!(
            claims.aud == self.given.client_id,
            "issued to another client"
        );
        ensure!(
            claims.nonce.as_deref() == Some(&pending.nonce),
            "issued for another request"
        );
        ensure!(claims.exp > now - LEEWAY, "the ID token is over");
        ensure!(claims.iat < now + LEEWAY, "the ID token is of the future");
        Ok(())
    }

    /// Where to send a browser that signs out.
    pub async fn end(&self, id_token: &str, back: &str) -> anyhow::Result<String> {
        let provider = self.provider().await?;
        let pairs = [
            ("id_token_hint", id_token),
            ("client_id", &self.given.client_id),
            ("post_logout_redirect_uri", back),
        ];
        Ok(Url::parse_with_params(&provider.end_session_endpoint, pairs)?.into())
    }
}
