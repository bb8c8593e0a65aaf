//! The whole site in one router: pages, API, OpenID Connect, and what the machine room asks.
//!
//! **Invariant:** every answer passes the same layers; there is no way around the bounds, the log
//! and the headers.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{from_fn, from_fn_with_state};
use sekisho_gate::Fault;

use crate::bounds::{self, Bounds};
use crate::client::Networks;
use crate::machine::{self, Render};
use crate::observe::{self, Observer, Watch};
use crate::problem::{Kind, Problem};
use crate::sign_in_address::SignInAddress;
use crate::state::App;
use crate::{api, oidc, openapi, pages, sign_in_address};

/// How the site meets the network, as the operator configured it.
#[derive(Clone)]
pub struct Edge {
    /// Bounds of one request.
    pub bounds: Bounds,
    /// Renders the metrics; `None` when they are served elsewhere or not at all.
    pub metrics: Option<Render>,
    /// From where metrics may be read.
    pub metrics_from: Networks,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Networks,
    /// Where the sign-in page is.
    pub sign_in: SignInAddress,
    /// Time since the start of the process, never going back.
    pub watch: Watch,
}

/// The router.
///
/// # Errors
/// When no random value can be had for the ids of requests.
pub fn router(app: App, edge: Edge) -> Result<Router, Fault> {
    let observer = Arc::new(Observer::new(&app, &edge)?);
    let document: Arc<str> = openapi::document(&app.gate.policy(), &app.public).into();
    let site = Router::new()
        .merge(api::routes())
        .merge(machine::routes(document, &edge))
        .merge(oidc::routes(&app))
        .merge(pages::routes(&app))
        .layer(from_fn_with_state(edge.bounds, bounds::bound))
        .layer(from_fn(observe::headers))
        .layer(from_fn_with_state(observer, observe::observe))
        .with_state(app);
    Ok(sign_in_address::at(site, edge.sign_in))
}

/// What an application is told that asks with a method that the address does not have.
pub async fn no_such_method(request: Request) -> Problem {
    let method = request.method();
    Problem::new(
        Kind::MethodNotAllowed,
        format!("There is no {method} here; see Allow."),
    )
}
