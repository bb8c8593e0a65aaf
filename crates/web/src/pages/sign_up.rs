//! `/sign-up`: registration.
//!
//! **Invariant:** a login that is taken looks like one that is free; only the owner of the channel
//! learns which.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::SecretString;
use sekisho_core::password::Examination;
use sekisho_gate::{SignUp, SignUpAnswer};

use super::arrival::{Arrival, exposed, remember};
use super::frame::Frame;
use super::new_password::{NewPassword, findings};
use super::posted::Posted;
use super::trouble::Trouble;
use crate::cookies;
use crate::forms::{Errors, ReturnTo};

const FORM: &str = "sign_up";

#[derive(Template)]
#[template(path = "sign_up.html")]
pub struct SignUpPage {
    pub f: Frame,
    pub csrf: String,
    pub return_to: String,
    pub login: String,
    pub password: NewPassword,
    pub sign_in_href: String,
    pub errors: Errors,
}

pub async fn show(arrival: Arrival) -> Response {
    let return_to = ReturnTo::parse_or_home(&arrival.asked("return_to").unwrap_or_default());
    arrival.shown(&page(
        &arrival,
        (return_to, String::new()),
        Errors::none(),
        None,
    ))
}

fn page(
    arrival: &Arrival,
    typed: (ReturnTo, String),
    errors: Errors,
    found: Option<&Examination>,
) -> SignUpPage {
    let words = arrival.texts().sign_up;
    let (return_to, login) = typed;
    let gate = &arrival.app().gate;
    SignUpPage {
        f: Frame::of(arrival, words.title).with(&errors),
        csrf: gate.csrf_token(arrival.binding(), FORM),
        sign_in_href: return_to.on("/sign-in"),
        return_to: return_to.as_str().to_owned(),
        login,
        password: NewPassword::of(arrival.texts(), &gate.policy().password, found),
        errors,
    }
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    posted.proves_visitor(FORM)?;
    let Posted { arrival, form } = posted;
    let gate = &arrival.app().gate;
    let words = arrival.texts().sign_up;
    let return_to = ReturnTo::parse_or_home(form.text("return_to"));
    let login = form.text("login").trim().to_owned();
    let (mut errors, mut found) = (Errors::none(), None);
    if login.is_empty() {
        errors.add("login", words.bad_login);
    }
    if form.text("password").is_empty() {
        errors.add("password", words.password_missing);
    }
    if errors.is_empty() {
        let typed = SignUp {
            login: login.clone(),
            password: SecretString::from(form.text("password")),
            return_to: return_to.as_str().to_owned(),
            visitor: arrival.visitor().clone(),
        };
        errors = match gate.sign_up(typed).await? {
            SignUpAnswer::Sent { interaction } => {
                let mut response = Redirect::to("/code").into_response();
                remember(
                    response.headers_mut(),
                    cookies::INTERACTION,
                    &exposed(&interaction),
                );
                return Ok(response);
            }
            SignUpAnswer::BadLogin => Errors::one("login", words.bad_login),
            SignUpAnswer::Findings(examined) => {
                let (words, policy) = (arrival.texts().password, gate.policy());
                let errors = findings(words, &policy.password, &examined.findings);
                found = Some(examined);
                errors
            }
        };
    }
    Ok(arrival.again(&page(&arrival, (return_to, login), errors, found.as_ref())))
}
