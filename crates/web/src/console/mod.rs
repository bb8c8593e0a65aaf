//! The console of the people of the firm: a site of its own, at an address of its own.
//!
//! Nothing of it is reachable where customers are: another listener, other cookies, passkeys of
//! another domain. It is rendered on the server and works without JavaScript, but for passkeys.
//!
//! **Invariant:** whatever is done or shown here was asked of [`sekisho_gate::Gate::may`] for the
//! person as they are at that moment.

mod assets;
mod enrol;
mod frame;
mod passkeys;
mod posted;
mod prove;
#[cfg(test)]
pub(crate) mod rendered;
mod sign_in;
mod sign_out;
mod visit;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use sekisho_gate::Fault;

use crate::app::Edge;
use crate::bounds;
use crate::observe::{self, Observer};
use crate::pages::Trouble;
use crate::state::App;

/// The console in one router; the public address of `app` is the console's own.
///
/// # Errors
/// When no random value can be had for the ids of requests.
pub fn router(app: App, edge: &Edge) -> Result<Router, Fault> {
    let observer = Arc::new(Observer::new(&app, edge)?);
    let pages = Router::new()
        .route("/", get(frame::home))
        .route("/enrol", get(enrol::show).post(enrol::begin))
        .route("/enrol/passkey", get(enrol::ask).post(enrol::make))
        .route("/passkeys", get(passkeys::show).post(passkeys::make))
        .route("/passkeys/{passkey}/remove", post(passkeys::remove))
        .route("/prove", get(prove::show).post(prove::submit))
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-out", post(sign_out::submit))
        .method_not_allowed_fallback(async || Trouble::Method)
        .fallback(async || Trouble::NotFound)
        .layer(from_fn_with_state(app.clone(), visit::dress));
    Ok(pages
        .merge(assets::routes())
        .layer(from_fn_with_state(edge.bounds, bounds::bound))
        .layer(from_fn(observe::headers))
        .layer(from_fn_with_state(observer, observe::observe))
        .with_state(app))
}
