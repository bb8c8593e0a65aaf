//! `/prove`: a person in a session shows once more who they are, before what cannot be undone.
//!
//! **Invariant:** the session goes on under another cookie only after a passkey of its person.

use askama::Template;
use axum::response::Response;
use sekisho_core::console::ConsoleAct;
use sekisho_gate::StaffSession;

use super::frame::{ConsoleFrame, onward};
use super::posted::Posted;
use super::sign_in::home_or;
use super::visit::{SESSION, Visit, exposed, remember};
use crate::forms::{Errors, ReturnTo, passkey as posted_passkey};
use crate::pages::Trouble;
use crate::pages::passkey::{PasskeyForm, Standing};

const FORM: &str = "console_prove";

#[derive(Template)]
#[template(path = "console/prove.html")]
pub struct ProvePage {
    pub f: ConsoleFrame,
    pub passkey: PasskeyForm,
    pub errors: Errors,
}

async fn page(
    visit: &Visit,
    session: &StaffSession,
    (return_to, errors): (&ReturnTo, Errors),
) -> Result<ProvePage, Trouble> {
    let (gate, words) = (visit.gate(), visit.texts().console);
    let prompt = gate.staff_proof_prompt(session, visit.origin()).await?;
    let csrf = gate.csrf_token(visit.session_binding(), FORM);
    let said = (words.prove, Standing::Main);
    let mut passkey = PasskeyForm::of(&prompt, "/prove".to_owned(), csrf, said);
    passkey.return_to = Some(return_to.as_str().to_owned());
    Ok(ProvePage {
        f: ConsoleFrame::of_person(visit, session, words.prove_title).with(&errors),
        passkey,
        errors,
    })
}

pub async fn show(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::Passkeys).await?;
    let return_to = ReturnTo::parse_or_home(&visit.asked("return_to").unwrap_or_default());
    let page = page(&visit, &session, (&return_to, Errors::none())).await?;
    Ok(visit.shown(&page))
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.visit.person(ConsoleAct::Passkeys).await?;
    posted.proves_session(FORM)?;
    let Posted { visit, form } = posted;
    let return_to = ReturnTo::parse_or_home(form.text("return_to"));
    if let Some(answer) = posted_passkey::answer(&form) {
        let (gate, origin) = (visit.gate(), visit.origin());
        if let Some(token) = gate.prove_staff_again(&session, &answer, origin).await? {
            let mut response = onward(home_or(&return_to));
            remember(response.headers_mut(), SESSION, &exposed(&token));
            return Ok(response);
        }
    }
    let errors = Errors::one("", visit.texts().console.refused);
    let page = page(&visit, &session, (&return_to, errors)).await?;
    Ok(visit.again(&page))
}
