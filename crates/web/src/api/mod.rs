//! The JSON API for applications, one file for each act.
//!
//! **Invariant:** every route proves the caller and its scope before it looks at anything else of
//! the request.

pub mod answer;
pub mod caller;
pub mod idempotency;
pub mod identified;
pub mod judge;
pub mod operate;
pub mod outcome;
pub mod redeem;
pub mod request;
pub mod stop;
pub mod sweep;

use axum::Router;
use axum::routing::{get, post};

use crate::app::no_such_method;
use crate::state::App;

/// The routes below `/v1`.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/decisions", post(judge::judge))
        .route("/v1/decisions/{id}", get(judge::decision))
        .route("/v1/decisions/{id}/outcome", post(outcome::outcome))
        .route("/v1/grants/redeem", post(redeem::redeem))
        .route("/v1/operations", post(operate::operate))
        .route("/v1/operations/{id}", get(operate::operation))
        .route("/v1/stops", get(stop::stops))
        .route("/v1/sweeps", post(sweep::sweep))
        .method_not_allowed_fallback(no_such_method)
}
