//! The hosted pages: one file for each address, rendered on the server, working without JavaScript.
//!
//! A GET never acts. Every POST that acts carries a token in its form and answers with a redirect,
//! but for the one that shows backup codes, which nothing can show again; what was typed wrongly
//! comes back with the form, but never a password.
//!
//! **Invariant:** no page is sent without the frame of its operator, its language and `no-store`.

mod account;
mod approve;
mod approver;
mod arrival;
pub(crate) mod assets;
mod backup_code;
mod cancel;
mod change_contact;
mod change_password;
mod code;
mod confirm;
mod deal;
mod end_session;
pub(crate) mod export;
mod forget_device;
pub(crate) mod frame;
mod freeze;
mod history;
mod landing;
mod leads;
pub(crate) mod messages;
mod new_password;
mod opened;
pub(crate) mod passkey;
mod passkeys;
mod payment;
pub(crate) mod posted;
mod prove;
mod push;
mod qr;
mod recover;
mod recover_password;
mod recover_waiting;
mod rendered;
mod report;
mod restrict;
pub(crate) mod row;
mod security;
mod set_pin;
mod sign_in;
mod sign_out;
mod sign_up;
mod stop;
mod telephone_code;
mod totp;
pub(crate) mod trouble;
mod waiting;

use axum::Router;
use axum::extract::Request;
use axum::http::header::ACCEPT;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

pub use arrival::{Arrival, dress};
pub use sign_out::cleared;
pub use trouble::Trouble;

use crate::problem::{Kind, Problem};
use crate::state::App;

/// For an address that does not exist: a page for a person, a problem for a program.
async fn nothing_here(request: Request) -> Response {
    let accepted = request.headers().get(ACCEPT);
    let person = accepted.is_some_and(|value| {
        let text = value.to_str().unwrap_or_default();
        text.contains("text/html")
    });
    if person && !request.uri().path().starts_with("/v1/") {
        Trouble::NotFound.into_response()
    } else {
        Problem::new(Kind::NotFound, "There is nothing at this address.").into_response()
    }
}

/// The codes on paper.
fn backup_codes() -> Router<App> {
    Router::new()
        .route(
            "/security/backup-codes",
            get(backup_code::show).post(backup_code::make),
        )
        .route(
            "/security/telephone-code",
            get(telephone_code::show).post(telephone_code::make),
        )
        .route("/code/backup-code", post(backup_code::code))
        .route("/security/prove/backup-code", post(prove::backup_code))
}

/// The authenticator app.
fn app_codes() -> Router<App> {
    Router::new()
        .route("/security/totp", get(totp::show).post(totp::begin))
        .route("/security/totp/code", post(totp::finish))
        .route("/security/totp/remove", post(totp::remove))
}

/// Phones that approve, and what is asked of them.
fn phones() -> Router<App> {
    Router::new()
        .route("/approve", get(approve::show).post(approve::submit))
        .route("/approve/not-me", post(approve::not_me))
        .route("/code/push", get(push::show_code).post(push::ask_code))
        .route("/code/push/use", post(push::use_code))
        .route(
            "/confirm/{operation}/push",
            get(push::show_confirm).post(push::ask_confirm),
        )
        .route("/confirm/{operation}/push/use", post(push::use_confirm))
        .route(
            "/security/prove/push",
            get(push::show_prove).post(push::ask_prove),
        )
        .route("/security/prove/push/use", post(push::use_prove))
        .route("/security/push", get(approver::show).post(approver::add))
        .route("/security/push/{approver}/remove", post(approver::remove))
}

/// Second factors with pages of their own.
fn factors() -> Router<App> {
    app_codes().merge(backup_codes()).merge(phones())
}

/// Operations that wait.
fn waiting_operations() -> Router<App> {
    Router::new()
        .route("/operations", get(cancel::show))
        .route("/operations/{operation}/cancel", post(cancel::submit))
}

/// What was lost, and how it is had back.
fn recovery() -> Router<App> {
    Router::new()
        .route("/recover", get(recover::show).post(recover::submit))
        .route(
            "/recover/codes",
            get(recover::show_codes).post(recover::submit_codes),
        )
        .route(
            "/recover/passkey",
            get(recover::show_passkey).post(recover::submit_passkey),
        )
        .route(
            "/recover/passkey/backup-code",
            post(recover::submit_backup_code),
        )
        .route(
            "/recover/passkey/codes",
            get(recover::show_passkey_codes).post(recover::submit_passkey_codes),
        )
        .route(
            "/recover/password",
            get(recover_password::show).post(recover_password::submit),
        )
        .route("/recover/waiting", get(recover_waiting::show))
        .route("/security/recovery/{kind}", post(recover_password::cancel))
        .route("/thaw", get(recover::show_thaw).post(recover::submit_thaw))
        .route("/thaw/passkey", post(recover::thaw_by_passkey))
        .route(
            "/thaw/codes",
            get(recover::show_thaw_codes).post(recover::submit_thaw_codes),
        )
}

/// What operations ask of the customer beside a second factor, and how much they move.
fn own_rules() -> Router<App> {
    Router::new()
        .route(
            "/security/limits",
            get(restrict::show).post(restrict::submit_limit),
        )
        .route("/security/limits/choice", post(restrict::submit_choice))
        .route("/security/limits/keep", post(restrict::keep))
        .route("/security/pin", get(set_pin::show).post(set_pin::submit))
        .route(
            "/security/pin/forgotten",
            get(set_pin::ask_forgotten).post(set_pin::submit_forgotten),
        )
}

/// The hosted pages, their files, and the page for an address that does not exist.
pub fn routes(app: &App) -> Router<App> {
    Router::new()
        .route("/", get(landing::show))
        .route("/account", get(account::show))
        .route("/code", get(code::show).post(code::submit))
        .route("/code/passkey", post(passkey::code))
        .route("/code/resend", post(code::resend))
        .route("/code/totp", post(totp::code))
        .route(
            "/confirm/{operation}",
            get(confirm::show).post(confirm::submit),
        )
        .route("/confirm/{operation}/code", post(confirm::send))
        .route("/confirm/{operation}/decline", post(confirm::decline))
        .route("/confirm/{operation}/done", get(confirm::done))
        .route("/confirm/{operation}/passkey", post(passkey::confirm))
        .route("/confirm/{operation}/totp", post(totp::confirm))
        .route("/history", get(history::show))
        .route("/history/export.csv", get(export::csv))
        .route("/history/export.ndjson", get(export::ndjson))
        .route("/history/{access}", get(history::ask).post(history::report))
        .route("/report", get(report::show).post(report::submit))
        .route("/report/done", get(report::done))
        .route("/security", get(security::show))
        .route("/security/contact", get(change_contact::show))
        .route(
            "/security/contact/{contact}",
            get(change_contact::ask).post(change_contact::submit),
        )
        .route("/security/devices", get(forget_device::show))
        .route("/security/devices/{device}", post(forget_device::submit))
        .route("/security/devices/{device}/name", post(forget_device::name))
        .route("/security/freeze", get(freeze::ask).post(freeze::submit))
        .route("/security/messages", get(messages::show))
        .route(
            "/security/password",
            get(change_password::show).post(change_password::submit),
        )
        .route("/security/prove", get(prove::show).post(prove::submit))
        .route("/security/prove/code", post(prove::send))
        .route("/security/prove/passkey", post(prove::passkey))
        .route("/security/prove/totp", post(prove::totp))
        .route("/security/sessions", get(end_session::show))
        .route("/security/sessions/others", post(end_session::others))
        .route("/security/sessions/{session}", post(end_session::one))
        .route(
            "/security/passkeys",
            get(passkeys::show).post(passkeys::make),
        )
        .route("/security/passkeys/{passkey}/name", post(passkeys::rename))
        .route(
            "/security/passkeys/{passkey}/remove",
            post(passkeys::remove),
        )
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-in/passkey", post(passkey::sign_in))
        .route("/sign-out", get(sign_out::ask).post(sign_out::submit))
        .route("/sign-up", get(sign_up::show).post(sign_up::submit))
        .route("/signed-out", get(sign_out::done))
        .merge(own_rules())
        .merge(recovery())
        .merge(factors())
        .merge(waiting_operations())
        .method_not_allowed_fallback(async || Trouble::Method)
        .fallback(nothing_here)
        .layer(from_fn_with_state(app.clone(), dress))
        .merge(assets::routes())
}
