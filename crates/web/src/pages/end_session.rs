//! `/security/sessions`: where the customer is signed in, and the end of any of it.
//!
//! **Invariant:** the form of one session ends no other.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_core::id::SessionId;
use sekisho_core::notice::Locale;
use sekisho_gate::{EndedSession, Session, ShownSession};

use super::arrival::Arrival;
use super::frame::Frame;
use super::posted::Posted;
use super::row::{coarse_place, program};
use super::trouble::Trouble;
use crate::texts::{Texts, When};

const OTHERS: &str = "end_other_sessions";

/// A session as templates show it.
#[derive(Clone, Debug)]
pub struct SessionLine {
    pub this: bool,
    pub place: String,
    pub client: String,
    pub since: When,
    pub last: When,
    pub action: String,
    pub csrf: String,
}

#[derive(Template)]
#[template(path = "end_session.html")]
pub struct EndSessionPage {
    pub f: Frame,
    pub told: Option<&'static str>,
    pub sessions: Vec<SessionLine>,
    pub others_csrf: String,
}

impl SessionLine {
    /// The words for `session`; `csrf` is the token of its form.
    pub fn of(session: &ShownSession, csrf: String, locale: Locale) -> Self {
        let texts = Texts::of(locale);
        let context = session.context.as_ref();
        Self {
            this: session.this,
            place: coarse_place(context, texts),
            client: program(context.and_then(|context| context.client), texts),
            since: When::of(session.since, locale),
            last: When::of(session.last, locale),
            action: format!("/security/sessions/{}", session.id),
            csrf,
        }
    }
}

/// The form of one session, so that its token is good for no other.
fn form(id: SessionId) -> String {
    format!("end_session:{id}")
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let words = arrival.texts().end_session;
    let told = match arrival.asked("told").as_deref() {
        Some("ended") => Some(words.ended),
        Some("others") => Some(words.others_ended),
        _ => None,
    };
    page(&arrival, &session, told).await
}

async fn page(
    arrival: &Arrival,
    session: &Session,
    told: Option<&'static str>,
) -> Result<Response, Trouble> {
    let gate = &arrival.app().gate;
    let token = |form: &str| gate.csrf_token(arrival.session_binding(), form);
    let sessions = gate.sessions(session).await?;
    let line =
        |shown: &ShownSession| SessionLine::of(shown, token(&form(shown.id)), arrival.locale());
    let page = EndSessionPage {
        f: Frame::of_member(arrival, arrival.texts().end_session.title),
        told,
        sessions: sessions.iter().map(line).collect(),
        others_csrf: token(OTHERS),
    };
    Ok(arrival.shown(&page))
}

pub async fn one(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let session = arrival.member().await?;
    let id: SessionId = id.parse().map_err(|_| Trouble::NotFound)?;
    posted.proves_member(&form(id))?;
    let gate = &arrival.app().gate;
    match gate.end_session(&session, id, arrival.visitor()).await? {
        EndedSession::Ended => Ok(Redirect::to("/security/sessions?told=ended").into_response()),
        EndedSession::Unknown => Err(Trouble::NotFound),
    }
}

pub async fn others(posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let session = arrival.member().await?;
    posted.proves_member(OTHERS)?;
    let gate = &arrival.app().gate;
    gate.end_other_sessions(&session, arrival.visitor()).await?;
    Ok(Redirect::to("/security/sessions?told=others").into_response())
}
