//! `/sign-in`: by passkey, and by nothing else.
//!
//! **Invariant:** every answer that opens nothing says the same.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use sekisho_gate::StaffSignIn;

use super::frame::{ConsoleFrame, onward};
use super::posted::Posted;
use super::visit::{SESSION, Visit, exposed, remember};
use crate::forms::{Errors, ReturnTo, passkey as posted_passkey};
use crate::pages::Trouble;
use crate::pages::passkey::{PasskeyForm, Standing};

const FORM: &str = "console_sign_in";

#[derive(Template)]
#[template(path = "console/sign_in.html")]
pub struct SignInPage {
    pub f: ConsoleFrame,
    pub passkey: Option<PasskeyForm>,
    pub told: Option<&'static str>,
    pub errors: Errors,
}

fn page(visit: &Visit, return_to: &ReturnTo, errors: Errors) -> Result<SignInPage, Trouble> {
    let (gate, words) = (visit.gate(), visit.texts().console);
    let prompt = gate.staff_sign_in_prompt(visit.binding(), visit.origin())?;
    let passkey = prompt.map(|prompt| {
        let csrf = gate.csrf_token(visit.binding(), FORM);
        let said = (words.sign_in, Standing::Main);
        let mut form = PasskeyForm::of(&prompt, "/sign-in".to_owned(), csrf, said);
        form.return_to = Some(return_to.as_str().to_owned());
        form
    });
    let told = match visit.asked("told").as_deref() {
        _ if !errors.is_empty() => None,
        Some("enrolled") => Some(words.enrolled),
        Some("out") => Some(words.signed_out),
        _ => None,
    };
    Ok(SignInPage {
        f: ConsoleFrame::of(visit, words.sign_in_title).with(&errors),
        passkey,
        told,
        errors,
    })
}

pub async fn show(visit: Visit) -> Result<Response, Trouble> {
    let return_to = ReturnTo::parse_or_home(&visit.asked("return_to").unwrap_or_default());
    Ok(visit.shown(&page(&visit, &return_to, Errors::none())?))
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    posted.proves_visitor(FORM)?;
    let Posted { visit, form } = posted;
    let return_to = ReturnTo::parse_or_home(form.text("return_to"));
    if let Some(answer) = posted_passkey::answer(&form) {
        let typed = StaffSignIn {
            answer,
            binding: visit.binding().to_owned(),
            origin: visit.origin().to_owned(),
            address: visit.address(),
        };
        if let Some(token) = visit.gate().staff_sign_in(&typed).await? {
            let mut response = onward(home_or(&return_to));
            remember(response.headers_mut(), SESSION, &exposed(&token));
            return Ok(response);
        }
    }
    let errors = Errors::one("", visit.texts().console.refused);
    let page = page(&visit, &return_to, errors)?;
    Ok(visit.page(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// Where customers come to after signing in there is nothing here.
pub(super) fn home_or(return_to: &ReturnTo) -> &str {
    match return_to.as_str() {
        "/account" => "/",
        other => other,
    }
}
