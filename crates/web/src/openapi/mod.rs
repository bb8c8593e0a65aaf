//! The OpenAPI 3.1 document: the routes as they are, the operations as the policy in force has
//! them.
//!
//! **Invariant:** what the document calls valid is accepted, and what it does not describe is
//! refused.

mod catalogue;
mod webhooks;

use sekisho_core::policy::Policy;
use serde_json::Value;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Server};
use utoipa::{IntoParams, OpenApi};

use crate::api::{answer, outcome, stop};
use crate::problem::{FieldError, MEDIA_TYPE, ProblemDocument};
use crate::state::PublicUrl;
use crate::{machine, oidc};

/// What may be sent again.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IdempotencyKey {
    /// A fresh word of your choosing. The same key with the same request gives the same answer
    /// again; with another request it is refused.
    #[param(
        rename = "Idempotency-Key",
        required = false,
        pattern = "^[!-~]{1,64}$"
    )]
    _key: String,
}

/// Which decision.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub struct DecisionPath {
    /// The id of the decision.
    #[param(rename = "id", pattern = "^dec_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    _id: String,
}

/// Which operation.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OperationPath {
    /// The id of the operation.
    #[param(rename = "id", pattern = "^opr_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    _id: String,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sekisho",
        description = "The checkpoint before the acts that move money or identity.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        crate::api::judge::judge, crate::api::judge::decision, crate::api::outcome::outcome,
        crate::api::operate::operate, crate::api::operate::operation, crate::api::redeem::redeem,
        crate::api::stop::stops, crate::api::sweep::sweep,
        machine::healthz, machine::readyz, machine::openapi,
        oidc::discovery::configuration, oidc::discovery::jwks, oidc::token::token,
        oidc::userinfo::userinfo,
    ),
    components(schemas(
        answer::DecisionBody, answer::HoldBody, answer::OperationBody, answer::ReasonBody,
        FieldError,
        stop::LeftBody, stop::MessageBody, stop::StopBody, stop::StopsBody,
        ProblemDocument, outcome::RecordedBody, oidc::token::TokensBody,
        oidc::token::TokenErrorBody, oidc::userinfo::UserInfoBody,
    )),
    tags(
        (name = "decisions", description = "Beside a login of your own."),
        (name = "operations", description = "Operations that the customer confirms here."),
        (name = "sweeps", description = "For the monitoring team's own programs."),
        (name = "openid-connect", description = "In front of your application."),
        (name = "machine-room", description = "For whoever runs it."),
    ),
)]
struct Document;

/// The document as JSON.
#[must_use]
pub fn document(policy: &Policy, public: &PublicUrl) -> String {
    let mut document = Document::openapi();
    document.servers = Some(vec![Server::new(public.origin())]);
    let components = document.components.get_or_insert_default();
    for (name, scheme) in schemes() {
        components
            .security_schemes
            .insert(name.to_owned(), RefOr::T(scheme));
    }
    for answer in ANSWERS {
        components
            .responses
            .insert(answer.name.to_owned(), RefOr::T(answer.response()));
    }
    for (path, item) in &mut document.paths.paths {
        let operations = [&mut item.get, &mut item.post];
        for operation in operations.into_iter().flatten() {
            if let Some(RefOr::T(body)) = &mut operation.request_body {
                body.required = Some(Required::True);
            }
            describe_refusals(path, operation);
        }
        if path == "/userinfo" {
            item.post = item.get.clone().map(|mut operation| {
                operation.operation_id = Some("userinfo_posted".to_owned());
                operation
            });
        }
    }
    let mut document = serde_json::to_value(&document).unwrap_or_default();
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        schemas.extend(catalogue::schemas(policy));
        schemas.insert("OperationTold".to_owned(), webhooks::schema());
    }
    document["webhooks"] = webhooks::section();
    document.to_string()
}

/// An answer that many routes have.
struct Answer {
    status: &'static str,
    name: &'static str,
    description: &'static str,
    header: Option<(&'static str, &'static str)>,
    given: fn(&str, &Operation) -> bool,
}

fn guarded(path: &str, _: &Operation) -> bool {
    path.starts_with("/v1/")
}

fn posted(path: &str, operation: &Operation) -> bool {
    guarded(path, operation) && operation.request_body.is_some()
}

const ANSWERS: &[Answer] = &[
    Answer {
        status: "400",
        name: "BadRequest",
        description: "The bytes of the request cannot be read: JSON, UTF-8, a header.",
        header: None,
        given: |path, _| path != "/token",
    },
    Answer {
        status: "401",
        name: "Unauthorized",
        description: "No valid credential.",
        header: Some(("WWW-Authenticate", "How to prove who calls (RFC 6750).")),
        given: |path, operation| guarded(path, operation) || path == "/userinfo",
    },
    Answer {
        status: "403",
        name: "Forbidden",
        description: "The credential lacks the scope, or the address is not registered.",
        header: Some(("WWW-Authenticate", "Which scope is missing (RFC 6750).")),
        given: guarded,
    },
    Answer {
        status: "404",
        name: "NotFound",
        description: "There is no such thing of your application.",
        header: None,
        given: |path, operation| {
            guarded(path, operation)
                && !["/v1/decisions", "/v1/grants/redeem", "/v1/sweeps"].contains(&path)
        },
    },
    Answer {
        status: "408",
        name: "TooSlow",
        description: "The body did not arrive in time.",
        header: None,
        given: |_, _| true,
    },
    Answer {
        status: "409",
        name: "Conflict",
        description: "It does not fit the state of things: the grant was refused (see `reason`), or the moment is too far from now.",
        header: None,
        given: |path, _| ["/v1/decisions", "/v1/grants/redeem"].contains(&path),
    },
    Answer {
        status: "413",
        name: "TooLarge",
        description: "The body has more than 65536 bytes.",
        header: None,
        given: |_, _| true,
    },
    Answer {
        status: "415",
        name: "NotJson",
        description: "The body is not called application/json.",
        header: None,
        given: posted,
    },
    Answer {
        status: "422",
        name: "Unprocessable",
        description: "Fields are wrong (see `errors`), or the idempotency key belongs to another request.",
        header: None,
        given: posted,
    },
    Answer {
        status: "500",
        name: "Internal",
        description: "Something failed here.",
        header: None,
        given: |_, _| true,
    },
    Answer {
        status: "503",
        name: "Unavailable",
        description: "Too busy, or the database is away.",
        header: Some((
            "Retry-After",
            "Seconds after which it is worth trying again.",
        )),
        given: |_, _| true,
    },
];

impl Answer {
    fn response(&self) -> Response {
        let schema = Ref::from_schema_name("Problem");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new()
            .description(self.description)
            .content(MEDIA_TYPE, content);
        match self.header {
            Some((name, description)) => {
                let text = Object::with_type(Type::String);
                let header = HeaderBuilder::new()
                    .schema(Some(text))
                    .description(Some(description));
                response.header(name, header.build()).build()
            }
            None => response.build(),
        }
    }
}

fn describe_refusals(path: &str, operation: &mut Operation) {
    let given = ANSWERS
        .iter()
        .filter(|answer| (answer.given)(path, operation));
    let given: Vec<_> = given.collect();
    for answer in given {
        let response = RefOr::Ref(Ref::from_response_name(answer.name));
        let responses = &mut operation.responses.responses;
        responses
            .entry(answer.status.to_owned())
            .or_insert(response);
    }
}

fn schemes() -> [(&'static str, SecurityScheme); 3] {
    let http = |scheme, description| {
        let scheme = HttpBuilder::new()
            .scheme(scheme)
            .description(Some(description));
        SecurityScheme::Http(scheme.build())
    };
    [
        (
            "credential",
            http(
                HttpAuthScheme::Bearer,
                "An API credential, `ska_…`, made by the operator.",
            ),
        ),
        (
            "access_token",
            http(HttpAuthScheme::Bearer, "An access token of `/token`."),
        ),
        (
            "client",
            http(
                HttpAuthScheme::Basic,
                "Client id and secret (RFC 6749 section 2.3.1).",
            ),
        ),
    ]
}

/// The words of a verdict.
#[must_use]
pub fn verdict() -> Ref {
    Ref::from_schema_name("Verdict")
}

/// A list of requirements.
#[must_use]
pub fn requirements() -> Ref {
    Ref::from_schema_name("Requirements")
}

/// The words of an outcome.
#[must_use]
pub fn outcome() -> Ref {
    Ref::from_schema_name("Outcome")
}

/// The words of an operation's state.
#[must_use]
pub fn state() -> Ref {
    Ref::from_schema_name("OperationState")
}
