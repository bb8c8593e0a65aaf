//! `/security/password`: another password.
//!
//! **Invariant:** neither password comes back with the page, whatever was wrong.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::SecretString;
use sekisho_core::password::Examination;
use sekisho_gate::{ChangePassword, PasswordAnswer};

use super::arrival::Arrival;
use super::frame::Frame;
use super::new_password::{NewPassword, findings};
use super::posted::Posted;
use super::prove::way_to_prove;
use super::trouble::Trouble;
use crate::forms::Errors;

const FORM: &str = "change_password";
const PATH: &str = "/security/password";

#[derive(Template)]
#[template(path = "change_password.html")]
pub struct ChangePasswordPage {
    pub f: Frame,
    pub csrf: String,
    pub password: NewPassword,
    pub errors: Errors,
}

fn page(arrival: &Arrival, found: Option<&Examination>, errors: Errors) -> ChangePasswordPage {
    let texts = arrival.texts();
    let gate = &arrival.app().gate;
    let mut password = NewPassword::of(texts, &gate.policy().password, found);
    password.label = texts.change_password.wanted;
    ChangePasswordPage {
        f: Frame::of_member(arrival, texts.change_password.title).with(&errors),
        csrf: gate.csrf_token(arrival.session_binding(), FORM),
        password,
        errors,
    }
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    if !arrival.app().gate.is_fresh(&session).await? {
        return Ok(way_to_prove(PATH));
    }
    Ok(arrival.shown(&page(&arrival, None, Errors::none())))
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let session = arrival.member().await?;
    posted.proves_member(FORM)?;
    let gate = &arrival.app().gate;
    let (texts, form) = (arrival.texts(), &posted.form);
    let words = texts.change_password;
    let mut errors = Errors::none();
    if form.text("current").is_empty() {
        errors.add("current", words.current_missing);
    }
    if form.text("password").is_empty() {
        errors.add("password", words.new_missing);
    }
    if !errors.is_empty() {
        return Ok(arrival.again(&page(arrival, None, errors)));
    }
    let typed = ChangePassword {
        current: SecretString::from(form.text("current")),
        wanted: SecretString::from(form.text("password")),
        visitor: arrival.visitor().clone(),
    };
    let mut found = None;
    let errors = match gate.change_password(&session, typed).await? {
        PasswordAnswer::Changed => {
            return Ok(Redirect::to("/security?told=password").into_response());
        }
        PasswordAnswer::Prove => return Ok(way_to_prove(PATH)),
        PasswordAnswer::Wait => return Err(Trouble::Many),
        PasswordAnswer::Wrong => Errors::one("current", words.current_wrong),
        PasswordAnswer::Pin => Errors::one("password", words.pin),
        PasswordAnswer::Same => Errors::one("password", words.same),
        PasswordAnswer::Findings(examination) => {
            let policy = gate.policy();
            let reasons = examination.findings.as_slice();
            let errors = findings(texts.password, &policy.password, reasons);
            found = Some(examination);
            errors
        }
    };
    Ok(arrival.again(&page(arrival, found.as_ref(), errors)))
}
