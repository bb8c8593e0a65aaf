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
use serde_json::json;

use sekisho_gate::PAYMENT_ICON;

use super::new_password::GAUGE_TEXT;
use super::trouble::Trouble;
use crate::state::App;

pub(crate) const STYLE: &str = "/assets/sekisho.css";
pub(crate) const SCRIPT: &str = "/assets/sekisho.js";
pub(crate) const GAUGE: &str = "/assets/gauge.js";
pub(crate) const PASSKEY: &str = "/assets/passkey.js";
pub(crate) const PUSH: &str = "/assets/push.js";
/// At the root, since a worker works for what is below its own address.
const PUSH_WORKER: &str = "/push-worker.js";
const MANIFEST: &str = "/app.webmanifest";
const ICON: &str = "/assets/icon.svg";
pub(crate) const BRAND_STYLE: &str = "/assets/brand.css";
pub(crate) const LOGO: &str = "/assets/logo.svg";
pub(crate) const STYLE_TEXT: &str = include_str!("../../assets/sekisho.css");
pub(crate) const PASSKEY_TEXT: &str = include_str!("../../assets/passkey.js");
pub(crate) const PUSH_TEXT: &str = include_str!("../../assets/push.js");
const PUSH_WORKER_TEXT: &str = include_str!("../../assets/push-worker.js");
pub(crate) const SCRIPT_TEXT: &str = include_str!("../../assets/sekisho.js");

const PAYMENT_PICTURE: &[u8] = include_bytes!("../../assets/payment.png");

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
        .route(
            PASSKEY,
            get(async || file("text/javascript; charset=utf-8", PASSKEY_TEXT.to_owned())),
        )
        .route(
            PUSH,
            get(async || file("text/javascript; charset=utf-8", PUSH_TEXT.to_owned())),
        )
        .route(PUSH_WORKER, get(push_worker))
        .route(MANIFEST, get(manifest))
        .route(ICON, get(icon))
        .route(GAUGE, get(gauge))
        .route(PAYMENT_ICON, get(payment_icon))
        .route(BRAND_STYLE, get(brand_style))
        .route(LOGO, get(logo))
}

async fn gauge() -> Response {
    file("text/javascript; charset=utf-8", GAUGE_TEXT.clone())
}

/// A picture that the browser's own dialog shows has to be of dots: not every browser draws there.
async fn payment_icon() -> Response {
    let headers: [(HeaderName, &str); 2] = [(CONTENT_TYPE, "image/png"), (CACHE_CONTROL, KEPT)];
    (headers, PAYMENT_PICTURE).into_response()
}

pub(crate) async fn brand_style(State(app): State<App>) -> Response {
    file("text/css; charset=utf-8", app.brand.style())
}

/// The address of a worker carries no mark of its text, so browsers have to ask anew.
async fn push_worker() -> Response {
    let text = PUSH_WORKER_TEXT.to_owned();
    let mut response = file("text/javascript; charset=utf-8", text);
    let fresh = axum::http::HeaderValue::from_static("no-cache");
    response.headers_mut().insert(CACHE_CONTROL, fresh);
    response
}

/// What makes the pages an app on a home screen (W3C Web Application Manifest).
async fn manifest(State(app): State<App>) -> Response {
    let name = app.brand.name(sekisho_core::notice::Locale::Ja);
    let colour = app.brand.colour().to_string();
    let icon =
        |purpose| json!({"src": ICON, "sizes": "any", "type": "image/svg+xml", "purpose": purpose});
    let manifest = json!({
        "id": "/approve",
        "name": name,
        "short_name": name,
        "lang": "ja",
        "start_url": "/approve",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": colour,
        "icons": [icon("any"), icon("maskable")],
    });
    file("application/manifest+json", manifest.to_string())
}

/// A plain square in the brand's colour with its first letter, for the home screen.
async fn icon(State(app): State<App>) -> Response {
    let name = app.brand.name(sekisho_core::notice::Locale::Ja);
    let letter = name
        .chars()
        .next()
        .filter(|letter| letter.is_alphanumeric());
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 512 512\">\
         <rect width=\"512\" height=\"512\" fill=\"{}\"/>\
         <text x=\"256\" y=\"346\" font-size=\"256\" font-family=\"sans-serif\" fill=\"#fff\" \
         text-anchor=\"middle\">{}</text></svg>",
        app.brand.colour(),
        letter.map(String::from).unwrap_or_default(),
    );
    let mut response = file("image/svg+xml", svg);
    let policy = axum::http::HeaderValue::from_static(DRAWING);
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy);
    response
}

pub(crate) async fn logo(State(app): State<App>) -> Response {
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

/// A file that may be kept for a day.
pub(crate) fn file(kind: &'static str, text: String) -> Response {
    let headers: [(HeaderName, &str); 2] = [(CONTENT_TYPE, kind), (CACHE_CONTROL, KEPT)];
    (headers, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::STYLE_TEXT;
    use crate::brand::{Colour, LEAST_CONTRAST};

    /// The colours of the light scheme, then those of the dark one.
    fn schemes() -> [Vec<(&'static str, Colour)>; 2] {
        let mut roots = STYLE_TEXT.split(":root {").skip(1);
        [(); 2].map(|()| {
            let (root, _) = roots.next().unwrap().split_once('}').unwrap();
            let lines = root.split(';').filter_map(|line| line.split_once(':'));
            lines
                .filter_map(|(name, value)| Some((name.trim(), Colour::parse(value.trim())?)))
                .collect()
        })
    }

    #[test]
    fn every_text_can_be_read_on_every_ground() {
        for scheme in schemes() {
            let of = |name: &str| scheme.iter().find(|(known, _)| *known == name).unwrap().1;
            let pairs = [
                ("--ink", "--ground"),
                ("--ink", "--surface"),
                ("--ink", "--alarm"),
                ("--ink", "--calm"),
                ("--ink", "--care"),
                ("--soft", "--ground"),
                ("--soft", "--surface"),
                ("--danger", "--surface"),
                ("--danger", "--ground"),
                ("--danger", "--alarm"),
                ("--on-danger", "--danger"),
            ];
            for (text, ground) in pairs {
                let contrast = of(text).contrast(of(ground));
                assert!(contrast >= LEAST_CONTRAST, "{text} on {ground}: {contrast}");
            }
            // Success criterion 1.4.11: the edge of a field needs 3 to 1.
            let edge = of("--edge").contrast(of("--surface"));
            assert!(edge >= 3.0, "{edge}");
        }
    }

    #[test]
    fn the_style_sheet_asks_for_nothing_and_slants_nothing() {
        for sign in ["url(", "@import", "http", "italic", "oblique"] {
            assert!(!STYLE_TEXT.contains(sign), "{sign}");
        }
    }
}
