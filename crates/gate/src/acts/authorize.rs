//! The act "authorize": OpenID Connect from the request to the tokens.
//!
//! **Invariant:** an ID token says only what the session that a code was issued for had proved.

use std::net::IpAddr;

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::authorize::{
    Attempt, ExchangeFacts, IssueFacts, Prompt, Stage, Verifier, Wanted, decide, decide_exchange,
    decide_issue,
};
use sekisho_core::bytes::Digest;
use sekisho_core::change::Change;
use sekisho_core::context::Address;
use sekisho_core::guess::Counted;
use sekisho_core::id::{ApplicationId, AuthorizationId, SessionId};
use sekisho_core::known::{ApplicationKnown, AuthorizationKnown, CodeKnown};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::proof;
use sekisho_core::verdict::Verdict;
use sekisho_seal::digest::left_half;
use sekisho_seal::jws::KeySet;
use sekisho_seal::pkce::PkceChallenge;
use sekisho_seal::token::{Token, TokenKind};
use serde::{Deserialize, Serialize};

use super::account::Session;
use super::userinfo::AccessClaims;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

/// For how long an ID token and an access token are valid.
const TOKEN_LIFE: Span = Span::minutes(5);

/// The parameters of a request that outlive its validation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthorizeParameters {
    /// Given back unchanged.
    pub state: Option<String>,
    /// Goes into the ID token.
    pub nonce: Option<String>,
    /// Granted scope, `openid` at least.
    pub scope: String,
    /// PKCE challenge, S256.
    pub code_challenge: String,
    /// Wanted `acr`, best first.
    pub acr_values: Vec<String>,
    /// Most seconds since the customer proved who they are.
    pub max_age: Option<u32>,
    /// Whether the customer is asked to prove it again, or must not be asked at all.
    pub prompt: Option<Prompt>,
    /// What to show in the login field.
    pub login_hint: Option<String>,
    /// Wanted languages, best first.
    pub ui_locales: Vec<String>,
}

impl AuthorizeParameters {
    fn wanted(&self) -> Wanted {
        Wanted {
            acr_values: self.acr_values.clone(),
            max_age: self.max_age,
            prompt: self.prompt,
        }
    }
}

/// What became of a request that a session answers.
#[derive(Clone, Debug)]
pub enum Issued {
    /// A code.
    Code {
        /// The code.
        code: Token,
        /// The validated redirect address.
        redirect_uri: String,
        /// `state`, unchanged.
        state: Option<String>,
    },
    /// The request has expired, was answered or wants another proof, or the account is frozen.
    Refused,
}

/// A request at the token endpoint of an authenticated application.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The application.
    pub application: ApplicationId,
    /// The code.
    pub code: String,
    /// The redirect address, repeated.
    pub redirect_uri: String,
    /// The PKCE verifier.
    pub verifier: String,
}

/// The tokens for a code.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// OpenID Connect ID token.
    pub id_token: String,
    /// For `/userinfo`.
    pub access_token: String,
    /// Seconds for which the access token is valid.
    pub expires_in: u32,
    /// Granted scope.
    pub scope: String,
}

/// Whom an ID token was issued to, for a sign-out that the application starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogoutHint {
    /// The application.
    pub application: ApplicationId,
    /// The session.
    pub session: SessionId,
}

#[derive(Serialize, Deserialize)]
struct IdClaims {
    iss: String,
    sub: String,
    aud: ApplicationId,
    exp: i64,
    iat: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    acr: String,
    amr: Vec<String>,
    sid: SessionId,
    at_hash: String,
}

impl Gate {
    /// Keeps a validated request while the customer signs in; `None` when browsers at `address`
    /// brought too many. That writes nothing, not even an entry: anybody can ask for it, and the
    /// record of a flood would be the flood.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn authorize(
        &self,
        application: ApplicationKnown,
        redirect_uri: String,
        parameters: &AuthorizeParameters,
        address: Option<IpAddr>,
    ) -> Result<Option<AuthorizationId>, Fault> {
        let now = self.now();
        let Some(counting) = self.count_request(address, now).await? else {
            metrics::counter!("sekisho_requests_refused_total").increment(1);
            return Ok(None);
        };
        let id = AuthorizationId(self.dice().id(now)?);
        let parameters = self.keys().seal_parameters(id, parameters, self.dice())?;
        let attempt = Attempt {
            application,
            redirect_uri,
            parameters,
            counting,
        };
        let decision = decide(
            &attempt,
            (self.fresh_decision(now)?, id),
            now,
            &self.policy(),
        );
        match self.commit(decision).await? {
            Some(_) => Ok(Some(id)),
            // Another one took the last place.
            None => Ok(None),
        }
    }

    async fn count_request(
        &self,
        address: Option<IpAddr>,
        now: Moment,
    ) -> Result<Option<Vec<Change>>, Fault> {
        let Some(address) = address.map(Address::from) else {
            return Ok(Some(Vec::new()));
        };
        self.count_network(Counted::Authorize, address, now).await
    }

    /// A request that waits, with the name of its application.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn authorization(
        &self,
        id: AuthorizationId,
    ) -> Result<Option<(AuthorizationKnown, AuthorizeParameters, String)>, Fault> {
        let found = self.store().authorization(id).await?;
        let Some(known) = found.filter(|known| known.expires > self.now()) else {
            return Ok(None);
        };
        let parameters = self.keys().open_parameters(&known)?;
        let application = self.store().application(known.application).await?;
        Ok(application.map(|application| (known, parameters, application.name)))
    }

    /// What comes next for a request, before and after the customer signed in.
    #[must_use]
    pub fn stage(
        &self,
        session: Option<&Session>,
        known: &AuthorizationKnown,
        parameters: &AuthorizeParameters,
    ) -> Stage {
        let session = session.map(|session| &session.known);
        let times = (known.created, self.now());
        parameters.wanted().stage(session, times)
    }

    /// Issues a code for a session.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn issue_code(
        &self,
        session: &Session,
        id: AuthorizationId,
    ) -> Result<Issued, Fault> {
        let Some(authorization) = self.store().authorization(id).await? else {
            return Ok(Issued::Refused);
        };
        let (now, code) = (self.now(), self.token(TokenKind::OidcCode)?);
        let parameters = self.keys().open_parameters(&authorization)?;
        let redirect_uri = authorization.redirect_uri.clone();
        let facts = IssueFacts {
            authorization,
            wanted: parameters.wanted(),
            session: session.known.clone(),
            code: code.hash(),
            decision: self.fresh_decision(now)?,
            now,
        };
        let committed = self.commit(decide_issue(&facts, &self.policy())).await?;
        Ok(match committed {
            Some(done) if *done.verdict() == Verdict::Allow => Issued::Code {
                code,
                redirect_uri,
                state: parameters.state,
            },
            // A request that already has its code is answered like one that is over.
            _ => Issued::Refused,
        })
    }

    /// The application behind a client id and secret; a public one has no secret.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn authenticate(
        &self,
        client_id: &str,
        secret: Option<&SecretString>,
    ) -> Result<Option<ApplicationKnown>, Fault> {
        let Ok(id) = client_id.parse::<ApplicationId>() else {
            return Ok(None);
        };
        let Some(known) = self.store().application(id).await? else {
            return Ok(None);
        };
        let given = secret
            .and_then(|text| Token::parse(TokenKind::ApplicationSecret, text.expose_secret()));
        let fits = match (&known.secret, secret, given) {
            (Some(hash), _, Some(given)) => given.hash() == *hash,
            (None, None, _) => true,
            _ => false,
        };
        Ok(fits.then_some(known))
    }

    /// Exchanges a code; `None` is RFC 6749's `invalid_grant`.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn exchange(&self, exchange: Exchange) -> Result<Option<Tokens>, Fault> {
        let Some(token) = Token::parse(TokenKind::OidcCode, &exchange.code) else {
            return Ok(None);
        };
        for _ in 0..ROUNDS {
            let code = self.store().code(token.hash()).await?;
            let parameters = match &code {
                Some(code) => self.keys().open_parameters(&code.authorization)?,
                None => AuthorizeParameters::default(),
            };
            let challenge = PkceChallenge::parse(&parameters.code_challenge);
            let fits = challenge.is_some_and(|known| known.check(&exchange.verifier).matched());
            let now = self.now();
            let session = match &code {
                Some(code) => self.store().session_by_id(code.session).await?,
                None => None,
            };
            let facts = ExchangeFacts {
                session,
                code: code.clone(),
                hash: token.hash(),
                application: exchange.application,
                redirect_uri: exchange.redirect_uri.clone(),
                verifier: if fits {
                    Verifier::Fits
                } else {
                    Verifier::Misses
                },
                decision: self.fresh_decision(now)?,
                now,
            };
            let decision = decide_exchange(&facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return match (committed.verdict(), code) {
                (Verdict::Allow, Some(code)) => self.tokens(&code, parameters, now).await.map(Some),
                _ => Ok(None),
            };
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    async fn tokens(
        &self,
        code: &CodeKnown,
        parameters: AuthorizeParameters,
        now: Moment,
    ) -> Result<Tokens, Fault> {
        let keys = self.signing_keys().await?;
        let (iss, sub) = (
            self.issuer().to_owned(),
            code.customer.reference.as_str().to_owned(),
        );
        let (iat, exp) = (now.unix_seconds(), now.plus(TOKEN_LIFE).unix_seconds());
        let access = AccessClaims {
            iss: iss.clone(),
            sub: sub.clone(),
            aud: iss.clone(),
            client_id: code.authorization.application,
            sid: code.session,
            scope: parameters.scope.clone(),
            exp,
            iat,
            jti: self.token(TokenKind::OidcCode)?.hash().to_string(),
        };
        let access_token = keys.current.sign("at+jwt", &access)?;
        let claims = IdClaims {
            iss,
            sub,
            aud: code.authorization.application,
            exp,
            iat,
            auth_time: code.proved.unix_seconds(),
            nonce: parameters.nonce,
            acr: proof::acr(&code.methods).to_owned(),
            amr: proof::amr(&code.methods),
            sid: code.session,
            at_hash: at_hash(&access_token),
        };
        let id_token = keys.current.sign("JWT", &claims)?;
        let expires_in = u32::try_from(TOKEN_LIFE.as_seconds()).unwrap_or(0);
        Ok(Tokens {
            id_token,
            access_token,
            expires_in,
            scope: parameters.scope,
        })
    }

    /// Whom an ID token was issued to. An expired one is accepted, as RP-Initiated Logout 1.0
    /// section 2 asks.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end_session_hint(&self, id_token: &str) -> Result<Option<LogoutHint>, Fault> {
        let verify = |keys: &KeySet| keys.verify(id_token, "JWT");
        let verified = self.verified(verify).await?;
        let claims =
            verified.and_then(|found| serde_json::from_slice::<IdClaims>(&found.payload).ok());
        let ours = claims.filter(|claims| claims.iss == self.issuer());
        Ok(ours.map(|claims| LogoutHint {
            application: claims.aud,
            session: claims.sid,
        }))
    }
}

/// `at_hash`: the left half of the SHA-256 of the access token (OpenID Connect Core section
/// 3.1.3.6).
fn at_hash(access_token: &str) -> String {
    left_half(&Digest::of(access_token.as_bytes()))
}
