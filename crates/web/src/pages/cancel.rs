//! `/operations`: what of the customer's is not over, why and until when it waits, and the end of
//! any of it.
//!
//! **Invariant:** the form of one operation cancels no other.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_core::id::OperationId;
use sekisho_core::money::in_locale;
use sekisho_core::notice::Locale;
use sekisho_gate::{Cancelled, WaitingOperation, Waits};

use super::arrival::Arrival;
use super::frame::Frame;
use super::posted::Posted;
use super::trouble::Trouble;
use crate::texts::{Texts, When, fill};

/// An operation as the template shows it.
#[derive(Clone, Debug)]
pub struct WaitingLine {
    pub name: String,
    pub application: String,
    pub amount: Option<String>,
    pub payee: Option<String>,
    pub asked: When,
    pub state: &'static str,
    /// Whether it goes on without the customer.
    pub confirmed: bool,
    pub why: Vec<&'static str>,
    pub until: String,
    pub confirm_href: Option<String>,
    pub action: String,
    pub csrf: String,
}

#[derive(Template)]
#[template(path = "cancel.html")]
pub struct CancelPage {
    pub f: Frame,
    pub told: Option<&'static str>,
    pub operations: Vec<WaitingLine>,
}

impl WaitingLine {
    /// The words for `waiting`; `csrf` is the token of its form.
    pub fn of(waiting: &WaitingOperation, csrf: String, locale: Locale) -> Self {
        let words = Texts::of(locale).cancel;
        let by = |text, at| fill(text, &[("when", &When::of(at, locale).text)]);
        let (state, why, until) = match &waiting.waits {
            Waits::Application(at) => (words.confirmed, Vec::new(), by(words.carried_by, *at)),
            Waits::Confirmation(at) => (words.pending, Vec::new(), by(words.confirm_by, *at)),
            Waits::Person(why) => (words.held, why.clone(), words.person.to_owned()),
            Waits::Time(at, why) => (words.held, why.clone(), by(words.until, *at)),
        };
        let confirm = matches!(waiting.waits, Waits::Confirmation(_));
        Self {
            name: waiting.name.clone(),
            application: waiting.application.clone(),
            amount: waiting
                .amount
                .as_deref()
                .map(|text| in_locale(text, locale)),
            payee: waiting.payee.clone(),
            asked: When::of(waiting.created, locale),
            state,
            confirmed: matches!(waiting.waits, Waits::Application(_)),
            why,
            until,
            confirm_href: confirm.then(|| format!("/confirm/{}", waiting.id)),
            action: format!("/operations/{}/cancel", waiting.id),
            csrf,
        }
    }
}

/// The form of one operation, so that its token is good for no other.
fn form(id: OperationId) -> String {
    format!("cancel:{id}")
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let words = arrival.texts().cancel;
    let gate = &arrival.app().gate;
    let waiting = gate.waiting_operations(&session, arrival.locale()).await?;
    let line = |waiting: &WaitingOperation| {
        let csrf = gate.csrf_token(arrival.session_binding(), &form(waiting.id));
        WaitingLine::of(waiting, csrf, arrival.locale())
    };
    let page = CancelPage {
        f: Frame::of_member(&arrival, words.title),
        told: match arrival.asked("told").as_deref() {
            Some("cancelled") => Some(words.cancelled),
            Some("closed") => Some(words.closed),
            _ => None,
        },
        operations: waiting.iter().map(line).collect(),
    };
    Ok(arrival.shown(&page))
}

pub async fn submit(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let session = arrival.member().await?;
    let id: OperationId = id.parse().map_err(|_| Trouble::NotFound)?;
    posted.proves_member(&form(id))?;
    let gate = &arrival.app().gate;
    match gate.cancel(&session, id, arrival.visitor()).await? {
        Cancelled::Cancelled => Ok(Redirect::to("/operations?told=cancelled").into_response()),
        Cancelled::Closed => Ok(Redirect::to("/operations?told=closed").into_response()),
        Cancelled::Unknown => Err(Trouble::NotFound),
    }
}
