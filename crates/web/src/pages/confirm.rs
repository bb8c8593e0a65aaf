//! `/confirm/{operation}`: one operation, one decision.
//!
//! **Invariant:** amount and payee are the largest things on the page, and nothing is confirmed but
//! what it shows.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_core::id::OperationId;
use sekisho_gate::{ConfirmAnswer, ConfirmSent, Session, ShownOperation};

use super::arrival::Arrival;
use super::code::is_code;
use super::deal::Deal;
use super::frame::Frame;
use super::leads::leading;
use super::passkey::{self, PasskeyForm};
use super::posted::Posted;
use super::totp::{self, AppCode};
use super::trouble::Trouble;
use crate::forms::Errors;
use crate::texts::fill;

/// Tokens of the page's forms.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub send: String,
    pub confirm: String,
    pub decline: String,
    pub passkey: String,
    pub totp: String,
}

#[derive(Template)]
#[template(path = "confirm.html")]
pub struct ConfirmPage {
    pub f: Frame,
    pub csrf: Tokens,
    pub operation: Deal,
    pub passkey: Option<PasskeyForm>,
    pub app: Option<AppCode>,
    pub told: Option<String>,
    pub errors: Errors,
}

impl ConfirmPage {
    pub fn framed(frame: Frame, operation: Deal, csrf: Tokens, errors: Errors) -> Self {
        let frame_words = frame.t.passkey;
        Self {
            f: frame.headed(&operation.heading).with(&errors),
            passkey: operation.passkey_form(&csrf.passkey, frame_words),
            app: operation.app_code(&csrf.totp),
            csrf,
            operation,
            told: None,
            errors,
        }
    }
}

/// A form's name holds the operation, so that its token is good for no other.
pub(super) fn form(step: &str, id: OperationId) -> String {
    format!("confirm_{step}:{id}")
}

pub(super) fn path(id: OperationId) -> String {
    format!("/confirm/{id}")
}

async fn shown(
    arrival: &Arrival,
    session: &Session,
    id: OperationId,
) -> Result<ShownOperation, Trouble> {
    let gate = &arrival.app().gate;
    let shown = gate.shown(session, id, arrival.locale()).await?;
    shown.ok_or(Trouble::NotFound)
}

fn page(arrival: &Arrival, shown: &ShownOperation, wrong: Option<&str>) -> ConfirmPage {
    let words = arrival.texts().confirm;
    let token = |step| {
        let gate = &arrival.app().gate;
        gate.csrf_token(arrival.session_binding(), &form(step, shown.id))
    };
    let tokens = Tokens {
        send: token("send"),
        confirm: token("code"),
        decline: token("decline"),
        passkey: token(passkey::CONFIRM),
        totp: token(totp::CONFIRM),
    };
    let operation = Deal::of(shown, arrival.locale());
    let field = if operation.is_proving() { "code" } else { "" };
    let errors = wrong.map_or_else(Errors::none, |text| Errors::one(field, text));
    let frame = Frame::of_member(arrival, "");
    let mut page = ConfirmPage::framed(frame, operation, tokens, errors);
    let seconds = arrival
        .asked("seconds")
        .and_then(|text| text.parse::<u16>().ok());
    page.told = match (arrival.asked("told").as_deref(), seconds) {
        _ if wrong.is_some() || !page.operation.is_open() => None,
        (Some("closed"), _) => Some(words.closed.to_owned()),
        (Some("wait"), Some(seconds)) => {
            Some(fill(arrival.texts().code.wait, &[("seconds", &seconds)]))
        }
        _ => None,
    };
    page
}

pub(super) fn read(id: &str) -> Result<OperationId, Trouble> {
    id.parse().map_err(|_| Trouble::NotFound)
}

pub async fn show(arrival: Arrival, Path(id): Path<String>) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let shown = shown(&arrival, &session, read(&id)?).await?;
    let response = arrival.shown(&page(&arrival, &shown, None));
    Ok(leading(response, shown.return_to.as_deref()))
}

pub async fn send(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id = read(&id)?;
    let session = posted.arrival.member().await?;
    posted.proves_member(&form("send", id))?;
    let (gate, visitor) = (&posted.arrival.app().gate, posted.arrival.visitor());
    let query = match gate.confirm_send(&session, id, visitor).await? {
        ConfirmSent::Closed => "?told=closed".to_owned(),
        ConfirmSent::Sent => String::new(),
        ConfirmSent::Wait { seconds } => format!("?told=wait&seconds={seconds}"),
    };
    Ok(Redirect::to(&format!("{}{query}", path(id))).into_response())
}

pub async fn submit(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id = read(&id)?;
    let session = posted.arrival.member().await?;
    posted.proves_member(&form("code", id))?;
    let Posted { arrival, form } = posted;
    let words = arrival.texts().code;
    let code = form.code("code");
    let wrong = if is_code(&code) {
        let gate = &arrival.app().gate;
        match gate.confirm(&session, id, &code, arrival.visitor()).await? {
            ConfirmAnswer::Closed => {
                return Ok(Redirect::to(&format!("{}?told=closed", path(id))).into_response());
            }
            ConfirmAnswer::Confirmed => {
                return Ok(Redirect::to(&format!("{}/done", path(id))).into_response());
            }
            ConfirmAnswer::Held => return Ok(Redirect::to(&path(id)).into_response()),
            ConfirmAnswer::Wrong => words.wrong,
        }
    } else {
        words.shape
    };
    let shown = shown(&arrival, &session, id).await?;
    let response = arrival.again(&page(&arrival, &shown, Some(wrong)));
    Ok(leading(response, shown.return_to.as_deref()))
}

/// The page again after something else than a code that would not do: the field, and why.
pub(super) async fn refused(
    arrival: &Arrival,
    session: &Session,
    id: OperationId,
    wrong: (&'static str, &'static str),
) -> Result<Response, Trouble> {
    let shown = shown(arrival, session, id).await?;
    let mut page = page(arrival, &shown, None);
    // A field that is gone by now cannot be named.
    let field = if page.app.is_some() { wrong.0 } else { "" };
    page.errors = Errors::one(field, wrong.1);
    page.f = page.f.erring();
    let response = arrival.again(&page);
    Ok(leading(response, shown.return_to.as_deref()))
}

pub async fn decline(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id = read(&id)?;
    let session = posted.arrival.member().await?;
    posted.proves_member(&form("decline", id))?;
    posted.arrival.app().gate.decline(&session, id).await?;
    Ok(Redirect::to(&format!("{}/done", path(id))).into_response())
}

/// On to the application once the customer has decided.
pub async fn done(arrival: Arrival, Path(id): Path<String>) -> Result<Response, Trouble> {
    let id = read(&id)?;
    let session = arrival.member().await?;
    let shown = shown(&arrival, &session, id).await?;
    let settled = !Deal::of(&shown, arrival.locale()).is_open();
    match shown.return_to {
        Some(href) if settled => Ok(Redirect::to(&href).into_response()),
        _ => Ok(Redirect::to(&path(id)).into_response()),
    }
}
