//! The few files of the pages: a style sheet, the brand's colour and logo, a script that nobody
//! needs.
//!
//! **Invariant:** nothing that a page loads comes from anywhere else.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::trouble::Trouble;
use crate::state::App;

pub(super) const STYLE: &str = "/assets/sekisho.css";
pub(super) const SCRIPT: &str = "/assets/sekisho.js";
pub(super) const BRAND_STYLE: &str = "/assets/brand.css";
pub(super) const LOGO: &str = "/assets/logo.svg";
pub(super) const STYLE_TEXT: &str = include_str!("../../assets/sekisho.css");
pub(super) const SCRIPT_TEXT: &str = include_str!("../../assets/sekisho.js");

/// A day: the addresses on pages carry a mark of the text, so a changed file has another address.
const KEPT: &str = "public, max-age=86400";
/// A drawing may style itself and do nothing else.
const DRAWING: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(
            STYLE,
            get(async || file("text/css; charset=utf-8", STYLE_TEXT.to_owned())),
        )
        .route(
            SCRIPT,
            get(async || file("text/javascript; charset=utf-8", SCRIPT_TEXT.to_owned())),
        )
        .route(BRAND_STYLE, get(brand_style))
        .route(LOGO, get(logo))
}

async fn brand_style(State(app): State<App>) -> Response {
    file("text/css; charset=utf-8", app.brand.style())
}

async fn logo(State(app): State<App>) -> Response {
    let Some(svg) = app.brand.logo() else {
        return Trouble::NotFound.into_response();
    };
    let mut response = file("image/svg+xml", svg.to_owned());
    let policy = axum::http::HeaderValue::from_static(DRAWING);
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy);
    response
}

fn file(kind: &'static str, text: String) -> Response {
    let headers: [(HeaderName, &str); 2] = [(CONTENT_TYPE, kind), (CACHE_CONTROL, KEPT)];
    (headers, text).into_response()
}
