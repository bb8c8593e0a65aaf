//! What the machine room asks: is it alive, is it ready, how is it doing, what does its API look
//! like.
//!
//! **Invariant:** metrics are read from the operator's networks alone, and never through a proxy.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, FORWARDED};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::app::{Edge, no_such_method};
use crate::client::{Networks, Peer};
use crate::problem::{Kind, Problem};
use crate::state::App;

/// Renders the metrics as Prometheus text.
pub type Render = Arc<dyn Fn() -> String + Send + Sync>;

const PROMETHEUS: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// The routes.
pub fn routes(document: Arc<str>, edge: &Edge) -> Router<App> {
    let served = move || std::future::ready(openapi(&document));
    let router = Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/openapi.json", get(served))
        .method_not_allowed_fallback(no_such_method);
    match edge.metrics.clone() {
        Some(render) => {
            let from = edge.metrics_from.clone();
            let shown = move |request: Request| std::future::ready(shown(&request, &from, &render));
            router.route("/metrics", get(shown))
        }
        None => router,
    }
}

/// The metrics alone, for a listener of their own.
pub fn metrics(render: Render) -> Router {
    Router::new().route(
        "/metrics",
        get(move || std::future::ready(rendered(&render))),
    )
}

/// Whether the process answers.
#[utoipa::path(
    get, path = "/healthz", operation_id = "healthz", tag = "machine-room",
    summary = "Is it alive",
    responses((status = 200, description = "It is.", body = String, content_type = "text/plain"))
)]
pub async fn healthz() -> Response {
    ([(CONTENT_TYPE, PLAIN)], "alive\n").into_response()
}

/// Whether the database answers too.
///
/// # Errors
/// 503 when it does not.
#[utoipa::path(
    get, path = "/readyz", operation_id = "readyz", tag = "machine-room",
    summary = "Can it decide",
    responses((status = 200, description = "It can.", body = String, content_type = "text/plain"))
)]
pub async fn readyz(State(app): State<App>) -> Result<Response, Problem> {
    let note = app.gate.ready().await?;
    let note = note.map(|note| format!("{note}\n")).unwrap_or_default();
    Ok(([(CONTENT_TYPE, PLAIN)], format!("ready\n{note}")).into_response())
}

/// This document.
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "openapi", tag = "machine-room",
    summary = "This document",
    responses((status = 200, description = "OpenAPI 3.1, for the policy in force.", body = Object))
)]
pub fn openapi(document: &Arc<str>) -> Response {
    let cached = HeaderValue::from_static("public, max-age=60");
    (
        [(CONTENT_TYPE, JSON), (CACHE_CONTROL, cached)],
        document.to_string(),
    )
        .into_response()
}

fn shown(request: &Request, from: &Networks, render: &Render) -> Result<Response, Problem> {
    let peer = request
        .extensions()
        .get::<Peer>()
        .map(|Peer(peer)| peer.ip());
    let proxied = [FORWARDED, HeaderName::from_static("x-forwarded-for")];
    let proxied = proxied
        .iter()
        .any(|name| request.headers().contains_key(name));
    if proxied || !peer.is_some_and(|peer| from.contain(peer)) {
        return Err(Problem::new(
            Kind::NotFound,
            "There is nothing at /metrics.",
        ));
    }
    Ok(rendered(render))
}

fn rendered(render: &Render) -> Response {
    ([(CONTENT_TYPE, PROMETHEUS)], render()).into_response()
}
