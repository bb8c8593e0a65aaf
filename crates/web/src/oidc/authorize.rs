//! The act "authorize": `/authorize`, where an application sends a browser to find out who is
//! there.
//!
//! A request that stands is kept, and the browser goes on to `/authorize/resume`.
//!
//! **Invariant:** until client and redirect address are known to belong together, an error is shown
//! here and nowhere else.

use axum::extract::{Request, State};
use axum::response::Response;
use sekisho_core::authorize::Prompt;
use sekisho_core::known::ApplicationKnown;
use sekisho_gate::AuthorizeParameters;

use super::error::OidcError;
use super::parameters::Parameters;
use super::uri::{see_other, with_query};
use crate::pages::Trouble;
use crate::state::{App, ClientAddress};

/// Longest `state` and `nonce`, in bytes.
const LONGEST_OPAQUE: usize = 2048;
/// Longest login hint, in bytes; a longer one is no mail address (RFC 5321 section 4.5.3.1.3).
const LONGEST_HINT: usize = 256;
/// Most words of a list.
const MOST_WORDS: usize = 16;

/// Takes a request.
///
/// # Errors
/// A page, when there is no address that an error could be sent to.
pub async fn authorize(State(app): State<App>, request: Request) -> Result<Response, Trouble> {
    let address = request.extensions().get::<ClientAddress>();
    let address = address.and_then(|address| address.0);
    let parameters = Parameters::read(request)
        .await
        .map_err(|_| Trouble::Malformed)?;
    let client = parameters
        .one("client_id")
        .and_then(|text| text.parse().ok());
    let application = match client {
        Some(id) => app.gate.application(id).await?,
        None => None,
    };
    let application = application.ok_or_else(|| misdirected("client_id is not known"))?;
    let redirect_uri = registered(&application, &parameters);
    let redirect_uri = redirect_uri.ok_or_else(|| misdirected("redirect_uri is not registered"))?;
    match read(&parameters) {
        Ok(read) => {
            let gate = &app.gate;
            let kept = gate.authorize(application, redirect_uri, &read, address);
            let id = kept.await?.ok_or(Trouble::Many)?;
            Ok(see_other(&with_query(
                "/authorize/resume",
                &[("id", &id.to_string())],
            )))
        }
        Err(error) => {
            let state = parameters.one("state");
            Ok(refuse(&redirect_uri, error, state, app.gate.issuer()))
        }
    }
}

/// The trouble of a person whom an application sent here wrongly; the log tells its engineer why.
pub(super) fn misdirected(why: &'static str) -> Trouble {
    tracing::info!(target: "oidc", why, "an application sent a browser here wrongly");
    Trouble::Misdirected
}

/// Sends the browser back with an error, and with the issuer (RFC 9207).
#[must_use]
pub fn refuse(redirect_uri: &str, error: OidcError, state: Option<&str>, iss: &str) -> Response {
    let mut pairs = vec![
        ("error", error.code),
        ("error_description", error.description),
    ];
    pairs.extend(state.map(|state| ("state", state)));
    pairs.push(("iss", iss));
    see_other(&with_query(redirect_uri, &pairs))
}

/// The redirect address, if it is exactly one that was registered (RFC 9700 section 2.1).
fn registered(application: &ApplicationKnown, parameters: &Parameters) -> Option<String> {
    let given = parameters.one("redirect_uri")?;
    let mut known = application.redirect_uris.iter();
    known.find(|uri| uri.as_str() == given).cloned()
}

/// Everything but client and redirect address.
fn read(parameters: &Parameters) -> Result<AuthorizeParameters, OidcError> {
    refuse_unsupported(parameters)?;
    let bounded = |name, most| match parameters.one(name) {
        Some(text) if text.len() > most => {
            Err(OidcError::invalid_request("state or nonce is too long"))
        }
        other => Ok(other.map(str::to_owned)),
    };
    let max_age = parameters.one("max_age").map(max_age).transpose()?;
    let hint = parameters.one("login_hint");
    let list = |name| {
        let words = parameters.words(name).into_iter();
        words.take(MOST_WORDS).map(str::to_owned).collect()
    };
    Ok(AuthorizeParameters {
        state: bounded("state", LONGEST_OPAQUE)?,
        nonce: bounded("nonce", LONGEST_OPAQUE)?,
        scope: scope(parameters)?,
        code_challenge: challenge(parameters)?.to_owned(),
        acr_values: list("acr_values"),
        max_age,
        prompt: prompt(parameters)?,
        login_hint: hint
            .filter(|hint| hint.len() <= LONGEST_HINT)
            .map(str::to_owned),
        ui_locales: list("ui_locales"),
    })
}

/// What we do not take, each with the code that its specification names.
fn refuse_unsupported(parameters: &Parameters) -> Result<(), OidcError> {
    if parameters.repeated().is_some() {
        return Err(OidcError::invalid_request("a parameter stands there twice"));
    }
    for (name, code) in [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ] {
        if parameters.one(name).is_some() {
            let description = "send the parameters in the query or in a form";
            return Err(OidcError::new(code, description));
        }
    }
    match parameters.one("response_type") {
        Some("code") => {}
        None => return Err(OidcError::invalid_request("response_type is missing")),
        Some(_) => {
            let description = "response_type must be code";
            return Err(OidcError::new("unsupported_response_type", description));
        }
    }
    match parameters.one("response_mode") {
        None | Some("query") => Ok(()),
        Some(_) => Err(OidcError::invalid_request("response_mode must be query")),
    }
}

/// The granted scope: `openid`; words that are not known are left out (OpenID Connect Core section
/// 3.1.2.1).
fn scope(parameters: &Parameters) -> Result<String, OidcError> {
    if parameters.words("scope").contains(&"openid") {
        Ok("openid".to_owned())
    } else {
        Err(OidcError::new("invalid_scope", "scope must contain openid"))
    }
}

/// The PKCE challenge: 43 characters of base64url (RFC 7636 section 4.2), S256 alone (RFC 9700
/// section 2.1.1).
fn challenge(parameters: &Parameters) -> Result<&str, OidcError> {
    let method = parameters.one("code_challenge_method");
    let challenge = parameters.one("code_challenge");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    match (challenge, method) {
        (None, _) => Err(OidcError::invalid_request(
            "code_challenge is missing (PKCE)",
        )),
        (Some(_), method) if method != Some("S256") => Err(OidcError::invalid_request(
            "code_challenge_method must be S256",
        )),
        (Some(challenge), _) if challenge.len() == 43 && challenge.bytes().all(plain) => {
            Ok(challenge)
        }
        _ => Err(OidcError::invalid_request(
            "code_challenge is not one of S256",
        )),
    }
}

fn max_age(text: &str) -> Result<u32, OidcError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return Err(OidcError::invalid_request(
            "max_age must be a number of seconds",
        ));
    }
    Ok(text.parse().unwrap_or(u32::MAX))
}

/// `consent` asks nothing, since every application is the operator's own; whoever is to choose an
/// account signs in.
fn prompt(parameters: &Parameters) -> Result<Option<Prompt>, OidcError> {
    let words = parameters.words("prompt");
    let known = |word: &&str| ["consent", "login", "none", "select_account"].contains(word);
    if !words.iter().all(known) {
        return Err(OidcError::invalid_request("prompt has an unknown value"));
    }
    match (words.contains(&"none"), words.len()) {
        (true, 1) => Ok(Some(Prompt::None)),
        (true, _) => Err(OidcError::invalid_request("prompt=none must stand alone")),
        (false, _) => {
            let again = words
                .iter()
                .any(|word| ["login", "select_account"].contains(word));
            Ok(again.then_some(Prompt::Login))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn with(changes: &[(&str, &str)]) -> Result<AuthorizeParameters, OidcError> {
        let mut pairs = vec![
            ("response_type", "code"),
            ("scope", "openid profile"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("state", "s"),
        ];
        pairs.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        pairs.extend(changes);
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        read(&Parameters::of(pairs.into_iter().map(owned).collect()))
    }

    #[test]
    fn a_good_request_is_read_whole() {
        let read = with(&[
            ("max_age", "300"),
            ("prompt", "login consent"),
            ("acr_values", "phr urn:sekisho:acr:multi"),
            ("ui_locales", "en ja"),
            ("login_hint", "hana@example.com"),
            ("nonce", "n"),
        ])
        .unwrap();
        assert_eq!(read.scope, "openid");
        assert_eq!(
            (read.state.as_deref(), read.nonce.as_deref()),
            (Some("s"), Some("n"))
        );
        assert_eq!(
            (read.max_age, read.prompt),
            (Some(300), Some(Prompt::Login))
        );
        assert_eq!(read.acr_values, ["phr", "urn:sekisho:acr:multi"]);
        assert_eq!(read.code_challenge, CHALLENGE);
        assert_eq!(
            with(&[("max_age", "99999999999")]).unwrap().max_age,
            Some(u32::MAX)
        );
        assert_eq!(with(&[("prompt", "consent")]).unwrap().prompt, None);
        assert_eq!(
            with(&[("prompt", "select_account")]).unwrap().prompt,
            Some(Prompt::Login)
        );
        assert_eq!(
            with(&[("prompt", "none")]).unwrap().prompt,
            Some(Prompt::None)
        );
    }

    #[test]
    fn every_refusal_has_its_code() {
        let long = "x".repeat(LONGEST_OPAQUE + 1);
        for (changes, code) in [
            (&[("response_type", "")][..], "invalid_request"),
            (
                &[("response_type", "code id_token")],
                "unsupported_response_type",
            ),
            (&[("response_type", "token")], "unsupported_response_type"),
            (&[("response_mode", "fragment")], "invalid_request"),
            (&[("response_mode", "form_post")], "invalid_request"),
            (&[("scope", "profile")], "invalid_scope"),
            (&[("code_challenge", "")], "invalid_request"),
            (&[("code_challenge", "short")], "invalid_request"),
            (&[("code_challenge_method", "")], "invalid_request"),
            (&[("code_challenge_method", "plain")], "invalid_request"),
            (&[("request", "eyJ")], "request_not_supported"),
            (&[("request_uri", "https://a")], "request_uri_not_supported"),
            (&[("registration", "{}")], "registration_not_supported"),
            (&[("prompt", "none login")], "invalid_request"),
            (&[("prompt", "create")], "invalid_request"),
            (&[("max_age", "-1")], "invalid_request"),
            (&[("max_age", "1.5")], "invalid_request"),
            (&[("nonce", "a"), ("nonce", "a")], "invalid_request"),
            (&[("state", &long)], "invalid_request"),
        ] {
            assert_eq!(with(changes).unwrap_err().code, code, "{changes:?}");
        }
    }
}
