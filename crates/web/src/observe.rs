//! What is seen of every request from outside its route: id, client, log line, metrics, headers.
//!
//! **Invariant:** a log line and a metric name the route's template, never the address that was
//! asked for, and hold nothing that a customer typed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use sekisho_gate::Fault;
use tracing::Instrument as _;

use crate::app::Edge;
use crate::client::{Networks, Peer, client_address};
use crate::problem::{MEDIA_TYPE, Problem};
use crate::state::{App, ClientAddress, RequestId};

/// Time since the start of the process.
pub type Watch = Arc<dyn Fn() -> Duration + Send + Sync>;

/// The header that names a request in our log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// A year, for an installation that is reached by HTTPS (RFC 6797).
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// What a page may ask of the browser (Permissions Policy).
pub(crate) const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy");
/// What is no page is nothing that a browser may run or frame; pages say their own.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// What observing needs.
pub struct Observer {
    hsts: bool,
    /// Tells this process from those before it and beside it.
    process: String,
    requests: AtomicU64,
    trusted_proxies: Networks,
    watch: Watch,
}

impl Observer {
    /// An observer with a fresh name for this process.
    ///
    /// # Errors
    /// When no random value can be had.
    pub fn new(app: &App, edge: &Edge) -> Result<Self, Fault> {
        let random = app.gate.fresh_visitor()?;
        let mut process = random.hash().to_string();
        process.truncate(8);
        Ok(Self {
            hsts: app.public.origin().starts_with("https:"),
            process,
            requests: AtomicU64::new(0),
            trusted_proxies: edge.trusted_proxies.clone(),
            watch: Arc::clone(&edge.watch),
        })
    }

    fn fresh_id(&self) -> Arc<str> {
        let count = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("{}-{count:x}", self.process).into()
    }
}

/// Counts a request as long as it is there.
struct InFlight;

impl InFlight {
    fn begin() -> Self {
        metrics::gauge!("sekisho_http_in_flight").increment(1.0);
        Self
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        metrics::gauge!("sekisho_http_in_flight").decrement(1.0);
    }
}

/// Gives a request its id and its client, and leaves one log line and its metrics.
pub async fn observe(
    State(observer): State<Arc<Observer>>,
    mut request: Request,
    next: Next,
) -> Response {
    let begun = (observer.watch)();
    let in_flight = InFlight::begin();
    let id = observer.fresh_id();
    let peer = request
        .extensions()
        .get::<Peer>()
        .map(|Peer(peer)| peer.ip());
    let client =
        peer.map(|peer| client_address(peer, request.headers(), &observer.trusted_proxies));
    request.extensions_mut().insert(RequestId(Arc::clone(&id)));
    request.extensions_mut().insert(ClientAddress(client));
    let method = known_method(request.method());
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "none".to_owned(), |route| route.as_str().to_owned());
    // Whatever is logged on the way to the answer names the request.
    let span = tracing::error_span!("request", request.id = %id);
    let mut response = next.run(request).instrument(span).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = written(response, &problem, &id);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if observer.hsts {
        response
            .headers_mut()
            .insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    let took = (observer.watch)().saturating_sub(begun);
    drop(in_flight);
    record(method, route, response.status(), took, &id);
    response
}

fn record(method: &'static str, route: String, status: StatusCode, took: Duration, id: &str) {
    let (code, millis) = (status.as_u16(), took.as_secs_f64() * 1000.0);
    tracing::info!(
        target: "access",
        { request.id = id, method = method, route = route, status = code, millis = millis },
        "answered"
    );
    metrics::histogram!("sekisho_http_seconds", "method" => method, "route" => route.clone())
        .record(took.as_secs_f64());
    metrics::counter!(
        "sekisho_http_requests_total",
        "method" => method, "route" => route, "status" => code.to_string()
    )
    .increment(1);
}

/// Methods are free text; only those that are known become names of metrics.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::DELETE => "DELETE",
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        Method::POST => "POST",
        Method::PUT => "PUT",
        _ => "other",
    }
}

/// The answer with its problem written out.
fn written(bare: Response, problem: &Problem, id: &str) -> Response {
    let mut response = Json(problem.document(id)).into_response();
    *response.status_mut() = bare.status();
    let media_type = HeaderValue::from_static(MEDIA_TYPE);
    let own = [header::CONTENT_LENGTH, header::CONTENT_TYPE];
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    for (name, value) in bare
        .headers()
        .iter()
        .filter(|(name, _)| !own.contains(name))
    {
        response.headers_mut().append(name, value.clone());
    }
    response
}

/// Headers that every answer has unless its route chose its own.
pub async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
        (PERMISSIONS_POLICY, "payment=()"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        absent(headers, name, value);
    }
    response
}

fn absent(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers
        .entry(name)
        .or_insert(HeaderValue::from_static(value));
}
