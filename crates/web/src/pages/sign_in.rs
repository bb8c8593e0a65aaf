//! `/sign-in`: login and password.
//!
//! **Invariant:** one sentence for everything that may be wrong, so the page tells nobody who is a
//! customer.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::SecretString;
use sekisho_core::id::AuthorizationId;
use sekisho_gate::{SignIn, SignInAnswer};

use super::arrival::{Arrival, exposed, remember};
use super::frame::Frame;
use super::opened::welcome;
use super::posted::Posted;
use super::trouble::Trouble;
use crate::cookies;
use crate::forms::{Errors, ReturnTo};
use crate::texts::fill;

const FORM: &str = "sign_in";

#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    pub f: Frame,
    pub csrf: String,
    pub return_to: String,
    pub login: String,
    pub told: Option<&'static str>,
    pub onward: Option<String>,
    pub sign_up_href: String,
    pub errors: Errors,
}

/// What the page is filled with.
struct Filled {
    return_to: ReturnTo,
    login: String,
    errors: Errors,
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let return_to = ReturnTo::parse_or_home(&arrival.asked("return_to").unwrap_or_default());
    let again = arrival.asked("again").is_some();
    if !again && arrival.session().await?.is_some() {
        return Ok(Redirect::to(return_to.as_str()).into_response());
    }
    let filled = Filled {
        return_to,
        login: String::new(),
        errors: Errors::none(),
    };
    let page = page(&arrival, filled).await?;
    Ok(arrival.shown(&page))
}

async fn page(arrival: &Arrival, filled: Filled) -> Result<SignInPage, Trouble> {
    let words = arrival.texts().sign_in;
    let told = match arrival.asked("told").as_deref() {
        _ if !filled.errors.is_empty() => None,
        _ if arrival.asked("again").is_some() => Some(words.again),
        Some("over") => Some(words.over),
        Some("needed") => Some(words.needed),
        _ => None,
    };
    let waiting = waiting(arrival, &filled.return_to).await?;
    let hint = waiting.as_ref().and_then(|(_, hint)| hint.clone());
    let onward = waiting.map(|(name, _)| fill(words.onward, &[("application", &name)]));
    Ok(SignInPage {
        f: Frame::of(arrival, words.title).with(&filled.errors),
        csrf: arrival.app().gate.csrf_token(arrival.binding(), FORM),
        sign_up_href: filled.return_to.on("/sign-up"),
        return_to: filled.return_to.as_str().to_owned(),
        login: if filled.login.is_empty() {
            hint.unwrap_or_default()
        } else {
            filled.login
        },
        told,
        onward,
        errors: filled.errors,
    })
}

/// The application that waits behind `return_to`, by its name, and the login it suggested.
async fn waiting(
    arrival: &Arrival,
    return_to: &ReturnTo,
) -> Result<Option<(String, Option<String>)>, Trouble> {
    let prefix = concat!("aut", "_");
    let found = return_to
        .as_str()
        .find(prefix)
        .and_then(|at| return_to.as_str().get(at..at + prefix.len() + 26))
        .and_then(|id| id.parse::<AuthorizationId>().ok());
    let Some(id) = found else {
        return Ok(None);
    };
    let known = arrival.app().gate.authorization(id).await?;
    Ok(known.map(|(_, parameters, name)| (name, parameters.login_hint)))
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    posted.proves_visitor(FORM)?;
    let Posted { arrival, form } = posted;
    let words = arrival.texts().sign_in;
    let return_to = ReturnTo::parse_or_home(form.text("return_to"));
    let login = form.text("login").trim().to_owned();
    let mut errors = Errors::none();
    if login.is_empty() {
        errors.add("login", words.login_missing);
    }
    if form.text("password").is_empty() {
        errors.add("password", words.password_missing);
    }
    if errors.is_empty() {
        let typed = SignIn {
            login: login.clone(),
            password: SecretString::from(form.text("password")),
            return_to: return_to.as_str().to_owned(),
            visitor: arrival.visitor().clone(),
        };
        match arrival.app().gate.sign_in(typed).await? {
            SignInAnswer::Opened(opened) => return welcome(&arrival, opened).await,
            SignInAnswer::StepUp { interaction } => {
                let mut response = Redirect::to("/code").into_response();
                remember(
                    response.headers_mut(),
                    cookies::INTERACTION,
                    &exposed(&interaction),
                );
                return Ok(response);
            }
            SignInAnswer::Refused => errors.add("", words.refused),
        }
    }
    let filled = Filled {
        return_to,
        login,
        errors,
    };
    let page = page(&arrival, filled).await?;
    Ok(arrival.again(&page))
}
