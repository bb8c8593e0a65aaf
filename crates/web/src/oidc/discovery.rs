//! `/.well-known/openid-configuration` (OpenID Connect Discovery 1.0, RFC 8414) and
//! `/.well-known/jwks.json`.
//!
//! **Invariant:** what is said to be supported is supported, and the issuer is the one in every
//! token.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use sekisho_core::proof::ACR_VALUES;
use serde_json::{Value, json};

use crate::problem::Problem;
use crate::state::App;

/// Both documents are public. A new key signs only once no set of before is kept any more.
fn public() -> [(HeaderName, String); 1] {
    let kept = format!("public, max-age={}", sekisho_gate::JWKS_SECONDS);
    [(header::CACHE_CONTROL, kept)]
}

/// Says where everything is and what is supported.
#[utoipa::path(
    get, path = "/.well-known/openid-configuration", operation_id = "configuration", tag = "openid-connect",
    summary = "Discover the provider",
    responses((status = 200, description = "The provider's metadata.", body = Object)),
)]
pub async fn configuration(State(app): State<App>) -> Response {
    (public(), Json(metadata(app.gate.issuer()))).into_response()
}

/// The public keys by which tokens and grants are verified.
///
/// # Errors
/// Faults.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", operation_id = "jwks", tag = "openid-connect",
    summary = "The public keys",
    responses((status = 200, description = "A JWK set (RFC 7517).", body = Object)),
)]
pub async fn jwks(State(app): State<App>) -> Result<Response, Problem> {
    let keys = app.gate.jwks().await?;
    let json = [(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    )];
    Ok((public(), json, keys).into_response())
}

fn metadata(issuer: &str) -> Value {
    let at = |path: &str| format!("{issuer}{path}");
    json!({
        "issuer": issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"),
        "end_session_endpoint": at("/logout"),
        "jwks_uri": at("/.well-known/jwks.json"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "none"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid"],
        "acr_values_supported": ACR_VALUES,
        "claims_supported": [
            "acr", "amr", "at_hash", "aud", "auth_time", "exp", "iat", "iss", "nonce", "sid", "sub",
        ],
        "prompt_values_supported": ["consent", "login", "none", "select_account"],
        "ui_locales_supported": ["ja", "en"],
        "authorization_response_iss_parameter_supported": true,
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    })
}
