//! The form on a page that is answered by a passkey, and the pages that read the answer.
//!
//! **Invariant:** the form is hidden until the browser is known to have passkeys, so nobody sees a
//! button that does nothing.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_core::id::OperationId;
use sekisho_gate::{
    Answer, Claim, CodeAnswer, ConfirmAnswer, PasskeyPrompt, PasskeySignIn, Seen, SignInAnswer,
};

use super::arrival::Arrival;
use super::confirm::Wrong;
use super::frame::versioned;
use super::opened::welcome;
use super::posted::Posted;
use super::prove::place_to_prove;
use super::set_pin::{self, PinField};
use super::trouble::Trouble;
use super::{assets, code, confirm, sign_in};
use crate::forms::{ReturnTo, passkey as posted_passkey};

/// How the form stands on its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is the way.
    Main,
    /// It is one way among others.
    Beside,
    /// As that, and the login field suggests passkeys too.
    Filling,
}

/// The form.
#[derive(Clone, Debug)]
pub struct PasskeyForm {
    pub action: String,
    pub options: String,
    /// What the browser may show itself.
    pub payment: Option<String>,
    pub csrf: String,
    pub ticket: String,
    pub return_to: Option<String>,
    pub label: &'static str,
    /// Asked for beside the passkey.
    pub pin: Option<PinField>,
    pub script: String,
    standing: Standing,
}

impl PasskeyForm {
    /// The form that answers `prompt` at `action`.
    pub fn of(
        prompt: &PasskeyPrompt,
        action: String,
        csrf: String,
        said: (&'static str, Standing),
    ) -> Self {
        let (label, standing) = said;
        Self {
            action,
            options: posted_passkey::request(prompt),
            payment: None,
            csrf,
            ticket: prompt.ticket.clone(),
            return_to: None,
            label,
            pin: None,
            script: versioned(assets::PASSKEY, assets::PASSKEY_TEXT),
            standing,
        }
    }

    pub fn is_filling(&self) -> bool {
        self.standing == Standing::Filling
    }

    pub fn is_quiet(&self) -> bool {
        self.standing != Standing::Main
    }
}

/// The name of the sign-in form.
pub const SIGN_IN: &str = "sign_in_passkey";
/// The name of the form in the place of a code.
pub const CODE: &str = "code_passkey";
/// The step of a confirmation.
pub const CONFIRM: &str = "passkey";

pub async fn sign_in(posted: Posted) -> Result<Response, Trouble> {
    posted.proves_visitor(SIGN_IN)?;
    let Posted { arrival, form } = posted;
    let return_to = ReturnTo::parse_or_home(form.text("return_to"));
    let terminal = sign_in::terminal(&form);
    if let Some(answer) = posted_passkey::answer(&form) {
        let signed = PasskeySignIn {
            answer,
            binding: arrival.binding().to_owned(),
            return_to: return_to.as_str().to_owned(),
            visitor: arrival.visitor_at(terminal),
        };
        let gate = &arrival.app().gate;
        if let SignInAnswer::Opened(opened) = gate.sign_in_by_passkey(signed).await? {
            return Ok(sign_in::marked(welcome(&arrival, opened).await?, terminal));
        }
    }
    let refused = arrival.texts().passkey.refused;
    sign_in::refused(&arrival, return_to, refused).await
}

pub async fn code(posted: Posted) -> Result<Response, Trouble> {
    let Some(cookie) = posted.arrival.interaction().map(str::to_owned) else {
        return Ok(code::over());
    };
    posted.proves(&cookie, CODE)?;
    let Posted { arrival, form } = posted;
    if let Some(answer) = posted_passkey::answer(&form) {
        let gate = &arrival.app().gate;
        match gate.answer(&cookie, &answer, arrival.visitor()).await? {
            CodeAnswer::Opened(opened) => return welcome(&arrival, opened).await,
            CodeAnswer::Changed { return_to } => return Ok(code::changed(&return_to)),
            CodeAnswer::Over => return Ok(code::over()),
            CodeAnswer::Wrong => {}
        }
    }
    code::refused(&arrival, "", arrival.texts().passkey.refused).await
}

pub async fn confirm(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: OperationId = confirm::read(&id)?;
    let session = posted.arrival.member().await?;
    posted.proves_member(&confirm::form(CONFIRM, id))?;
    let Posted { arrival, form } = posted;
    let path = confirm::path(id);
    let mut wrong = Wrong::Other("", arrival.texts().passkey.refused);
    if let Some(signed) = posted_passkey::answer(&form) {
        let gate = &arrival.app().gate;
        let pin = set_pin::typed(&form);
        let answer = Answer {
            claim: Claim::Passkey(&signed),
            pin: pin.as_ref(),
            seen: Seen::Page(arrival.locale(), &confirm::seen(&arrival)),
        };
        let to = match gate
            .confirm(&session, id, answer, arrival.visitor())
            .await?
        {
            ConfirmAnswer::Closed => Some(format!("{path}?told=closed")),
            ConfirmAnswer::Confirmed => Some(format!("{path}/done")),
            ConfirmAnswer::Held => Some(path),
            ConfirmAnswer::Changed => {
                wrong = Wrong::Other("", arrival.texts().confirm.altered);
                None
            }
            ConfirmAnswer::OtherDevice => Some(confirm::other_device(id)),
            ConfirmAnswer::ProveAgain => Some(place_to_prove(&path)),
            ConfirmAnswer::PinMissing => {
                wrong = Wrong::Pin(confirm::PASSKEY_PIN);
                None
            }
            ConfirmAnswer::Wrong => None,
        };
        if let Some(to) = to {
            return Ok(Redirect::to(&to).into_response());
        }
    }
    confirm::refused(&arrival, &session, id, wrong).await
}

/// The form on the sign-in page.
pub fn on_sign_in(arrival: &Arrival, return_to: &ReturnTo) -> Result<Option<PasskeyForm>, Trouble> {
    let gate = &arrival.app().gate;
    let Some(prompt) = gate.sign_in_prompt(arrival.binding())? else {
        return Ok(None);
    };
    let csrf = gate.csrf_token(arrival.binding(), SIGN_IN);
    let said = (arrival.texts().passkey.sign_in, Standing::Filling);
    let mut form = PasskeyForm::of(&prompt, "/sign-in/passkey".to_owned(), csrf, said);
    form.return_to = Some(return_to.as_str().to_owned());
    Ok(Some(form))
}
