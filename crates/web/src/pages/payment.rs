//! The pages on which the browser itself may show what is confirmed, or make a passkey for that
//! (Secure Payment Confirmation).
//!
//! **Invariant:** payment requests are closed on every other page, so whatever gets into one of
//! those cannot put a dialog of the browser before a customer.

use axum::http::HeaderValue;
use axum::response::Response;

use crate::observe::PERMISSIONS_POLICY;

const OPEN: HeaderValue = HeaderValue::from_static("payment=(self)");

/// An answer in which `wanted` lets the browser show what is confirmed.
pub(super) fn shown_by_browser(mut response: Response, wanted: bool) -> Response {
    if wanted {
        response.headers_mut().insert(PERMISSIONS_POLICY, OPEN);
    }
    response
}
