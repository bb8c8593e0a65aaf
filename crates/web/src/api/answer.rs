//! What applications are answered.
//!
//! **Invariant:** an answer is made of what gate says was committed, and of nothing of the request.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use sekisho_core::hold::Hold;
use sekisho_core::reason::Reason;
use sekisho_gate::{DecisionView, OperationView};
use serde::Serialize;
use utoipa::ToSchema;

use super::idempotency;
use super::stop::StopBody;
use crate::state::PublicUrl;

/// Whether an answer is given for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// Under this idempotency key it was given before.
    Before,
    /// Now.
    Now,
}

/// One reason of a verdict.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reason)]
pub struct ReasonBody {
    /// The code; codes are never given another meaning.
    #[schema(example = "device_new")]
    code: String,
    /// The same in words, for staff and engineers.
    sentence: &'static str,
}

impl From<&Reason> for ReasonBody {
    fn from(reason: &Reason) -> Self {
        Self {
            code: reason.code().to_owned(),
            sentence: reason.sentence(),
        }
    }
}

/// A decision.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Decision)]
pub struct DecisionBody {
    /// Its id.
    #[schema(example = "dec_01jd7k3v0q8w2m5x9c4b6n1t7r")]
    id: String,
    /// What was attempted: `sign_in` or the kind of operation.
    act: String,
    /// What to do.
    #[schema(schema_with = crate::openapi::verdict)]
    verdict: &'static str,
    /// What the customer still has to do before the act may go on; empty unless the verdict is
    /// `step_up`.
    #[schema(schema_with = crate::openapi::requirements)]
    requirements: Vec<&'static str>,
    /// Why.
    reasons: Vec<ReasonBody>,
    /// Version of the policy that judged.
    #[schema(example = "jsda-2025.8")]
    policy: String,
    /// When the attempt was made.
    #[schema(format = DateTime)]
    moment: String,
    /// How it ended, once that was reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::openapi::outcome, required = false)]
    outcome: Option<&'static str>,
    /// What is switched off, where a reason is `stopped`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    stop: Option<StopBody>,
}

impl From<&DecisionView> for DecisionBody {
    fn from(view: &DecisionView) -> Self {
        Self {
            id: view.id.to_string(),
            act: view.act.clone(),
            verdict: view.verdict.word(),
            requirements: view.requirements.iter().map(|one| one.word()).collect(),
            reasons: view.reasons.iter().map(ReasonBody::from).collect(),
            policy: view.policy.clone(),
            moment: view.at.to_string(),
            outcome: view.outcome.map(sekisho_core::outcome::Outcome::word),
            stop: view.stop.as_ref().map(StopBody::from),
        }
    }
}

/// The hold of an operation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hold)]
pub struct HoldBody {
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
    /// When time releases it; absent where a person does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    held_until: Option<String>,
    /// When it is refused, if nothing released it.
    #[schema(format = DateTime)]
    ends: String,
    /// Why.
    reasons: Vec<ReasonBody>,
}

impl From<&Hold> for HoldBody {
    fn from(hold: &Hold) -> Self {
        Self {
            since: hold.at.to_string(),
            held_until: hold.until.map(|until| until.to_string()),
            ends: hold.ends.to_string(),
            reasons: hold.reasons.iter().map(ReasonBody::from).collect(),
        }
    }
}

/// A guarded operation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Operation)]
pub struct OperationBody {
    /// Its id.
    #[schema(example = "opr_01jd7k3v0q8w2m5x9c4b6n1t7r")]
    id: String,
    /// The kind.
    #[schema(example = "withdraw")]
    kind: String,
    /// Your number of the customer.
    customer: String,
    /// Where it stands.
    #[schema(schema_with = crate::openapi::state)]
    state: &'static str,
    /// What was decided when it was asked for.
    #[schema(schema_with = crate::openapi::verdict)]
    verdict: &'static str,
    /// What the customer has to do; empty unless the verdict is `step_up`.
    #[schema(schema_with = crate::openapi::requirements)]
    requirements: Vec<&'static str>,
    /// Why.
    reasons: Vec<ReasonBody>,
    /// The decision that admitted it.
    decision: String,
    /// SHA-256 of the canonical JSON of the operation, lower-case hexadecimal; the grant names it.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    digest: String,
    /// Where to send the customer's browser, while the operation waits for its confirmation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "uri")]
    confirm_uri: Option<String>,
    /// When it was asked for.
    #[schema(format = DateTime)]
    created: String,
    /// Until when it may be confirmed.
    #[schema(format = DateTime)]
    expires: String,
    /// While it is held: since when, until when, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    hold: Option<HoldBody>,
    /// Why it was refused, where that came after it had been admitted: `expired`, `cancelled`,
    /// `staff_refused`, `frozen`, `session_missing`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ended: Option<ReasonBody>,
    /// Counts up with every change of the operation.
    revision: i64,
    /// The grant (a compact JWS), while it can be redeemed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    grant: Option<String>,
    /// What is switched off and stands in its way now, or refused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    stop: Option<StopBody>,
}

impl OperationBody {
    fn of(view: &OperationView, public: &PublicUrl) -> Self {
        let decision = &view.decision;
        let confirm = view.confirm_path.as_ref();
        Self {
            id: view.id.to_string(),
            kind: view.kind.as_str().to_owned(),
            customer: view.customer.as_str().to_owned(),
            state: view.state.word(),
            verdict: decision.verdict.word(),
            requirements: decision.requirements.iter().map(|one| one.word()).collect(),
            reasons: decision.reasons.iter().map(ReasonBody::from).collect(),
            decision: decision.id.to_string(),
            digest: view.digest.to_string(),
            confirm_uri: confirm.map(|path| format!("{}{path}", public.origin())),
            created: view.created.to_string(),
            expires: view.expires.to_string(),
            hold: view.hold.as_ref().map(HoldBody::from),
            ended: view.ended.as_ref().map(ReasonBody::from),
            revision: view.revision,
            grant: view.grant.clone(),
            stop: view.stop.as_ref().map(StopBody::from),
        }
    }
}

/// The headers that say whether an answer was given before.
#[must_use]
pub fn headers(given: Given) -> HeaderMap {
    match given {
        Given::Before => HeaderMap::from_iter([(idempotency::REPLAYED, idempotency::YES)]),
        Given::Now => HeaderMap::new(),
    }
}

/// Answers with a decision.
#[must_use]
pub fn decision(view: &DecisionView, given: Given) -> Response {
    (headers(given), Json(DecisionBody::from(view))).into_response()
}

/// Answers with an operation.
#[must_use]
pub fn operation(view: &OperationView, public: &PublicUrl) -> Response {
    Json(OperationBody::of(view, public)).into_response()
}

/// Answers with an operation that was made, and where it is.
#[must_use]
pub fn created(view: &OperationView, public: &PublicUrl, given: Given) -> Response {
    let mut headers = headers(given);
    if let Ok(place) = HeaderValue::from_str(&format!("/v1/operations/{}", view.id)) {
        headers.insert(header::LOCATION, place);
    }
    let body = Json(OperationBody::of(view, public));
    (StatusCode::CREATED, headers, body).into_response()
}
