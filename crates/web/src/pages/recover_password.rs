//! `/recover/password`: a new password in the place of one that was forgotten, and the end of a
//! recovery from within.
//!
//! **Invariant:** the password does not come back with the page, whatever was wrong.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::SecretString;
use sekisho_core::known::RecoveryKind;
use sekisho_core::notice::Locale;
use sekisho_core::password::Examination;
use sekisho_gate::{ChooseAnswer, ShownRecovery};

use super::arrival::Arrival;
use super::frame::Frame;
use super::new_password::{NewPassword, findings};
use super::posted::Posted;
use super::recover::leave;
use super::trouble::Trouble;
use crate::forms::Errors;
use crate::texts::{Texts, When, fill};

const FORM: &str = "/recover/password";

#[derive(Template)]
#[template(path = "recover_choose.html")]
pub struct ChoosePage {
    pub f: Frame,
    pub csrf: String,
    pub password: NewPassword,
    pub errors: Errors,
}

fn page(
    arrival: &Arrival,
    cookie: &str,
    found: Option<&Examination>,
    errors: Errors,
) -> ChoosePage {
    let texts = arrival.texts();
    let gate = &arrival.app().gate;
    let mut password = NewPassword::of(texts, &gate.policy().password, found);
    password.label = texts.recover.choose_label;
    ChoosePage {
        f: Frame::of(arrival, texts.recover.choose_title).with(&errors),
        csrf: gate.csrf_token(cookie, FORM),
        password,
        errors,
    }
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let cookie = arrival.interaction().unwrap_or_default();
    if !arrival.app().gate.may_choose(cookie).await? {
        return Ok(Redirect::to("/recover").into_response());
    }
    Ok(arrival.shown(&page(&arrival, cookie, None, Errors::none())))
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    let Some(cookie) = posted.arrival.interaction().map(str::to_owned) else {
        return Ok(leave("/recover?told=over"));
    };
    posted.proves(&cookie, FORM)?;
    let Posted { arrival, form } = posted;
    let (texts, gate) = (arrival.texts(), &arrival.app().gate);
    if form.text("password").is_empty() {
        let errors = Errors::one("password", texts.recover.choose_missing);
        return Ok(arrival.again(&page(&arrival, &cookie, None, errors)));
    }
    let wanted = SecretString::from(form.text("password"));
    let chosen = gate.choose_password(&cookie, &wanted, arrival.visitor());
    match chosen.await? {
        ChooseAnswer::Findings(found) => {
            let policy = gate.policy();
            let errors = findings(texts.password, &policy.password, &found.findings);
            Ok(arrival.again(&page(&arrival, &cookie, Some(&found), errors)))
        }
        ChooseAnswer::Pin => {
            let errors = Errors::one("password", texts.change_password.pin);
            Ok(arrival.again(&page(&arrival, &cookie, None, errors)))
        }
        ChooseAnswer::Same => {
            let errors = Errors::one("password", texts.recover.choose_reset);
            Ok(arrival.again(&page(&arrival, &cookie, None, errors)))
        }
        ChooseAnswer::Wait => Err(Trouble::Many),
        ChooseAnswer::Over => Ok(leave("/recover?told=over")),
        ChooseAnswer::Set => Ok(leave("/sign-in?told=recovered")),
    }
}

/// A recovery in course as templates show it.
#[derive(Clone, Debug)]
pub struct RecoveryLine {
    pub text: String,
    pub action: String,
    pub csrf: String,
}

impl RecoveryLine {
    /// The words for `recovery`; `csrf` is the token of its form.
    pub fn of(recovery: &ShownRecovery, csrf: String, locale: Locale) -> Self {
        let words = Texts::of(locale).recover;
        let text = match recovery.kind {
            RecoveryKind::Passkey => words.course_passkey,
            RecoveryKind::Password => words.course_password,
            RecoveryKind::Thaw => words.course_thaw,
        };
        let begun = When::of(recovery.begun, locale).text;
        let due = When::of(recovery.due, locale).text;
        Self {
            text: fill(text, &[("begun", &begun), ("due", &due)]),
            action: format!("/security/recovery/{}", recovery.kind.word()),
            csrf,
        }
    }
}

/// The name of the form that ends a recovery.
pub fn form(kind: RecoveryKind) -> String {
    format!("cancel_recovery:{}", kind.word())
}

pub async fn cancel(Path(kind): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let session = posted.arrival.member().await?;
    let kind = RecoveryKind::parse(&kind).ok_or(Trouble::NotFound)?;
    posted.proves_member(&form(kind))?;
    let gate = &posted.arrival.app().gate;
    gate.cancel_recovery(&session, kind).await?;
    Ok(Redirect::to("/security?told=recovery").into_response())
}
