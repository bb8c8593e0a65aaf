//! The act "judge": `POST /v1/decisions`, and reading a decision again at `/v1/decisions/{id}`.
//!
//! **Invariant:** a decision is read by the application that asked for it, and by no other.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use sekisho_core::access::OperationKind;
use sekisho_core::id::ApplicationId;
use sekisho_core::judge::Check;
use sekisho_core::known::ApiScope;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::operation::{FieldType, Fields as OperationFields};
use sekisho_core::policy::Policy;
use sekisho_gate::{JudgeRequest, Judged, When};
use serde_json::Value;

use super::answer::{self, Given};
use super::identified::Identified;
use super::{caller, idempotency, request};
use crate::json::body;
use crate::json::fields::{Fields, Mistakes, not_one_of};
use crate::problem::{Kind, Problem};
use crate::state::App;

/// How far back an attempt may lie: an application that was cut off catches up within a day.
const EARLIEST: Span = Span::hours(24);
/// How far ahead an application's clock may be.
const LATEST: Span = Span::minutes(5);

/// The words of `check`.
pub const CHECKS: &[&str] = &["failed", "passed"];
/// The word of `act` for signing in.
pub const SIGN_IN: &str = "sign_in";

/// Asks what to do about an attempt of a customer.
///
/// # Errors
/// Problems of the request, and faults.
#[utoipa::path(
    post, path = "/v1/decisions", operation_id = "judge", tag = "decisions",
    summary = "Ask what to do",
    description = "Judges a sign-in or an operation that your own pages carry out. The scope `decisions` is needed.",
    params(crate::openapi::IdempotencyKey),
    request_body(content = ref("#/components/schemas/DecisionRequest"), content_type = "application/json"),
    responses((
        status = 200, description = "What was decided.", body = answer::DecisionBody,
        headers(("Idempotency-Replayed" = String, description = "`true` when this answer was given before.")),
    )),
    security(("credential" = []))
)]
pub async fn judge(
    State(app): State<App>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let caller = caller::caller(&app.gate, &headers, ApiScope::Decisions).await?;
    let document = body::parse(&headers, &bytes)?;
    let mut asked = read(&document, caller.application, &app.gate.policy())?;
    asked.idempotency = idempotency::of(&headers, "/v1/decisions", &document)?;
    if let When::Told(at) = asked.when {
        reachable(at, app.gate.now())?;
    }
    match app.gate.judge(asked).await? {
        Judged::Decided(view) => Ok(answer::decision(&view, Given::Now)),
        Judged::Replayed(view) => Ok(answer::decision(&view, Given::Before)),
        Judged::KeyReused => Err(idempotency::reused()),
    }
}

/// Reads a decision again.
///
/// # Errors
/// 404 when it is not there or another application's, and faults.
#[utoipa::path(
    get, path = "/v1/decisions/{id}", operation_id = "decision", tag = "decisions",
    summary = "Read a decision again",
    description = "The scope `decisions` is needed.",
    params(crate::openapi::DecisionPath),
    responses((status = 200, description = "The decision.", body = answer::DecisionBody)),
    security(("credential" = []))
)]
pub async fn decision(
    State(app): State<App>,
    id: Identified,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = caller::caller(&app.gate, &headers, ApiScope::Decisions).await?;
    let found = match id.read() {
        Some(id) => app.gate.decision(&caller, id).await?,
        None => None,
    };
    let view = found.ok_or_else(unknown)?;
    Ok(answer::decision(&view, Given::Now))
}

/// What is answered for a decision that is not there.
#[must_use]
pub fn unknown() -> Problem {
    Problem::new(
        Kind::NotFound,
        "There is no such decision of your application.",
    )
}

fn reachable(at: Moment, now: Moment) -> Result<(), Problem> {
    if (now.minus(EARLIEST)..=now.plus(LATEST)).contains(&at) {
        return Ok(());
    }
    let detail =
        format!("context.moment may lie 24 hours back and 5 minutes ahead, and it is {now} here.");
    Err(Problem::new(Kind::MomentOutOfReach, detail))
}

/// Reads the request's document in the name of `application`; recorded ones are read by it as well.
///
/// # Errors
/// A problem that lists every mistake.
pub fn read(
    document: &Value,
    application: ApplicationId,
    policy: &Policy,
) -> Result<JudgeRequest, Problem> {
    let names = [
        "act",
        "channel",
        "check",
        "context",
        "customer",
        "operation",
        "segments",
        "verified",
    ];
    let mut mistakes = Mistakes::default();
    let m = &mut mistakes;
    let asked = Fields::document(document, &names, m).and_then(|document| {
        let customer = request::customer(&document, m);
        let operation = act(&document, policy, m);
        let inside = ["address", "device", "moment", "user_agent"];
        let (context, at) = request::context(&document, &inside, m);
        let way = request::way(&document, m);
        let verified = request::verified(&document, request::METHODS, m);
        let check = document.text("check", m, |word| match word {
            "failed" => Ok(Check::Failed),
            "passed" => Ok(Check::Passed),
            other => Err(not_one_of(other, CHECKS)),
        });
        Some(JudgeRequest {
            application,
            customer: customer?,
            operation: operation?,
            way,
            context,
            when: at.map_or(When::Now, When::Told),
            verified,
            check: check.unwrap_or(Check::Passed),
            idempotency: None,
        })
    });
    mistakes.or(asked)
}

/// `act` and, for a guarded operation, `operation`.
#[expect(
    clippy::option_option,
    reason = "outside: whether it could be read; inside: sign-in"
)]
fn act(
    document: &Fields<'_>,
    policy: &Policy,
    mistakes: &mut Mistakes,
) -> Option<Option<(OperationKind, OperationFields)>> {
    let act = document.required_text("act", mistakes, |word| match word {
        SIGN_IN => Ok(None),
        word => request::kind(word, policy, &[SIGN_IN]).map(Some),
    })?;
    let Some((kind, spec)) = act else {
        if document.value("operation").is_some() {
            let detail = "has no place beside act sign_in";
            mistakes.note(Kind::UnknownField, document.pointer("operation"), detail);
        }
        return Some(None);
    };
    document.required("operation", mistakes)?;
    let operation = document.object("operation", &["fields"], mistakes)?;
    let fields = request::fields(&operation, spec, mistakes)?;
    if spec
        .fields
        .values()
        .any(|kind| *kind == FieldType::Payments)
    {
        let detail = "is a batch, whose payees are judged one by one: ask POST /v1/operations";
        mistakes.note(Kind::InvalidValue, operation.pointer("fields"), detail);
        return None;
    }
    Some(Some((kind.clone(), fields)))
}
