//! The step from our pages to an application.
//!
//! Chromium applies `form-action` to every redirect that follows a form, so a sign-in or a
//! confirmation cannot end in a redirect to another origin. This page is a place of our own from
//! which the browser goes on by itself.
//!
//! **Invariant:** it leads only to an address that gate gave out.

use askama::Template;
use axum::response::Response;

use super::arrival::Arrival;
use super::frame::Frame;
use crate::texts::fill;

#[derive(Template)]
#[template(path = "onward.html")]
pub struct OnwardPage {
    pub f: Frame,
    pub href: String,
    pub go: String,
}

impl OnwardPage {
    pub fn framed(frame: Frame, href: &str, application: &str) -> Self {
        let words = frame.t.onward;
        let heading = fill(words.title, &[("application", &application)]);
        Self {
            f: frame.headed(&heading),
            href: href.to_owned(),
            go: fill(words.go, &[("application", &application)]),
        }
    }
}

/// The page that goes on to `href`, an address registered for `application` and never one that a
/// visitor gave.
pub fn onward(arrival: &Arrival, href: &str, application: &str) -> Response {
    arrival.shown(&OnwardPage::framed(
        Frame::of(arrival, ""),
        href,
        application,
    ))
}
