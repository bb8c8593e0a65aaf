//! `/security/totp`: the customer's authenticator app, and its code in the place of one that was
//! sent.
//!
//! **Invariant:** a page that shows a secret is the answer to a GET of the session that asked for
//! it, and what cannot be a code costs no try.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::id::OperationId;
use sekisho_gate::{Answer, Claim, CodeAnswer, ConfirmAnswer, Enrolled, Seen, Session, Totp};

use super::arrival::Arrival;
use super::code::{self, is_code};
use super::confirm::{self, Wrong};
use super::frame::Frame;
use super::opened::welcome;
use super::posted::Posted;
use super::prove::way_to_prove;
use super::qr::Qr;
use super::set_pin::{self, PinField};
use super::trouble::Trouble;
use crate::forms::{Errors, encode};
use crate::texts::When;

const PATH: &str = "/security/totp";
const BEGIN: &str = "totp_begin";
const FINISH: &str = "totp_finish";
const REMOVE: &str = "totp_remove";
/// The name of the form in the place of a code.
pub const CODE: &str = "code_totp";
/// The step of a confirmation.
pub const CONFIRM: &str = "totp";

/// The form for a code of the app.
#[derive(Clone, Debug)]
pub struct AppCode {
    pub action: String,
    pub csrf: String,
    /// Asked for beside the code.
    pub pin: Option<PinField>,
    /// Where it leads afterwards, where the page does not know.
    pub return_to: Option<String>,
}

/// An app that is being added.
#[derive(Clone, Debug)]
pub struct Adding {
    pub secret: SecretString,
    pub uri: SecretString,
    pub csrf: String,
    pub cancel_csrf: String,
}

impl Adding {
    fn secret(&self) -> &str {
        self.secret.expose_secret()
    }

    fn uri(&self) -> &str {
        self.uri.expose_secret()
    }

    /// The address as a drawing, for an app on another device.
    fn qr(&self) -> Option<Qr> {
        Qr::of(self.uri())
    }
}

/// An app that there is.
#[derive(Clone, Debug)]
pub struct Added {
    pub since: When,
    pub last: Option<When>,
    pub remove_csrf: Option<String>,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub enum Standing {
    Absent(String),
    Added(Added),
    Adding(Adding),
    Again,
    Forbidden,
}

#[derive(Template)]
#[template(path = "totp.html")]
pub struct TotpPage {
    pub f: Frame,
    pub standing: Standing,
    pub again_href: Option<String>,
    pub told: Option<&'static str>,
    pub errors: Errors,
}

async fn page(arrival: &Arrival, session: &Session, errors: Errors) -> Result<TotpPage, Trouble> {
    let gate = &arrival.app().gate;
    let (words, locale) = (arrival.texts().totp, arrival.locale());
    let frame = Frame::of_member(arrival, words.title).with(&errors);
    let token = |form| gate.csrf_token(arrival.session_binding(), form);
    let standing = match gate.totp(session, &frame.name).await? {
        Totp::Absent => Standing::Absent(token(BEGIN)),
        Totp::Added {
            since,
            last,
            removable,
        } => Standing::Added(Added {
            since: When::of(since, locale),
            last: last.map(|last| When::of(last, locale)),
            remove_csrf: removable.then(|| token(REMOVE)),
        }),
        Totp::Adding { secret, uri } => Standing::Adding(Adding {
            secret,
            uri,
            csrf: token(FINISH),
            cancel_csrf: token(REMOVE),
        }),
        Totp::Forbidden => Standing::Forbidden,
        Totp::ProveAgain => Standing::Again,
    };
    let again = match &standing {
        Standing::Added(added) => added.remove_csrf.is_none(),
        other => matches!(other, Standing::Again),
    };
    let told = match arrival.asked("told").as_deref() {
        _ if !errors.is_empty() => None,
        Some("added") => Some(words.added),
        Some("removed") => Some(words.removed),
        _ => None,
    };
    Ok(TotpPage {
        f: frame,
        standing,
        again_href: again.then(|| format!("/security/prove?return_to={}", encode(PATH))),
        told,
        errors,
    })
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let page = page(&arrival, &session, Errors::none()).await?;
    Ok(arrival.shown(&page))
}

pub async fn begin(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.arrival.member().await?;
    posted.proves_member(BEGIN)?;
    posted.arrival.app().gate.totp_begin(&session).await?;
    Ok(Redirect::to(PATH).into_response())
}

pub async fn finish(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.arrival.member().await?;
    posted.proves_member(FINISH)?;
    let Posted { arrival, form } = posted;
    let code = form.code("app");
    let wrong = if is_code(&code) {
        match arrival.app().gate.totp_confirm(&session, &code).await? {
            Enrolled::Done => {
                return Ok(Redirect::to(&format!("{PATH}?told=added")).into_response());
            }
            Enrolled::Full | Enrolled::ProveAgain => return Ok(Redirect::to(PATH).into_response()),
            Enrolled::Refused => arrival.texts().totp.wrong,
        }
    } else {
        arrival.texts().code.shape
    };
    let page = page(&arrival, &session, Errors::one("app", wrong)).await?;
    match page.standing {
        Standing::Adding(_) => Ok(arrival.again(&page)),
        // Given up in another tab: there is no field to put right.
        _ => Ok(Redirect::to(PATH).into_response()),
    }
}

pub async fn remove(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.arrival.member().await?;
    posted.proves_member(REMOVE)?;
    let gate = &posted.arrival.app().gate;
    let had = matches!(gate.totp(&session, "").await?, Totp::Added { .. });
    let removed = gate.totp_remove(&session).await? == Enrolled::Done;
    let told = if had && removed { "?told=removed" } else { "" };
    Ok(Redirect::to(&format!("{PATH}{told}")).into_response())
}

pub async fn code(posted: Posted) -> Result<Response, Trouble> {
    let Some(cookie) = posted.arrival.interaction().map(str::to_owned) else {
        return Ok(code::over());
    };
    posted.proves(&cookie, CODE)?;
    let Posted { arrival, form } = posted;
    let typed = form.code("app");
    let wrong = if is_code(&typed) {
        let (gate, claim) = (&arrival.app().gate, Claim::Totp(&typed));
        match gate.answer(&cookie, claim, arrival.visitor()).await? {
            CodeAnswer::Opened(opened) => return welcome(&arrival, opened).await,
            CodeAnswer::Changed { return_to } => return Ok(code::changed(&return_to)),
            CodeAnswer::Over => return Ok(code::over()),
            CodeAnswer::Wrong => arrival.texts().totp.wrong,
        }
    } else {
        arrival.texts().code.shape
    };
    code::refused(&arrival, "app", wrong).await
}

pub async fn confirm(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: OperationId = confirm::read(&id)?;
    let session = posted.arrival.member().await?;
    posted.proves_member(&confirm::form(CONFIRM, id))?;
    let Posted { arrival, form } = posted;
    let path = confirm::path(id);
    let typed = form.code("app");
    let wrong = if is_code(&typed) {
        let (gate, pin) = (&arrival.app().gate, set_pin::typed(&form));
        let answer = Answer {
            claim: Claim::Totp(&typed),
            pin: pin.as_ref(),
            seen: Seen::Page(arrival.locale(), &confirm::seen(&arrival)),
        };
        match gate
            .confirm(&session, id, answer, arrival.visitor())
            .await?
        {
            ConfirmAnswer::Closed => {
                return Ok(Redirect::to(&format!("{path}?told=closed")).into_response());
            }
            ConfirmAnswer::Confirmed => {
                return Ok(Redirect::to(&format!("{path}/done")).into_response());
            }
            ConfirmAnswer::Held => return Ok(Redirect::to(&path).into_response()),
            ConfirmAnswer::Changed => Wrong::Other("", arrival.texts().confirm.altered),
            ConfirmAnswer::PinMissing => Wrong::Pin(confirm::APP_PIN),
            ConfirmAnswer::OtherDevice => {
                return Ok(Redirect::to(&confirm::other_device(id)).into_response());
            }
            ConfirmAnswer::ProveAgain => return Ok(way_to_prove(&path)),
            ConfirmAnswer::Wrong => Wrong::Code("app", arrival.texts().totp.wrong),
        }
    } else {
        Wrong::Other("app", arrival.texts().code.shape)
    };
    confirm::refused(&arrival, &session, id, wrong).await
}
