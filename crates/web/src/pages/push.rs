//! `/code/push`, `/security/prove/push` and `/confirm/{operation}/push`: the page that shows the
//! number which a phone waits for, and goes on once it was typed there.
//!
//! **Invariant:** the number is shown to the browser that asked, and going on proves nothing but
//! what the phone approved.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::ExposeSecret as _;
use sekisho_core::id::OperationId;
use sekisho_gate::{
    Answer, Claim, CodeAnswer, ConfirmAnswer, PinWish, ProveAnswer, PushSent, PushState,
    PushTarget, Seen, Session,
};

use super::approver::script;
use super::arrival::{Arrival, exposed, remember};
use super::confirm;
use super::deal::Deal;
use super::frame::Frame;
use super::opened::welcome;
use super::posted::Posted;
use super::prove::place_to_prove;
use super::set_pin::{self, PinField};
use super::trouble::Trouble;
use super::{code, deal, prove};
use crate::cookies;
use crate::forms::{Errors, encode};
use crate::texts::fill;

/// The names of the forms in a conversation and in a session.
const CODE: &str = "code_push";
const CODE_USE: &str = "code_push_use";
const PROVE: &str = "prove_push";
const PROVE_USE: &str = "prove_push_use";
/// The steps of a confirmation.
const CONFIRM: &str = "push";
const CONFIRM_USE: &str = "push_use";
/// The id of the field for the transaction PIN.
const PIN: &str = "pin-push";

/// The form that asks a phone.
#[derive(Clone, Debug)]
pub struct PushForm {
    pub action: String,
    pub csrf: String,
    /// Where it leads afterwards, where the page does not know.
    pub return_to: Option<String>,
}

/// The form that goes on once a phone has approved.
#[derive(Clone, Debug)]
pub struct Proceed {
    pub action: String,
    pub csrf: String,
    pub return_to: Option<String>,
    pub pin: Option<PinField>,
}

#[derive(Template)]
#[template(path = "push.html")]
pub struct PushPage {
    pub f: Frame,
    pub number: Option<String>,
    pub minutes: String,
    pub proceed: Option<Proceed>,
    pub back: String,
    pub script: String,
    pub errors: Errors,
}

impl PushPage {
    /// The page of a request that stands so, in a given frame.
    pub fn framed(frame: Frame, state: &PushState, way: (Proceed, String), errors: Errors) -> Self {
        let (words, (proceed, back)) = (frame.t.push, way);
        let (heading, number, proceed) = match state {
            PushState::Approved => (words.approved_title, None, Some(proceed)),
            PushState::Over => (words.over_title, None, None),
            PushState::Waits { number, .. } => {
                let number = number.expose_secret().to_owned();
                (words.wait_title, Some(number), None)
            }
        };
        let minutes = match state {
            PushState::Waits { minutes, .. } => fill(words.minutes, &[("minutes", minutes)]),
            PushState::Approved | PushState::Over => String::new(),
        };
        Self {
            f: frame.headed(heading).with(&errors),
            number,
            minutes,
            proceed,
            back,
            script: script(),
            errors,
        }
    }
}

/// Where a wish leads: to the page with the number, or back with what is in the way.
fn sent(sent: PushSent, page: &str, back: &str) -> Response {
    let mark = if back.contains('?') { '&' } else { '?' };
    let place = match sent {
        PushSent::Nowhere => format!("{back}{mark}told=nowhere"),
        PushSent::Sent => page.to_owned(),
        PushSent::Wait { seconds } => format!("{back}{mark}told=wait&seconds={seconds}"),
    };
    Redirect::to(&place).into_response()
}

/// The form of a conversation's page, where a phone may be asked.
pub(super) async fn code_form(
    arrival: &Arrival,
    cookie: &str,
) -> Result<Option<PushForm>, Trouble> {
    let gate = &arrival.app().gate;
    let target = PushTarget::Conversation(cookie);
    let offered = gate.push_offered(target, arrival.visitor()).await?;
    Ok(offered.then(|| PushForm {
        action: "/code/push".to_owned(),
        csrf: gate.csrf_token(cookie, CODE),
        return_to: None,
    }))
}

/// The form of the page that asks for another proof, likewise.
pub(super) async fn prove_form(
    arrival: &Arrival,
    session: &Session,
    return_to: &str,
) -> Result<Option<PushForm>, Trouble> {
    let gate = &arrival.app().gate;
    let target = PushTarget::Session(session);
    let offered = gate.push_offered(target, arrival.visitor()).await?;
    Ok(offered.then(|| PushForm {
        action: "/security/prove/push".to_owned(),
        csrf: gate.csrf_token(arrival.session_binding(), PROVE),
        return_to: Some(return_to.to_owned()),
    }))
}

/// The form of a confirmation, likewise.
pub(super) async fn confirm_form(
    arrival: &Arrival,
    session: &Session,
    operation: &Deal,
) -> Result<Option<PushForm>, Trouble> {
    let (gate, id) = (&arrival.app().gate, operation.id);
    let target = PushTarget::Operation(session, id);
    let offered = gate.push_offered(target, arrival.visitor()).await?;
    Ok(offered.then(|| PushForm {
        action: format!("{}/push{}", confirm::path(id), operation.seen),
        csrf: gate.csrf_token(arrival.session_binding(), &confirm::form(CONFIRM, id)),
        return_to: None,
    }))
}

pub async fn ask_code(posted: Posted) -> Result<Response, Trouble> {
    let Some(cookie) = posted.arrival.interaction() else {
        return Ok(code::over());
    };
    posted.proves(cookie, CODE)?;
    let (gate, visitor) = (&posted.arrival.app().gate, posted.arrival.visitor());
    let asked = gate.push_ask(PushTarget::Conversation(cookie), visitor);
    Ok(sent(asked.await?, "/code/push", "/code"))
}

pub async fn show_code(arrival: Arrival) -> Result<Response, Trouble> {
    let gate = &arrival.app().gate;
    let cookie = arrival.interaction().unwrap_or_default();
    if gate.conversation(cookie).await?.is_none() {
        return Ok(code::over());
    }
    let target = PushTarget::Conversation(cookie);
    let state = gate.push_state(target, arrival.visitor()).await?;
    let proceed = Proceed {
        action: "/code/push/use".to_owned(),
        csrf: gate.csrf_token(cookie, CODE_USE),
        return_to: None,
        pin: None,
    };
    let way = (proceed, "/code".to_owned());
    let page = PushPage::framed(Frame::of(&arrival, ""), &state, way, Errors::none());
    code::leading_on(&arrival, cookie, arrival.shown(&page)).await
}

pub async fn use_code(posted: Posted) -> Result<Response, Trouble> {
    let Some(cookie) = posted.arrival.interaction().map(str::to_owned) else {
        return Ok(code::over());
    };
    posted.proves(&cookie, CODE_USE)?;
    let arrival = posted.arrival;
    let gate = &arrival.app().gate;
    match gate.answer(&cookie, Claim::Push, arrival.visitor()).await? {
        CodeAnswer::Opened(opened) => welcome(&arrival, opened).await,
        CodeAnswer::Changed { .. } | CodeAnswer::Over => Ok(code::over()),
        CodeAnswer::Wrong => Ok(Redirect::to("/code?told=nowhere").into_response()),
    }
}

/// The way back to the page that asks for another proof.
fn proving(return_to: &str) -> String {
    format!("/security/prove?return_to={}", encode(return_to))
}

pub async fn ask_prove(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.arrival.member().await?;
    posted.proves_member(PROVE)?;
    let return_to = prove::onward(posted.form.text("return_to"));
    let (gate, visitor) = (&posted.arrival.app().gate, posted.arrival.visitor());
    let asked = gate
        .push_ask(PushTarget::Session(&session), visitor)
        .await?;
    let page = format!(
        "/security/prove/push?return_to={}",
        encode(return_to.as_str())
    );
    Ok(sent(asked, &page, &proving(return_to.as_str())))
}

pub async fn show_prove(arrival: Arrival) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let gate = &arrival.app().gate;
    let return_to = prove::onward(&arrival.asked("return_to").unwrap_or_default());
    let target = PushTarget::Session(&session);
    let state = gate.push_state(target, arrival.visitor()).await?;
    let proceed = Proceed {
        action: "/security/prove/push/use".to_owned(),
        csrf: gate.csrf_token(arrival.session_binding(), PROVE_USE),
        return_to: Some(return_to.as_str().to_owned()),
        pin: None,
    };
    let way = (proceed, proving(return_to.as_str()));
    let frame = Frame::of_member(&arrival, "");
    let page = PushPage::framed(frame, &state, way, Errors::none());
    Ok(arrival.shown(&page))
}

pub async fn use_prove(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.arrival.member().await?;
    posted.proves_member(PROVE_USE)?;
    let Posted { arrival, form } = posted;
    let return_to = prove::onward(form.text("return_to"));
    let gate = &arrival.app().gate;
    let answer = gate.prove_session(&session, Claim::Push, arrival.visitor());
    match answer.await? {
        ProveAnswer::Proved(token) => {
            let mut response = Redirect::to(return_to.as_str()).into_response();
            remember(response.headers_mut(), cookies::SESSION, &exposed(&token));
            Ok(response)
        }
        ProveAnswer::Over => Err(Trouble::Many),
        ProveAnswer::Wrong => {
            let back = format!("{}&told=nowhere", proving(return_to.as_str()));
            Ok(Redirect::to(&back).into_response())
        }
    }
}

pub async fn ask_confirm(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id = confirm::read(&id)?;
    let session = posted.arrival.member().await?;
    posted.proves_member(&confirm::form(CONFIRM, id))?;
    let (gate, visitor) = (&posted.arrival.app().gate, posted.arrival.visitor());
    let asked = gate.push_ask(PushTarget::Operation(&session, id), visitor);
    let back = confirm::path(id);
    let on = format!("{back}/push{}", carried(&posted.arrival));
    Ok(sent(asked.await?, &on, &back))
}

/// What the page showed that the customer came from, as it said; these pages show none of it.
fn carried(arrival: &Arrival) -> String {
    deal::seen(&confirm::seen(arrival))
}

pub async fn show_confirm(arrival: Arrival, Path(id): Path<String>) -> Result<Response, Trouble> {
    let id = confirm::read(&id)?;
    let session = arrival.member().await?;
    let (page, return_to) = confirm_page(&arrival, &session, id, Errors::none()).await?;
    Ok(super::leads::leading(
        arrival.shown(&page),
        return_to.as_deref(),
    ))
}

/// The page, and where the application that asked is.
async fn confirm_page(
    arrival: &Arrival,
    session: &Session,
    id: OperationId,
    errors: Errors,
) -> Result<(PushPage, Option<String>), Trouble> {
    let gate = &arrival.app().gate;
    let shown = confirm::shown(arrival, session, id).await?;
    let target = PushTarget::Operation(session, id);
    let state = gate.push_state(target, arrival.visitor()).await?;
    let form = confirm::form(CONFIRM_USE, id);
    let proceed = Proceed {
        action: format!("{}/push/use{}", confirm::path(id), carried(arrival)),
        csrf: gate.csrf_token(arrival.session_binding(), &form),
        return_to: None,
        pin: match shown.pin {
            PinWish::Asked(form) => Some(PinField::beside(PIN, form, arrival.texts())),
            PinWish::None | PinWish::Unset(_) => None,
        },
    };
    let frame = Frame::of_member(arrival, "");
    let way = (proceed, confirm::path(id));
    let page = PushPage::framed(frame, &state, way, errors);
    Ok((page, shown.return_to))
}

pub async fn use_confirm(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id = confirm::read(&id)?;
    let session = posted.arrival.member().await?;
    posted.proves_member(&confirm::form(CONFIRM_USE, id))?;
    let Posted { arrival, form } = posted;
    let (path, pin) = (confirm::path(id), set_pin::typed(&form));
    let answer = Answer {
        claim: Claim::Push,
        pin: pin.as_ref(),
        seen: Seen::Page(arrival.locale(), &confirm::seen(&arrival)),
    };
    let gate = &arrival.app().gate;
    let place = match gate
        .confirm(&session, id, answer, arrival.visitor())
        .await?
    {
        ConfirmAnswer::Closed => format!("{path}?told=closed"),
        ConfirmAnswer::Confirmed => format!("{path}/done"),
        ConfirmAnswer::Held => path,
        ConfirmAnswer::Changed => format!("{path}?told=altered"),
        ConfirmAnswer::OtherDevice => confirm::other_device(id),
        ConfirmAnswer::ProveAgain => place_to_prove(&path),
        ConfirmAnswer::PinMissing => return pin_again(&arrival, &session, id, Missing).await,
        ConfirmAnswer::Wrong if pin.is_some() => {
            return pin_again(&arrival, &session, id, Amiss).await;
        }
        ConfirmAnswer::Wrong => format!("{path}?told=nowhere"),
    };
    Ok(Redirect::to(&place).into_response())
}

/// What is wrong with a transaction PIN.
enum PinWrong {
    Amiss,
    Missing,
}
use PinWrong::{Amiss, Missing};

async fn pin_again(
    arrival: &Arrival,
    session: &Session,
    id: OperationId,
    wrong: PinWrong,
) -> Result<Response, Trouble> {
    let shown = confirm::shown(arrival, session, id).await?;
    let words = arrival.texts().set_pin;
    let text = match (wrong, shown.pin) {
        (Missing, PinWish::Asked(form)) => fill(words.missing, &[("name", &words.name(form))]),
        (Amiss, PinWish::Asked(form)) => fill(words.either_wrong, &[("name", &words.name(form))]),
        (_, PinWish::None | PinWish::Unset(_)) => {
            return Ok(Redirect::to(&confirm::path(id)).into_response());
        }
    };
    let errors = Errors::one(PIN, text);
    let (page, return_to) = confirm_page(arrival, session, id, errors).await?;
    if page.proceed.is_none() {
        return Ok(Redirect::to(&confirm::path(id)).into_response());
    }
    let response = arrival.again(&page);
    Ok(super::leads::leading(response, return_to.as_deref()))
}
