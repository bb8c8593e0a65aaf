//! Problems: what an application is told when its request was not carried out (RFC 9457).
//!
//! A problem leaves its route as a value; the outermost layer writes it out once, with the
//! request's id.
//!
//! **Invariant:** a problem says what the caller can mend and never what went on inside.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sekisho_core::reason::Reason;
use sekisho_gate::StopTold;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::stop::StopBody;

/// The media type of a problem (RFC 9457 section 6.1).
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Declares the kinds of problems in one table: slug, status, title.
macro_rules! kinds {
    ($($name:ident = $slug:literal, $status:ident: $title:literal,)*) => {
        /// What kind of problem it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $(#[doc = $title] $name,)* }

        impl Kind {
            /// Every kind there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The URN in `type`.
            #[must_use]
            pub const fn urn(self) -> &'static str {
                match self { $(Self::$name => concat!("urn:sekisho:problem:", $slug),)* }
            }

            /// The status it is answered with.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// The same for every occurrence.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

kinds! {
    BadHeader = "bad-header", BAD_REQUEST: "A header is not acceptable.",
    BodyIncomplete = "body-incomplete", BAD_REQUEST: "The body ended too early.",
    BodyTooLarge = "body-too-large", PAYLOAD_TOO_LARGE: "The body is too large.",
    BodyTooSlow = "body-too-slow", REQUEST_TIMEOUT: "The body did not arrive in time.",
    CredentialInvalid = "credential-invalid", UNAUTHORIZED: "No valid API credential.",
    GrantRefused = "grant-refused", CONFLICT: "The grant was not redeemed.",
    IdempotencyKeyReused = "idempotency-key-reused", UNPROCESSABLE_ENTITY:
        "The idempotency key belongs to another request.",
    Internal = "internal", INTERNAL_SERVER_ERROR: "Something failed here.",
    InvalidValue = "invalid-value", UNPROCESSABLE_ENTITY: "A value is not acceptable.",
    MalformedJson = "malformed-json", BAD_REQUEST: "The body is not acceptable JSON.",
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED: "The address has no such method.",
    MissingField = "missing-field", UNPROCESSABLE_ENTITY: "A field is missing.",
    MomentOutOfReach = "moment-out-of-reach", CONFLICT: "The moment is too far from now.",
    NotFound = "not-found", NOT_FOUND: "There is nothing here for this caller.",
    Overloaded = "overloaded", SERVICE_UNAVAILABLE: "Too much is going on at the moment.",
    ReturnUriUnregistered = "return-uri-unregistered", FORBIDDEN:
        "The return address is not registered.",
    ScopeMissing = "scope-missing", FORBIDDEN: "The API credential may not do this.",
    TimedOut = "timed-out", SERVICE_UNAVAILABLE: "The request took too long.",
    Unavailable = "unavailable", SERVICE_UNAVAILABLE: "Not available at the moment.",
    UnknownField = "unknown-field", UNPROCESSABLE_ENTITY: "A field is unknown.",
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE:
        "The body is not JSON.",
    WrongType = "wrong-type", UNPROCESSABLE_ENTITY: "A value is of the wrong type.",
}

/// One thing that is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// What is wrong, as the rest of a sentence about the field.
    pub detail: String,
    /// Where it is: a JSON pointer (RFC 6901).
    pub pointer: String,
}

/// A problem on its way to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    kind: Kind,
    detail: String,
    errors: Vec<FieldError>,
    reason: Option<Reason>,
    retry_after: Option<u32>,
    stop: Option<Box<StopBody>>,
}

impl Problem {
    /// A problem of a kind; `detail` says what happened this time.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            reason: None,
            retry_after: None,
            stop: None,
        }
    }

    /// The stop that refused.
    #[must_use]
    pub fn stopped(mut self, stop: &StopTold) -> Self {
        self.stop = Some(Box::new(StopBody::from(stop)));
        self
    }

    /// What is wrong with the fields; the first one names the problem.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// The code of the decision that refused.
    #[must_use]
    pub const fn because(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// When it is worth trying again, in seconds.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What is wrong with each field.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// The document with the request's id as its `instance`.
    #[must_use]
    pub fn document(&self, request: &str) -> ProblemDocument {
        ProblemDocument {
            kind: self.kind.urn(),
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            detail: self.detail.clone(),
            instance: format!("urn:sekisho:request:{request}"),
            errors: self.errors.clone(),
            reason: self.reason.map(|reason| reason.code().to_owned()),
            stop: self.stop.as_deref().cloned(),
        }
    }
}

/// What is sent: a problem document (RFC 9457 section 3).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// The kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:sekisho:problem:unknown-field")]
    kind: &'static str,
    /// The kind in words; the same for every occurrence.
    title: &'static str,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What happened this time.
    detail: String,
    /// The request, as our log names it.
    #[schema(example = "urn:sekisho:request:k2v0q3w8-1f")]
    instance: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldError>,
    /// The code of the reason, where a decision refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
    /// What is switched off, where the reason is `stopped`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    stop: Option<StopBody>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        let challenge = match self.kind {
            Kind::CredentialInvalid => Some(r#"Bearer realm="sekisho", error="invalid_token""#),
            Kind::ScopeMissing => Some(r#"Bearer realm="sekisho", error="insufficient_scope""#),
            _ => None,
        };
        if let Some(challenge) = challenge {
            let value = HeaderValue::from_static(challenge);
            headers.insert(header::WWW_AUTHENTICATE, value);
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        let mut urns: Vec<_> = Kind::ALL.iter().map(|kind| kind.urn()).collect();
        urns.sort_unstable();
        urns.dedup();
        assert_eq!(urns.len(), Kind::ALL.len());
        assert!(Kind::ALL.iter().all(|kind| kind.status().as_u16() >= 400));
    }

    #[test]
    fn a_document_has_no_empty_members() {
        let problem = Problem::new(Kind::NotFound, "There is no such decision.");
        let text = serde_json::to_value(problem.document("r-1")).unwrap();
        assert_eq!(
            text,
            serde_json::json!({
                "type": "urn:sekisho:problem:not-found",
                "title": "There is nothing here for this caller.",
                "status": 404,
                "detail": "There is no such decision.",
                "instance": "urn:sekisho:request:r-1",
            })
        );
    }
}
