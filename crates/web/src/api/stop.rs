//! What is stopped: `GET /v1/stops`, and the member `stop` of other answers.
//!
//! **Invariant:** who of the firm made a stop, and why, is told to no application.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use sekisho_core::notice::Locale;
use sekisho_gate::StopTold;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller;
use crate::problem::Problem;
use crate::state::App;

/// A channel that is left, with what customers call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChannelLeft)]
pub struct LeftBody {
    /// The word: `app`, `branch`, `desk`, `paper` or `web`.
    #[schema(example = "desk")]
    code: &'static str,
    /// In English.
    #[schema(example = "the support desk")]
    en: &'static str,
    /// In Japanese.
    #[schema(example = "お客様サポートセンター")]
    ja: &'static str,
}

/// What customers are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StopMessage)]
pub struct MessageBody {
    /// In English.
    en: String,
    /// In Japanese.
    ja: String,
}

/// Operations that are switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Stop)]
pub struct StopBody {
    /// Its id.
    #[schema(example = "stp_01jd7k3v0q8w2m5x9c4b6n1t7r")]
    id: String,
    /// The kind of operation; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "payout_account_change")]
    kind: Option<String>,
    /// The channel; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "web")]
    channel: Option<String>,
    /// The segment of customers; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "corporate")]
    segment: Option<String>,
    /// What to tell your customers.
    message: MessageBody,
    /// What is left to them; empty for nothing.
    left: Vec<LeftBody>,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
    /// Until when; absent while that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    until: Option<String>,
}

/// What is stopped.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Stops)]
pub struct StopsBody {
    /// All of it.
    stops: Vec<StopBody>,
}

impl From<&StopTold> for StopBody {
    fn from(told: &StopTold) -> Self {
        let left = told.left.iter().map(|left| LeftBody {
            code: left.word(),
            en: left.name(Locale::En),
            ja: left.name(Locale::Ja),
        });
        let word = |word: &sekisho_core::known::Word| word.as_str().to_owned();
        Self {
            id: told.id.to_string(),
            kind: told.kind.as_ref().map(|kind| kind.as_str().to_owned()),
            channel: told.channel.as_ref().map(word),
            segment: told.segment.as_ref().map(word),
            message: MessageBody {
                en: told.message.en.to_string(),
                ja: told.message.ja.to_string(),
            },
            left: left.collect(),
            since: told.since.to_string(),
            until: told.until.map(|end| end.to_string()),
        }
    }
}

/// Lists what is stopped now, so that a button need not be offered in vain.
///
/// # Errors
/// 401 without a valid credential, and faults.
#[utoipa::path(
    get, path = "/v1/stops", operation_id = "stops", tag = "operations",
    summary = "List what is stopped",
    description = "What the operator has switched off for your operations now. It is obeyed whether you look or not; look to say so before your customer begins. Any scope will do.",
    responses((status = 200, description = "What is stopped now.", body = StopsBody)),
    security(("credential" = []))
)]
pub async fn stops(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let caller = caller::known(&app.gate, &headers).await?;
    let stops = app.gate.stops_for(caller.application).await?;
    let stops = stops.iter().map(StopBody::from).collect();
    Ok(Json(StopsBody { stops }).into_response())
}
