//! What a person is shown when there is no application to send an error to.
//!
//! **Invariant:** nothing of the request comes back on the page.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use sekisho_gate::Fault;

use crate::fault::failed;

/// Why a person sees a page of ours instead of going back to the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stranded {
    /// The request is over or was answered.
    Over,
    /// The address is not one that the application registered.
    UnregisteredAddress,
    /// No such application.
    UnknownApplication,
    /// The request cannot be read.
    Unreadable,
}

/// Shows why.
#[must_use]
pub fn stranded(_: Stranded) -> Response {
    StatusCode::BAD_REQUEST.into_response()
}

/// Shows that something failed.
#[must_use]
pub fn broken(fault: &Fault) -> Response {
    failed(fault).status.into_response()
}
