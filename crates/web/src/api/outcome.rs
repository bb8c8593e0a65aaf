//! The act "outcome": `POST /v1/decisions/{id}/outcome`.
//!
//! **Invariant:** an outcome is taken for a decision of the same application only.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use sekisho_core::id::DecisionId;
use sekisho_core::known::ApiScope;
use sekisho_core::outcome::Outcome;
use sekisho_gate::OutcomeAnswer;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{self, Given};
use super::identified::Identified;
use super::{caller, idempotency, judge};
use crate::json::body;
use crate::json::fields::{Fields, Mistakes, not_one_of};
use crate::problem::Problem;
use crate::state::App;

/// The words of `outcome`.
pub const OUTCOMES: &[Outcome] = &[
    Outcome::Abandoned,
    Outcome::Completed,
    Outcome::ConfirmedFraud,
    Outcome::ConfirmedGenuine,
];

/// An outcome that was recorded.
#[derive(Serialize, ToSchema)]
#[schema(as = Recorded)]
pub struct RecordedBody {
    /// The decision.
    decision: String,
    /// How it ended.
    #[schema(schema_with = crate::openapi::outcome)]
    outcome: &'static str,
}

/// Reports how a judged act ended.
///
/// # Errors
/// Problems of the request, and faults.
#[utoipa::path(
    post, path = "/v1/decisions/{id}/outcome", operation_id = "outcome", tag = "decisions",
    summary = "Report how it ended",
    description = "What ended well teaches what is usual for the customer. The scope `decisions` is needed.",
    params(crate::openapi::DecisionPath, crate::openapi::IdempotencyKey),
    request_body(content = ref("#/components/schemas/OutcomeRequest"), content_type = "application/json"),
    responses((
        status = 200, description = "It is recorded.", body = RecordedBody,
        headers(("Idempotency-Replayed" = String, description = "`true` when it was before.")),
    )),
    security(("credential" = []))
)]
pub async fn outcome(
    State(app): State<App>,
    id: Identified,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let caller = caller::caller(&app.gate, &headers, ApiScope::Decisions).await?;
    let id: DecisionId = id.read().ok_or_else(judge::unknown)?;
    let document = body::parse(&headers, &bytes)?;
    let outcome = read(&document)?;
    let path = format!("/v1/decisions/{id}/outcome");
    let key = idempotency::of(&headers, &path, &document)?;
    let given = match app.gate.outcome(&caller, id, outcome, key).await? {
        OutcomeAnswer::Recorded => Given::Now,
        OutcomeAnswer::Replayed => Given::Before,
        OutcomeAnswer::NotFound => return Err(judge::unknown()),
        OutcomeAnswer::KeyReused => return Err(idempotency::reused()),
    };
    let body = RecordedBody {
        decision: id.to_string(),
        outcome: outcome.word(),
    };
    Ok((answer::headers(given), Json(body)).into_response())
}

fn read(document: &Value) -> Result<Outcome, Problem> {
    let words: Vec<_> = OUTCOMES.iter().map(|outcome| outcome.word()).collect();
    let mut mistakes = Mistakes::default();
    let document = Fields::document(document, &["outcome"], &mut mistakes);
    let outcome = document.and_then(|document| {
        document.required_text("outcome", &mut mistakes, |word| {
            Outcome::parse(word).ok_or_else(|| not_one_of(word, &words))
        })
    });
    mistakes.or(outcome)
}
