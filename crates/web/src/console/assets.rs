//! The few files of the console's pages: those that customers' pages have too, and a style sheet of
//! its own.
//!
//! **Invariant:** nothing that a page loads comes from anywhere else.

use axum::Router;
use axum::response::Response;
use axum::routing::get;

use crate::pages::assets::{
    BRAND_STYLE, LOGO, PASSKEY, PASSKEY_TEXT, STYLE, STYLE_TEXT, brand_style, file, logo,
};
use crate::state::App;

pub(super) const CONSOLE_STYLE: &str = "/assets/console.css";
pub(super) const CONSOLE_STYLE_TEXT: &str = include_str!("../../assets/console.css");

pub(super) const CONSOLE_SCRIPT: &str = "/assets/console.js";
pub(super) const CONSOLE_SCRIPT_TEXT: &str = include_str!("../../assets/console.js");

pub(super) const RULES_SCRIPT: &str = "/assets/rules.js";
pub(super) const RULES_SCRIPT_TEXT: &str = include_str!("../../assets/rules.js");

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(STYLE, get(async || style(STYLE_TEXT)))
        .route(CONSOLE_STYLE, get(async || style(CONSOLE_STYLE_TEXT)))
        .route(CONSOLE_SCRIPT, get(async || script(CONSOLE_SCRIPT_TEXT)))
        .route(RULES_SCRIPT, get(async || script(RULES_SCRIPT_TEXT)))
        .route(PASSKEY, get(async || script(PASSKEY_TEXT)))
        .route(BRAND_STYLE, get(brand_style))
        .route(LOGO, get(logo))
}

fn style(text: &str) -> Response {
    file("text/css; charset=utf-8", text.to_owned())
}

fn script(text: &str) -> Response {
    file("text/javascript; charset=utf-8", text.to_owned())
}
