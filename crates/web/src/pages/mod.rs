//! The hosted pages: one file for each address, rendered on the server, working without JavaScript.
//!
//! A GET never acts. Every POST that acts carries a token in its form and answers with a redirect;
//! what was typed wrongly comes back with the form, but never a password.
//!
//! **Invariant:** no page is sent without the frame of its operator, its language and `no-store`.

mod account;
mod arrival;
mod assets;
mod code;
mod confirm;
mod deal;
mod frame;
mod history;
mod landing;
mod onward;
mod opened;
mod posted;
mod report;
mod row;
mod sign_in;
mod sign_out;
mod sign_up;
mod trouble;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

pub use arrival::{Arrival, dress};
pub use onward::onward;
pub use trouble::Trouble;

use crate::state::App;

/// The hosted pages, their files, and the page for an address that does not exist.
pub fn routes(app: &App) -> Router<App> {
    Router::new()
        .route("/", get(landing::show))
        .route("/account", get(account::show))
        .route("/code", get(code::show).post(code::submit))
        .route("/code/resend", post(code::resend))
        .route(
            "/confirm/{operation}",
            get(confirm::show).post(confirm::submit),
        )
        .route("/confirm/{operation}/code", post(confirm::send))
        .route("/confirm/{operation}/decline", post(confirm::decline))
        .route("/confirm/{operation}/done", get(confirm::done))
        .route("/history", get(history::show))
        .route("/history/{access}", get(history::ask).post(history::report))
        .route("/report", get(report::show).post(report::submit))
        .route("/report/done", get(report::done))
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-out", get(sign_out::ask).post(sign_out::submit))
        .route("/sign-up", get(sign_up::show).post(sign_up::submit))
        .route("/signed-out", get(sign_out::done))
        .method_not_allowed_fallback(async || Trouble::Method)
        .fallback(async || Trouble::NotFound)
        .layer(from_fn_with_state(app.clone(), dress))
        .merge(assets::routes())
}
