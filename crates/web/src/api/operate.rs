//! The act "operate": `POST /v1/operations`, and reading an operation again at
//! `/v1/operations/{id}`.
//!
//! **Invariant:** a browser is sent back only to where its application registered to be.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use sekisho_core::known::{ApiScope, ApplicationKnown};
use sekisho_core::operation::Nonce;
use sekisho_core::policy::Policy;
use sekisho_gate::{Caller, OperateRequest, Operated};
use serde_json::Value;

use super::answer::{self, Given};
use super::identified::Identified;
use super::{caller, idempotency, request};
use crate::json::body;
use crate::json::fields::{Fields, Mistakes};
use crate::problem::{Kind, Problem};
use crate::state::App;

/// Longest `return_uri`, in bytes.
pub const LONGEST_URI: usize = 2000;

/// Asks to have an operation guarded.
///
/// # Errors
/// Problems of the request, and faults.
#[utoipa::path(
    post, path = "/v1/operations", operation_id = "operate", tag = "operations",
    summary = "Have an operation guarded",
    description = "Keeps the operation and says what it needs. While its state is `pending`, send the customer's browser to `confirm_uri`. The scope `operations` is needed.",
    params(crate::openapi::IdempotencyKey),
    request_body(content = ref("#/components/schemas/OperationRequest"), content_type = "application/json"),
    responses((
        status = 201, description = "It is kept.", body = answer::OperationBody,
        headers(
            ("Idempotency-Replayed" = String, description = "`true` when this answer was given before."),
            ("Location" = String, description = "Where the operation is."),
        ),
    )),
    security(("credential" = []))
)]
pub async fn operate(
    State(app): State<App>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let caller = caller::caller(&app.gate, &headers, ApiScope::Operations).await?;
    let document = body::parse(&headers, &bytes)?;
    let mut asked = read(&document, &caller, &app.gate.policy())?;
    asked.idempotency = idempotency::of(&headers, "/v1/operations", &document)?;
    if let Some(uri) = &asked.return_uri {
        let application = app.gate.application(caller.application).await?;
        if !application.is_some_and(|application| may_return(&application, uri)) {
            let detail = "return_uri must lie at an origin of the application's redirect URIs.";
            return Err(Problem::new(Kind::ReturnUriUnregistered, detail));
        }
    }
    match app.gate.operate(asked).await? {
        Operated::Created(view) => Ok(answer::created(&view, &app.public, Given::Now)),
        Operated::Replayed(view) => Ok(answer::created(&view, &app.public, Given::Before)),
        Operated::KeyReused => Err(idempotency::reused()),
        Operated::UnknownCustomer => {
            let detail = "There is no such customer; import them or let them sign up first.";
            Err(Problem::new(Kind::NotFound, detail))
        }
        Operated::UnknownKind => {
            let detail = "The policy has no such kind of operation any more.";
            Err(Problem::new(Kind::InvalidValue, detail))
        }
    }
}

/// Reads an operation again, with its grant while that can be redeemed.
///
/// # Errors
/// 404 when it is not there or another application's, and faults.
#[utoipa::path(
    get, path = "/v1/operations/{id}", operation_id = "operation", tag = "operations",
    summary = "Read an operation again",
    description = "Once it is confirmed the answer has the grant, until that is redeemed or over. The scope `operations` is needed.",
    params(crate::openapi::OperationPath),
    responses((status = 200, description = "The operation.", body = answer::OperationBody)),
    security(("credential" = []))
)]
pub async fn operation(
    State(app): State<App>,
    id: Identified,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = caller::caller(&app.gate, &headers, ApiScope::Operations).await?;
    let found = match id.read() {
        Some(id) => app.gate.operation(&caller, id).await?,
        None => None,
    };
    let view = found.ok_or_else(|| {
        Problem::new(
            Kind::NotFound,
            "There is no such operation of your application.",
        )
    })?;
    Ok(answer::operation(&view, &app.public))
}

fn read(document: &Value, caller: &Caller, policy: &Policy) -> Result<OperateRequest, Problem> {
    let names = [
        "channel",
        "context",
        "customer",
        "fields",
        "kind",
        "nonce",
        "return_uri",
        "segments",
        "verified",
    ];
    let mut mistakes = Mistakes::default();
    let m = &mut mistakes;
    let asked = Fields::document(document, &names, m).and_then(|document| {
        let customer = request::customer(&document, m);
        let kind = document.required_text("kind", m, |word| request::kind(word, policy, &[]));
        let fields = kind.and_then(|(_, spec)| request::fields(&document, spec, m));
        let inside = ["address", "device", "user_agent"];
        let (context, _) = request::context(&document, &inside, m);
        let way = request::way(&document, m);
        let verified = request::verified(&document, &request::methods_before(), m);
        let nonce = document.text("nonce", m, |text| {
            Nonce::parse(text).ok_or("must be 1 to 128 visible characters of ASCII")
        });
        let return_uri = document.text("return_uri", m, |text| match text.len() {
            1..=LONGEST_URI => Ok(text.to_owned()),
            _ => Err("must be a URI of at most 2000 bytes"),
        });
        Some(OperateRequest {
            application: caller.application,
            customer: customer?,
            kind: kind?.0.clone(),
            fields: fields?,
            context,
            way,
            verified,
            nonce,
            return_uri,
            idempotency: None,
        })
    });
    mistakes.or(asked)
}

/// Whether a browser may be sent there: to a registered redirect address, or to the origin of one.
fn may_return(application: &ApplicationKnown, uri: &str) -> bool {
    application.redirect_uris.iter().any(|known| {
        known == uri || origin(known).is_some_and(|known| origin(uri).as_ref() == Some(&known))
    })
}

/// Scheme and authority of an http or https address that every browser reads in the same way.
fn origin(uri: &str) -> Option<String> {
    let plain = uri
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let (scheme, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let named = !authority.is_empty() && !authority.contains('@');
    (plain && web && named).then(|| format!("{scheme}://{authority}").to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_core::id::ApplicationId;

    #[test]
    fn a_browser_goes_back_to_where_its_application_lives() {
        let application = ApplicationKnown {
            id: ApplicationId([1; 16]),
            name: "broker".into(),
            secret: None,
            redirect_uris: vec![
                "https://broker.example/callback".into(),
                "jp.app:/done".into(),
            ],
            post_logout_uris: vec!["https://other.example/".into()],
        };
        for (uri, fits) in [
            ("https://broker.example/withdrawals/7?ok=1", true),
            ("https://BROKER.example/", true),
            ("https://broker.example", true),
            ("jp.app:/done", true),
            ("jp.app:/elsewhere", false),
            ("http://broker.example/", false),
            ("https://broker.example:444/", false),
            ("https://broker.example.evil.example/", false),
            ("https://broker.example@evil.example/", false),
            ("https://broker.example\\@evil.example/", false),
            ("https://evil.example/https://broker.example/", false),
            ("https://other.example/", false),
            ("//broker.example/", false),
            ("javascript:alert(1)", false),
            ("https://broker.example/ x", false),
        ] {
            assert_eq!(may_return(&application, uri), fits, "{uri}");
        }
    }
}
