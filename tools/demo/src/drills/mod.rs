//! What drills are told about the demo: whom they may attack, from where, and who looks for alerts.
//!
//! **Invariant:** drills attack customers who play in no story, and alerts are read in the name of
//! the demo's person of the firm, as an operator reads them.

mod page;

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use secrecy::SecretString;
use sekisho_core::attack::{AlertKnown, severity};
use sekisho_core::known::StaffName;
use sekisho_core::thaw::Ground;
use sekisho_drill::target::{Person, Range, Target};
use sekisho_gate::{Gate, StaffAnswer, StaffClaim};
use sekisho_store::AlertQuestion;
use sekisho_world::{NetworkKind, World};
use serde_json::{Value, json};

use crate::brokerage::Given;
use crate::cast::{Cast, PASSWORD, Player};
use crate::stage::Addresses;

/// Alerts that are answered at most.
const MOST: u32 = 1_000;

/// What the demo is for a drill.
pub fn target(addresses: &Addresses, given: &Given, cast: &Cast, world: &World) -> Target {
    let abroad = world.networks().iter().filter(|row| {
        row.kind == NetworkKind::Hosting && row.country.letters() != "JP" && row.size() >= 256
    });
    Target {
        sekisho: addresses.sekisho.clone(),
        console: Some(addresses.console.clone()),
        messages: Some(addresses.messages.clone()),
        alerts: Some(format!("{}/alerts.json", addresses.messages)),
        token: Some(given.token.clone()),
        customers: cast.drilled.iter().map(person).collect(),
        strange: abroad
            .map(|row| Range {
                first: row.first,
                size: row.size(),
            })
            .collect(),
    }
}

fn person(player: &Player) -> Person {
    Person {
        reference: player.customer.reference.clone(),
        login: player.customer.mail.clone(),
        password: PASSWORD.to_owned(),
        address: player.usual.address,
        user_agent: player.usual.user_agent.clone(),
    }
}

/// What the pages share.
struct Inner {
    gate: Gate,
    person: StaffClaim,
    target: Target,
}

/// The addresses for drills, on the listener of the message box.
///
/// # Errors
/// When the name of the person is none, or no random value can be had.
pub fn router(gate: &Gate, staff: &(&str, String), target: Target) -> anyhow::Result<Router> {
    let page = page::router(target.clone())?;
    let inner = Inner {
        gate: gate.clone(),
        person: StaffClaim {
            name: StaffName::parse(staff.0)?,
            secret: SecretString::from(staff.1.clone()),
        },
        target,
    };
    Ok(Router::new()
        .route("/drill.json", get(described))
        .route("/alerts.json", get(alerts))
        .with_state(Arc::new(inner))
        .merge(page))
}

async fn described(State(inner): State<Arc<Inner>>) -> Response {
    Json(&inner.target).into_response()
}

/// What `sekisho alert list --json --closed` prints.
async fn alerts(State(inner): State<Arc<Inner>>) -> Response {
    let Ok(ground) = Ground::parse("drill") else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let asked = AlertQuestion {
        closed: true,
        since: None,
        most: MOST,
    };
    match inner.gate.alerts(&inner.person, asked, ground).await {
        Ok(StaffAnswer::Done(alerts)) => {
            let lines: Vec<_> = alerts.iter().map(|one| line(one).to_string()).collect();
            let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
            (kind, lines.join("\n")).into_response()
        }
        Ok(_) => StatusCode::FORBIDDEN.into_response(),
        Err(why) => {
            tracing::error!(%why, "alerts cannot be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn line(alert: &AlertKnown) -> Value {
    json!({
        "alert": alert.id,
        "kind": alert.kind,
        "severity": severity(alert.kind, &alert.counts),
        "label": alert.label,
        "last": alert.last,
        "counts": alert.counts,
    })
}
