//! `/confirm/{operation}`: one operation, one decision.
//!
//! **Invariant:** amount and payee are the largest things on the page, and nothing is confirmed but
//! what it shows.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_core::id::OperationId;
use sekisho_gate::{
    Answer, Claim, ConfirmAnswer, ConfirmSent, PinWish, Seen, Session, ShownOperation,
};

use super::arrival::Arrival;
use super::code::is_code;
use super::deal::{Deal, SEEN};
use super::frame::Frame;
use super::leads::leading;
use super::passkey::{self, PasskeyForm};
use super::payment::shown_by_browser;
use super::posted::Posted;
use super::prove::way_to_prove;
use super::push::{self, PushForm};
use super::set_pin::{self, PinField};
use super::stop::StopLine;
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
    pub push: Option<PushForm>,
    pub pin: Option<PinField>,
    pub told: Option<String>,
    /// What stands in the way.
    pub stops: Vec<StopLine>,
    pub errors: Errors,
}

impl ConfirmPage {
    pub fn framed(frame: Frame, operation: Deal, csrf: Tokens, errors: Errors) -> Self {
        let texts = frame.t;
        let mut passkey = operation.passkey_form(&csrf.passkey, texts.passkey);
        if let Some(form) = &mut passkey {
            form.pin = operation.pin_field(PASSKEY_PIN, texts);
        }
        let mut app = operation.app_code(&csrf.totp);
        if let Some(form) = &mut app {
            form.pin = operation.pin_field(APP_PIN, texts);
        }
        Self {
            f: frame.headed(&operation.heading).with(&errors),
            passkey,
            app,
            push: None,
            pin: operation.pin_field(CODE_PIN, texts),
            csrf,
            operation,
            told: None,
            stops: Vec::new(),
            errors,
        }
    }
}

/// What was wrong with an answer.
pub(super) enum Wrong {
    /// A code in this field; where a PIN came with it, which of them is not said.
    Code(&'static str, &'static str),
    /// Something that was not looked at, in this field.
    Other(&'static str, &'static str),
    /// The transaction PIN in this field is missing.
    Pin(&'static str),
}

/// The ids of the fields for the transaction PIN: of the form with the code that was sent, of that
/// with the code of an app, and of that with a passkey.
const CODE_PIN: &str = "pin";
pub(super) const APP_PIN: &str = "pin-app";
pub(super) const PASSKEY_PIN: &str = "pin-passkey";

impl ConfirmPage {
    /// The field that is named, and what is said of it. A field that is gone by now cannot be
    /// named.
    fn said(&self, wrong: &Wrong) -> (&'static str, String) {
        let words = self.f.t.set_pin;
        let named = |form, text| fill(text, &[("name", &words.name(form))]);
        let there = |field: &'static str| {
            let there = match field {
                "code" | CODE_PIN => self.operation.is_proving(),
                "app" | APP_PIN => self.app.is_some(),
                _ => self.passkey.is_some(),
            };
            if there && !self.operation.wants_pin() {
                field
            } else {
                ""
            }
        };
        match (wrong, self.operation.pin) {
            (Wrong::Code(field, _), PinWish::Asked(form)) => {
                (there(field), named(form, words.either_wrong))
            }
            (Wrong::Pin(field), PinWish::Asked(form)) => (there(field), named(form, words.missing)),
            (Wrong::Pin(_), PinWish::None | PinWish::Unset(_)) => {
                ("", self.operation.pin_unset.clone())
            }
            (Wrong::Code(field, text) | Wrong::Other(field, text), _) => {
                (there(field), (*text).to_owned())
            }
        }
    }
}

/// A form's name holds the operation, so that its token is good for no other.
pub(super) fn form(step: &str, id: OperationId) -> String {
    format!("confirm_{step}:{id}")
}

/// What the form says was shown; nothing, if it does not say.
pub(super) fn seen(arrival: &Arrival) -> String {
    arrival.asked(SEEN).unwrap_or_default()
}

pub(super) fn path(id: OperationId) -> String {
    format!("/confirm/{id}")
}

/// The page that says that another device is wanted.
pub(super) fn other_device(id: OperationId) -> String {
    format!("{}?told=device", path(id))
}

pub(super) async fn shown(
    arrival: &Arrival,
    session: &Session,
    id: OperationId,
) -> Result<ShownOperation, Trouble> {
    let gate = &arrival.app().gate;
    let shown = gate.shown(session, id, arrival.locale()).await?;
    shown.ok_or(Trouble::NotFound)
}

fn page(arrival: &Arrival, shown: &ShownOperation) -> ConfirmPage {
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
    let frame = Frame::of_member(arrival, "");
    let mut page = ConfirmPage::framed(frame, operation, tokens, Errors::none());
    let stopped = shown.stop.as_ref().filter(|_| shown.may_be_stopped());
    let policy = arrival.app().gate.policy();
    let line = |stop| StopLine::of(stop, &policy, arrival.locale());
    page.stops = stopped.into_iter().map(line).collect();
    let seconds = arrival
        .asked("seconds")
        .and_then(|text| text.parse::<u16>().ok());
    page.told = match (arrival.asked("told").as_deref(), seconds) {
        _ if !page.operation.is_open() => None,
        (Some("altered"), _) => Some(words.altered.to_owned()),
        (Some("closed"), _) => Some(words.closed.to_owned()),
        (Some("device"), _) => Some(words.other_device.to_owned()),
        (Some("nowhere"), _) => Some(arrival.texts().push.nowhere.to_owned()),
        (Some("wait"), Some(seconds)) => {
            Some(fill(arrival.texts().code.wait, &[("seconds", &seconds)]))
        }
        _ => None,
    };
    page
}

/// The form that asks a phone, while the customer may still decide.
async fn asking(
    arrival: &Arrival,
    session: &Session,
    page: &ConfirmPage,
) -> Result<Option<PushForm>, Trouble> {
    match page.operation.is_open() && !page.operation.waits_for_more() {
        true => push::confirm_form(arrival, session, &page.operation).await,
        false => Ok(None),
    }
}

pub(super) fn read(id: &str) -> Result<OperationId, Trouble> {
    id.parse().map_err(|_| Trouble::NotFound)
}

pub async fn show(arrival: Arrival, Path(id): Path<String>) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let shown = shown(&arrival, &session, read(&id)?).await?;
    let mut page = page(&arrival, &shown);
    page.push = asking(&arrival, &session, &page).await?;
    let response = arrival.shown(&page);
    let response = shown_by_browser(response, shown.payment.is_some());
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
        let (gate, pin) = (&arrival.app().gate, set_pin::typed(&form));
        let answer = Answer {
            claim: Claim::Code(&code),
            pin: pin.as_ref(),
            seen: Seen::Page(arrival.locale(), &seen(&arrival)),
        };
        match gate
            .confirm(&session, id, answer, arrival.visitor())
            .await?
        {
            ConfirmAnswer::Closed => {
                return Ok(Redirect::to(&format!("{}?told=closed", path(id))).into_response());
            }
            ConfirmAnswer::Confirmed => {
                return Ok(Redirect::to(&format!("{}/done", path(id))).into_response());
            }
            ConfirmAnswer::Held => return Ok(Redirect::to(&path(id)).into_response()),
            ConfirmAnswer::Changed => Wrong::Other("", arrival.texts().confirm.altered),
            ConfirmAnswer::PinMissing => Wrong::Pin(CODE_PIN),
            ConfirmAnswer::OtherDevice => {
                return Ok(Redirect::to(&other_device(id)).into_response());
            }
            ConfirmAnswer::ProveAgain => return Ok(way_to_prove(&path(id))),
            ConfirmAnswer::Wrong => Wrong::Code("code", words.wrong),
        }
    } else {
        Wrong::Other("code", words.shape)
    };
    refused(&arrival, &session, id, wrong).await
}

/// The page again after an answer that would not do.
pub(super) async fn refused(
    arrival: &Arrival,
    session: &Session,
    id: OperationId,
    wrong: Wrong,
) -> Result<Response, Trouble> {
    let shown = shown(arrival, session, id).await?;
    let mut page = page(arrival, &shown);
    let (field, text) = page.said(&wrong);
    page.told = None;
    page.errors = Errors::one(field, text);
    page.f = page.f.erring();
    page.push = asking(arrival, session, &page).await?;
    let response = shown_by_browser(arrival.again(&page), shown.payment.is_some());
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
