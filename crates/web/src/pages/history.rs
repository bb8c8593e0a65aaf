//! `/history` and `/history/{access}`: the login history, and "this was not me" for one of its
//! rows.
//!
//! **Invariant:** a row is reported only from a page that showed it and said what stops.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_core::id::DecisionId;
use sekisho_gate::{HistoryPage, Reported, Session};

use super::arrival::{Arrival, forget};
use super::frame::Frame;
use super::posted::Posted;
use super::row::Row;
use super::trouble::Trouble;
use crate::cookies;
use crate::forms::encode;

#[derive(Template)]
#[template(path = "history.html")]
pub struct EntriesPage {
    pub f: Frame,
    pub rows: Vec<Row>,
    pub newest: bool,
    pub older_href: Option<String>,
}

#[derive(Template)]
#[template(path = "history_report.html")]
pub struct EntryReportPage {
    pub f: Frame,
    pub row: Row,
    pub action: String,
    pub back_href: String,
    pub csrf: String,
}

/// The form of one row, so that its token is good for no other.
fn form(access: DecisionId) -> String {
    format!("history_report:{access}")
}

fn paged(cursor: Option<&str>) -> String {
    cursor.map_or_else(
        || "/history".to_owned(),
        |cursor| format!("/history?before={}", encode(cursor)),
    )
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let gate = &arrival.app().gate;
    let before = arrival.asked("before");
    let HistoryPage { rows, next } = gate.history(&session, before.clone()).await?;
    let (policy, locale) = (gate.policy(), arrival.locale());
    let row = |access| Row::of(access, before.as_deref(), &policy, locale);
    let page = EntriesPage {
        f: Frame::of_member(&arrival, arrival.texts().history.title),
        rows: rows.iter().map(row).collect(),
        newest: before.is_some(),
        older_href: next.as_deref().map(|cursor| paged(Some(cursor))),
    };
    Ok(arrival.shown(&page))
}

/// The row, if the page of the history that `before` names holds it.
async fn find(
    arrival: &Arrival,
    session: &Session,
    id: &str,
) -> Result<(DecisionId, Row), Trouble> {
    let id: DecisionId = id.parse().map_err(|_| Trouble::NotFound)?;
    let gate = &arrival.app().gate;
    let before = arrival.asked("before");
    let page = gate.history(session, before.clone()).await?;
    let found = page.rows.iter().find(|access| access.decision == id);
    let access = found.ok_or(Trouble::NotFound)?;
    let row = Row::of(access, before.as_deref(), &gate.policy(), arrival.locale());
    Ok((id, row))
}

pub async fn ask(arrival: Arrival, Path(id): Path<String>) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let (id, row) = find(&arrival, &session, &id).await?;
    let page = EntryReportPage {
        f: Frame::of_member(&arrival, arrival.texts().report.title),
        action: row.report_href.clone(),
        row,
        back_href: paged(arrival.asked("before").as_deref()),
        csrf: arrival
            .app()
            .gate
            .csrf_token(arrival.session_binding(), &form(id)),
    };
    Ok(arrival.shown(&page))
}

pub async fn report(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let session = arrival.member().await?;
    let id: DecisionId = id.parse().map_err(|_| Trouble::NotFound)?;
    posted.proves_member(&form(id))?;
    let (id, _) = find(arrival, &session, &id.to_string()).await?;
    match arrival.app().gate.report_access(&session, id).await? {
        Reported::Frozen => {
            let mut response = Redirect::to("/report/done").into_response();
            forget(response.headers_mut(), cookies::SESSION);
            Ok(response)
        }
        Reported::Unknown => Err(Trouble::NotFound),
        Reported::Wait => Err(Trouble::Many),
    }
}
