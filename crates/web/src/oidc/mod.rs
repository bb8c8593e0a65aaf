//! OpenID Connect provider: authorization code flow with PKCE (OpenID Connect Core 1.0, RFC 6749,
//! 7636, 9207, 9700).
//!
//! Rooms that are left for later: pushed requests (`par.rs`, RFC 9126), rich authorization
//! requests, DPoP.
//!
//! **Invariant:** nothing is sent to an address that the application did not register, and no code
//! leaves without PKCE.

pub mod anywhere;
pub mod authorize;
pub mod discovery;
pub mod error;
pub mod logout;
pub mod parameters;
pub mod resume;
pub mod token;
pub mod uri;
pub mod userinfo;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

use crate::app::no_such_method;
use crate::pages::{Trouble, dress};
use crate::state::App;

/// The routes: those of browsers, which get pages, and those of applications.
pub fn routes(app: &App) -> Router<App> {
    let browsers = Router::new()
        .route(
            "/authorize",
            get(authorize::authorize).post(authorize::authorize),
        )
        .route("/authorize/resume", get(resume::resume))
        .route("/logout", get(logout::logout).post(logout::posted))
        .method_not_allowed_fallback(async || Trouble::Method)
        .layer(from_fn_with_state(app.clone(), dress));
    Router::new()
        .route("/.well-known/jwks.json", get(discovery::jwks))
        .route(
            "/.well-known/openid-configuration",
            get(discovery::configuration),
        )
        .route("/token", post(token::token))
        .route(
            "/userinfo",
            get(userinfo::userinfo).post(userinfo::userinfo),
        )
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn(anywhere::anywhere))
        .merge(browsers)
}
