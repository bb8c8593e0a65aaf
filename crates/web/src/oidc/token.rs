//! `/token`: an application exchanges a code for tokens (RFC 6749 section 4.1.3, OpenID Connect
//! Core section 3.1.3).
//!
//! **Invariant:** the application proves itself before its code is looked at, and no answer may be
//! kept.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::SecretString;
use sekisho_core::known::ApplicationKnown;
use sekisho_gate::Exchange;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::error::OidcError;
use super::parameters::Parameters;
use crate::problem::Problem;
use crate::state::App;

const NO_STORE: [(HeaderName, HeaderValue); 2] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::PRAGMA, HeaderValue::from_static("no-cache")),
];
const INVALID_CLIENT: OidcError = OidcError::new("invalid_client", "client authentication failed");

/// The tokens for a code.
#[derive(Serialize, ToSchema)]
#[schema(as = Tokens)]
pub struct TokensBody {
    /// For `/userinfo`.
    access_token: String,
    /// `Bearer`.
    token_type: &'static str,
    /// Seconds for which the access token is valid.
    expires_in: u32,
    /// Granted scope.
    scope: String,
    /// Who is there, and how they proved it.
    id_token: String,
}

/// An error of the token endpoint.
#[derive(Serialize, ToSchema)]
#[schema(as = TokenError)]
pub struct TokenErrorBody {
    /// The registered code.
    error: &'static str,
    /// What to mend.
    error_description: &'static str,
}

/// Exchanges a code.
///
/// # Errors
/// Faults.
#[utoipa::path(
    post, path = "/token", operation_id = "token", tag = "openid-connect",
    summary = "Exchange a code for tokens",
    request_body(content = ref("#/components/schemas/TokenRequest"), content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The tokens.", body = TokensBody),
        (status = 400, description = "The request or the code is not good.", body = TokenErrorBody),
        (status = 401, description = "The client is not proved.", body = TokenErrorBody),
    ),
    security((), ("client" = []))
)]
pub async fn token(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let basic = basic(request.headers());
    let Ok(parameters) = Parameters::read(request).await else {
        let error = OidcError::invalid_request("the body is not a form");
        return Ok(refused(StatusCode::BAD_REQUEST, error));
    };
    let application = match prove(&app, &parameters, basic).await? {
        Ok(application) => application,
        Err(error) if error == INVALID_CLIENT => {
            return Ok(refused(StatusCode::UNAUTHORIZED, error));
        }
        Err(error) => return Ok(refused(StatusCode::BAD_REQUEST, error)),
    };
    let exchange = match read(&parameters, &application) {
        Ok(exchange) => exchange,
        Err(error) => return Ok(refused(StatusCode::BAD_REQUEST, error)),
    };
    let Some(tokens) = app.gate.exchange(exchange).await? else {
        let error = OidcError::new("invalid_grant", "the code is over, used or not for this");
        return Ok(refused(StatusCode::BAD_REQUEST, error));
    };
    let body = TokensBody {
        access_token: tokens.access_token,
        token_type: "Bearer",
        expires_in: tokens.expires_in,
        scope: tokens.scope,
        id_token: tokens.id_token,
    };
    Ok((NO_STORE, Json(body)).into_response())
}

/// Client id and secret of an `Authorization: Basic` header.
#[derive(Debug)]
enum Basic {
    Absent,
    Broken,
    Given(String, SecretString),
}

/// Both parts are form-encoded within the header (RFC 6749 section 2.3.1).
fn basic(headers: &HeaderMap) -> Basic {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Basic::Absent;
    };
    let read = || {
        let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
        let known = scheme.eq_ignore_ascii_case("basic") && values.next().is_none();
        let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
        let text = String::from_utf8(decoded).ok().filter(|_| known)?;
        let (id, secret) = text.split_once(':')?;
        Some(Basic::Given(
            form_decoded(id)?,
            form_decoded(secret)?.into(),
        ))
    };
    let mut read = read;
    read().unwrap_or(Basic::Broken)
}

fn form_decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            plain => plain,
        });
    }
    String::from_utf8(decoded).ok()
}

/// The application, by one way of proving itself.
async fn prove(
    app: &App,
    parameters: &Parameters,
    basic: Basic,
) -> Result<Result<ApplicationKnown, OidcError>, Problem> {
    let posted = parameters.one("client_secret");
    let (id, secret) = match (basic, parameters.one("client_id"), posted) {
        (Basic::Broken, _, _) | (Basic::Absent, None, _) => return Ok(Err(INVALID_CLIENT)),
        (Basic::Given(..), _, Some(_)) => {
            let description = "the client proves itself in two ways";
            return Ok(Err(OidcError::invalid_request(description)));
        }
        (Basic::Given(id, _), Some(named), None) if id != named => return Ok(Err(INVALID_CLIENT)),
        (Basic::Given(id, secret), _, None) => (id, Some(secret)),
        (Basic::Absent, Some(id), secret) => (id.to_owned(), secret.map(SecretString::from)),
    };
    let found = app.gate.authenticate(&id, secret.as_ref()).await?;
    Ok(found.ok_or(INVALID_CLIENT))
}

fn read(parameters: &Parameters, application: &ApplicationKnown) -> Result<Exchange, OidcError> {
    if parameters.repeated().is_some() {
        return Err(OidcError::invalid_request("a parameter stands there twice"));
    }
    match parameters.one("grant_type") {
        Some("authorization_code") => {}
        None => return Err(OidcError::invalid_request("grant_type is missing")),
        Some(_) => {
            let description = "grant_type must be authorization_code";
            return Err(OidcError::new("unsupported_grant_type", description));
        }
    }
    let required = |name, missing| {
        let given = parameters.one(name).map(str::to_owned);
        given.ok_or(OidcError::invalid_request(missing))
    };
    Ok(Exchange {
        application: application.id,
        code: required("code", "code is missing")?,
        redirect_uri: required("redirect_uri", "redirect_uri is missing")?,
        verifier: required("code_verifier", "code_verifier is missing (PKCE)")?,
    })
}

/// An error as RFC 6749 section 5.2 wants it.
fn refused(status: StatusCode, error: OidcError) -> Response {
    let body = Json(json!({"error": error.code, "error_description": error.description}));
    let mut response = (status, NO_STORE, body).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static(r#"Basic realm="sekisho", charset="UTF-8""#);
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn read_basic(value: &str) -> Basic {
        let value = HeaderValue::from_str(value).unwrap();
        basic(&HeaderMap::from_iter([(header::AUTHORIZATION, value)]))
    }

    #[test]
    fn basic_credentials_are_decoded_twice() {
        let encoded = BASE64_STANDARD.encode("app%5F1:a%2Bb+c");
        let Basic::Given(id, secret) = read_basic(&format!("bAsIc {encoded}")) else {
            panic!("not read");
        };
        assert_eq!((id.as_str(), secret.expose_secret()), ("app_1", "a+b c"));
    }

    #[test]
    fn another_scheme_or_broken_base64_is_no_absence() {
        for broken in [
            "Bearer x",
            "Basic",
            "Basic ====",
            "Basic YQ==",
            "Basic YTolZw==",
        ] {
            assert!(matches!(read_basic(broken), Basic::Broken), "{broken}");
        }
        assert!(matches!(basic(&HeaderMap::new()), Basic::Absent));
    }
}
