//! OpenID Connect provider: authorization code flow with PKCE (OpenID Connect Core 1.0, RFC 6749,
//! 7636, 9207, 9700).
//!
//! Rooms that are left for later: pushed requests (`par.rs`, RFC 9126), rich authorization
//! requests, DPoP.
//!
//! **Invariant:** nothing is sent to an address that the application did not register, and no code
//! leaves without PKCE.

pub mod authorize;
pub mod discovery;
pub mod error;
pub mod logout;
pub mod page;
pub mod parameters;
pub mod resume;
pub mod token;
pub mod uri;
pub mod userinfo;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::pages;
use crate::state::App;

/// The routes.
pub fn routes(app: &App) -> Router<App> {
    Router::new()
        .merge(for_people(app))
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
}

/// Where browsers come by; what cannot go on becomes a page.
fn for_people(app: &App) -> Router<App> {
    Router::new()
        .route(
            "/authorize",
            get(authorize::authorize).post(authorize::authorize),
        )
        .route("/authorize/resume", get(resume::resume))
        .route("/logout", get(logout::logout).post(logout::posted))
        .layer(from_fn_with_state(app.clone(), pages::dress))
}
