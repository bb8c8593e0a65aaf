//! The console of the people of the firm: a site of its own, at an address of its own.
//!
//! Nothing of it is reachable where customers are: another listener, other cookies, passkeys of
//! another domain. It is rendered on the server and works without JavaScript, but for passkeys.
//!
//! **Invariant:** whatever is done or shown here was asked of [`sekisho_gate::Gate::may`] for the
//! person as they are at that moment.

mod alerts;
mod assets;
mod campaigns;
mod cases;
mod customers;
mod decisions;
mod enrol;
mod frame;
mod health;
mod held;
mod links;
mod list;
mod networks;
mod overview;
mod passkeys;
mod picture;
mod posted;
mod prove;
#[cfg(test)]
pub(crate) mod rendered;
mod respond;
mod rules;
mod sign_in;
mod sign_out;
mod stops;
mod visit;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use sekisho_gate::Fault;

use crate::app::Edge;
use crate::bounds;
use crate::observe::{self, Observer};
use crate::pages::Trouble;
use crate::state::App;

/// The console in one router; the public address of `app` is the console's own.
///
/// # Errors
/// When no random value can be had for the ids of requests.
pub fn router(app: App, edge: &Edge) -> Result<Router, Fault> {
    let observer = Arc::new(Observer::new(&app, edge)?);
    let pages = Router::new()
        .merge(campaigns::routes())
        .merge(networks::routes())
        .route("/", get(overview::show))
        .route("/overview/live", get(overview::events))
        .route("/alerts", get(alerts::show))
        .route("/alerts.csv", get(alerts::export))
        .route("/alerts/{alert}", get(alerts::one))
        .route("/alerts/{alert}/close", post(alerts::close))
        .route("/alerts/{alert}/take", post(alerts::take))
        .route("/cases", get(cases::show))
        .route("/cases.csv", get(cases::export))
        .route("/cases/{case}", get(cases::one))
        .route("/cases/{case}/close", post(cases::close))
        .route("/cases/{case}/note", post(cases::note))
        .route("/cases/{case}/take", post(cases::take))
        .route(
            "/alerts/{alert}/respond",
            get(respond::preview).post(respond::submit),
        )
        .route("/customers", get(customers::search).post(customers::find))
        .route("/customers/{customer}", get(customers::one))
        .route("/customers/{customer}/respond", post(customers::respond))
        .route("/customers/{customer}/reveal", post(customers::reveal))
        .route("/decisions/{decision}", get(decisions::one))
        .route("/links", get(links::show).post(links::find))
        .route("/operations", get(held::show))
        .route("/operations/{operation}", get(held::one))
        .route("/operations/{operation}/end", post(held::end))
        .route("/rules", get(rules::show).post(rules::change))
        .route("/rules/{version}", get(rules::version::show))
        .route("/rules/{version}/approve", post(rules::version::approve))
        .route("/rules/{version}/shadow", post(rules::version::shadow))
        .route("/rules/{version}/trial", get(rules::version::trial))
        .route("/stops", get(stops::show).post(stops::make))
        .route("/stops/{stop}/lift", post(stops::lift))
        .route("/enrol", get(enrol::show).post(enrol::begin))
        .route("/enrol/passkey", get(enrol::ask).post(enrol::make))
        .route("/passkeys", get(passkeys::show).post(passkeys::make))
        .route("/passkeys/{passkey}/remove", post(passkeys::remove))
        .route("/prove", get(prove::show).post(prove::submit))
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-out", post(sign_out::submit))
        .method_not_allowed_fallback(async || Trouble::Method)
        .fallback(async || Trouble::NotFound)
        .layer(from_fn_with_state(app.clone(), visit::dress));
    // What holds a whole document is longer than other requests; the time to send it is the same.
    let long = bounds::Bounds {
        body_bytes: edge.bounds.body_bytes.max(posted::MOST_LONG),
        ..edge.bounds
    };
    let written = Router::new()
        .route(
            "/campaigns/new",
            get(campaigns::write::show).post(campaigns::write::submit),
        )
        .route(
            "/rules/new",
            get(rules::write::show).post(rules::write::submit),
        )
        .method_not_allowed_fallback(async || Trouble::Method)
        .layer(from_fn_with_state(app.clone(), visit::dress))
        .layer(from_fn_with_state(long, bounds::bound));
    Ok(pages
        .merge(assets::routes())
        .layer(from_fn_with_state(edge.bounds, bounds::bound))
        .merge(written)
        .layer(from_fn(observe::headers))
        .layer(from_fn_with_state(observer, observe::observe))
        .with_state(app))
}
