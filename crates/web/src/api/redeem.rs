//! The act "redeem": `POST /v1/grants/redeem`.
//!
//! **Invariant:** a grant that is unknown, altered, foreign, late or used gets one and the same
//! answer.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use sekisho_core::access::OperationKind;
use sekisho_core::known::ApiScope;
use sekisho_core::operation::Fields as OperationFields;
use sekisho_core::policy::Policy;
use sekisho_core::reason::Reason;
use sekisho_gate::{RedeemRequest, Redeemed};
use serde_json::Value;

use super::{answer, caller, idempotency, request};
use crate::json::body;
use crate::json::fields::{Fields, Mistakes};
use crate::problem::{Kind, Problem};
use crate::state::App;

/// Longest grant, in bytes; ours have about 700.
pub const LONGEST_GRANT: usize = 4096;

/// Hands in a grant just before the operation is carried out.
///
/// # Errors
/// Problems of the request, a refusal, and faults.
#[utoipa::path(
    post, path = "/v1/grants/redeem", operation_id = "redeem", tag = "operations",
    summary = "Redeem a grant",
    description = "Call this just before you carry the operation out, with its kind and fields as you are about to carry them out. A grant works once. The scope `operations` is needed.",
    params(crate::openapi::IdempotencyKey),
    request_body(content = ref("#/components/schemas/RedeemRequest"), content_type = "application/json"),
    responses((status = 200, description = "Carry it out now, once.", body = answer::OperationBody,
        headers(("Idempotency-Replayed" = String, description = "`true` when this answer was given before.")))),
    security(("credential" = []))
)]
pub async fn redeem(
    State(app): State<App>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let caller = caller::caller(&app.gate, &headers, ApiScope::Operations).await?;
    let document = body::parse(&headers, &bytes)?;
    let (grant, about) = read(&document, &app.gate.policy())?;
    let idempotency = idempotency::of(&headers, "/v1/grants/redeem", &document)?;
    let request = RedeemRequest {
        grant,
        about,
        idempotency,
    };
    match app.gate.redeem(&caller, request).await? {
        Redeemed::Redeemed(view) => Ok(answer::operation(&view, &app.public)),
        Redeemed::Replayed(view) => {
            let mut response = answer::operation(&view, &app.public);
            response
                .headers_mut()
                .insert(idempotency::REPLAYED, idempotency::YES);
            Ok(response)
        }
        Redeemed::KeyReused => Err(idempotency::reused()),
        Redeemed::Refused(reason) => Err(refused(reason)),
        Redeemed::Stopped(stop) => Err(refused(Reason::Stopped).stopped(&stop)),
    }
}

fn refused(reason: Reason) -> Problem {
    Problem::new(Kind::GrantRefused, reason.sentence()).because(reason)
}

type About = (OperationKind, OperationFields);

fn read(document: &Value, policy: &Policy) -> Result<(String, Option<About>), Problem> {
    let mut mistakes = Mistakes::default();
    let m = &mut mistakes;
    let read = Fields::document(document, &["fields", "grant", "kind"], m).and_then(|document| {
        let grant = document.required_text("grant", m, |text| match text.len() {
            1..=LONGEST_GRANT => Ok(text.to_owned()),
            _ => Err("must have 1 to 4096 bytes"),
        });
        let given = ["kind", "fields"]
            .iter()
            .any(|name| document.value(name).is_some());
        if !given {
            return Some((grant?, None));
        }
        let kind = document.required_text("kind", m, |word| request::kind(word, policy, &[]))?;
        let fields = request::fields(&document, kind.1, m)?;
        Some((grant?, Some((kind.0.clone(), fields))))
    });
    mistakes.or(read)
}
