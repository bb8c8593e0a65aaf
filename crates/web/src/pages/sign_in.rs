//! `/sign-in`: login and password.
//!
//! **Invariant:** one sentence for everything that may be wrong, so the page tells nobody who is a
//! customer.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::SecretString;
use sekisho_gate::{SignIn, SignInAnswer, Terminal};

use super::arrival::{Arrival, exposed, forget, remember};
use super::frame::Frame;
use super::leads::leading;
use super::opened::welcome;
use super::passkey::{self, PasskeyForm};
use super::posted::Posted;
use super::trouble::Trouble;
use super::waiting::{Waiting, is_resumed, waiting};
use crate::cookies;
use crate::forms::{Errors, Form, ReturnTo};
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
    pub shared: bool,
    pub passkey: Option<PasskeyForm>,
    pub errors: Errors,
}

/// What the page is filled with.
struct Filled {
    return_to: ReturnTo,
    login: String,
    told: Option<&'static str>,
    terminal: Terminal,
    errors: Errors,
}

impl SignInPage {
    fn of(arrival: &Arrival, filled: Filled, waiting: Option<&Waiting>) -> Result<Self, Trouble> {
        let words = arrival.texts().sign_in;
        let named = |waiting: &Waiting| {
            let name = &waiting.application;
            fill(words.onward, &[("application", name)])
        };
        let hint = waiting.and_then(|waiting| waiting.hint.clone());
        let login = match filled.login {
            login if login.is_empty() => hint.unwrap_or_default(),
            login => login,
        };
        Ok(Self {
            passkey: passkey::on_sign_in(arrival, &filled.return_to)?,
            f: Frame::of(arrival, words.title).with(&filled.errors),
            csrf: arrival.app().gate.csrf_token(arrival.binding(), FORM),
            sign_up_href: filled.return_to.on("/sign-up"),
            return_to: filled.return_to.as_str().to_owned(),
            login,
            told: filled.told,
            onward: waiting.map(named),
            shared: filled.terminal == Terminal::Shared,
            errors: filled.errors,
        })
    }
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let words = arrival.texts().sign_in;
    let return_to = ReturnTo::parse_or_home(&arrival.asked("return_to").unwrap_or_default());
    let signed_in = arrival.session().await?.is_some();
    // An application that comes here in spite of a session wants the customer to prove it again.
    if signed_in && !is_resumed(&return_to) {
        return Ok(Redirect::to(return_to.as_str()).into_response());
    }
    let told = match arrival.asked("told").as_deref() {
        _ if signed_in => Some(words.again),
        Some("over") => Some(words.over),
        Some("needed") => Some(words.needed),
        Some("recovered") => Some(arrival.texts().recover.told_set),
        Some("passkeys_gone") => Some(arrival.texts().recover.told_passkeys_gone),
        Some("thawed") => Some(arrival.texts().recover.told_thawed),
        _ => None,
    };
    let filled = Filled {
        return_to,
        login: String::new(),
        told,
        terminal: arrival.visitor().terminal,
        errors: Errors::none(),
    };
    let waiting = waiting(&arrival, &filled.return_to).await?;
    let page = SignInPage::of(&arrival, filled, waiting.as_ref())?;
    let uri = waiting
        .as_ref()
        .map(|waiting| waiting.redirect_uri.as_str());
    Ok(leading(arrival.shown(&page), uri))
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    posted.proves_visitor(FORM)?;
    let Posted { arrival, form } = posted;
    let words = arrival.texts().sign_in;
    let return_to = ReturnTo::parse_or_home(form.text("return_to"));
    let login = form.text("login").trim().to_owned();
    let terminal = terminal(&form);
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
            visitor: arrival.visitor_at(terminal),
        };
        match arrival.app().gate.sign_in(typed).await? {
            SignInAnswer::Opened(opened) => {
                return Ok(marked(welcome(&arrival, opened).await?, terminal));
            }
            SignInAnswer::StepUp { interaction } => {
                let mut response = Redirect::to("/code").into_response();
                remember(
                    response.headers_mut(),
                    cookies::INTERACTION,
                    &exposed(&interaction),
                );
                return Ok(marked(response, terminal));
            }
            SignInAnswer::Passkey => errors.add("", words.passkey_needed),
            SignInAnswer::Refused => errors.add("", words.refused),
        }
    }
    let filled = Filled {
        return_to,
        login,
        told: None,
        terminal,
        errors,
    };
    again(&arrival, filled).await
}

/// Whose the browser is, as the box on the page says.
pub(super) fn terminal(form: &Form) -> Terminal {
    match form.text("shared") {
        "yes" => Terminal::Shared,
        _ => Terminal::Own,
    }
}

/// The browser keeps that others use it until they sign out, so that the next page knows; and
/// forgets what somebody before may have said.
pub(super) fn marked(mut response: Response, terminal: Terminal) -> Response {
    match terminal {
        Terminal::Own => forget(response.headers_mut(), cookies::SHARED),
        Terminal::Shared => remember(response.headers_mut(), cookies::SHARED, "yes"),
    }
    response
}

/// The page again after a passkey that would not do.
pub async fn refused(
    arrival: &Arrival,
    return_to: ReturnTo,
    why: &'static str,
) -> Result<Response, Trouble> {
    let filled = Filled {
        return_to,
        login: String::new(),
        told: None,
        terminal: arrival.visitor().terminal,
        errors: Errors::one("", why),
    };
    again(arrival, filled).await
}

async fn again(arrival: &Arrival, filled: Filled) -> Result<Response, Trouble> {
    let waiting = waiting(arrival, &filled.return_to).await?;
    let page = SignInPage::of(arrival, filled, waiting.as_ref())?;
    let uri = waiting
        .as_ref()
        .map(|waiting| waiting.redirect_uri.as_str());
    Ok(leading(arrival.again(&page), uri))
}
