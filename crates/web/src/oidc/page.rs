//! What a person is shown when there is no application to send an error to.
//!
//! **Invariant:** nothing of the request comes back on the page.

use axum::response::{IntoResponse as _, Response};
use sekisho_gate::Fault;

use crate::pages::Trouble;

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
pub fn stranded(why: Stranded) -> Response {
    let trouble = match why {
        Stranded::Over => Trouble::Expired,
        Stranded::UnknownApplication | Stranded::UnregisteredAddress => Trouble::Misdirected,
        Stranded::Unreadable => Trouble::Malformed,
    };
    trouble.into_response()
}

/// Shows that something failed.
#[must_use]
pub fn broken(fault: &Fault) -> Response {
    Trouble::from(fault).into_response()
}
