//! `/history/export.csv` and `/history/export.ndjson`: the login history as a file, for whoever
//! wants to look at it elsewhere.
//!
//! **Invariant:** a file has [`MOST_ROWS`] rows at most and is read from the database as fast as it
//! is taken, and no cell of it is a formula.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Frame;
use sekisho_core::access::Access;
use sekisho_gate::{Fault, Gate, HistoryPage, Session};
use serde_json::json;

use super::arrival::Arrival;
use super::row::Row;
use super::trouble::Trouble;

/// Most rows of one file: years of an ordinary customer, and a bound on what one request costs.
const MOST_ROWS: usize = 10_000;
/// Says that the text is UTF-8 to spreadsheets that would guess otherwise.
const MARK: &str = "\u{feff}";

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Csv,
    Ndjson,
}

pub async fn csv(arrival: Arrival) -> Result<Response, Trouble> {
    file(&arrival, Form::Csv).await
}

pub async fn ndjson(arrival: Arrival) -> Result<Response, Trouble> {
    file(&arrival, Form::Ndjson).await
}

async fn file(arrival: &Arrival, form: Form) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let (kind, name) = match form {
        Form::Csv => (
            "text/csv; charset=utf-8",
            "attachment; filename=history.csv",
        ),
        Form::Ndjson => (
            "application/x-ndjson",
            "attachment; filename=history.ndjson",
        ),
    };
    let lines = Lines {
        arrival: arrival.clone(),
        form,
    };
    let mut ready = VecDeque::new();
    if form == Form::Csv {
        ready.push_back(Bytes::from(lines.head()));
    }
    let gate = arrival.app().gate.clone();
    // The first part before the answer begins, so that what fails is a page that says so.
    let first = gate.history_part(&session, None).await?;
    let mut rows = Rows {
        gate,
        session,
        lines,
        ready,
        asked: None,
        left: MOST_ROWS,
        span: tracing::Span::current(),
    };
    rows.take(&first);
    rows.ask(first.next);
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    Ok((headers, Body::new(rows)).into_response())
}

/// Rows in words.
struct Lines {
    arrival: Arrival,
    form: Form,
}

impl Lines {
    fn head(&self) -> String {
        let words = self.arrival.texts().history;
        let head = [
            words.when,
            words.act,
            words.ending,
            words.place,
            words.device,
        ];
        format!("{MARK}{}", record(&head))
    }

    fn of(&self, access: &Access) -> String {
        match self.form {
            Form::Csv => {
                let policy = self.arrival.app().gate.policy();
                let row = Row::of(access, None, &policy, self.arrival.locale());
                record(&[
                    &row.when.machine,
                    &row.act,
                    row.ending,
                    &row.place,
                    &row.device,
                ])
            }
            Form::Ndjson => {
                let line = json!({
                    "id": access.decision,
                    "at": access.at,
                    "act": access.act,
                    "ending": access.ending,
                    "verdict": access.verdict.word(),
                    "address": access.address,
                    "country": access.country,
                    "client": access.client,
                    "known_device": access.device.is_some(),
                });
                format!("{line}\n")
            }
        }
    }
}

/// One line of RFC 4180, every cell quoted.
fn record(cells: &[&str]) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell that no spreadsheet takes for a formula (OWASP "CSV injection"): what begins like one, in
/// half or full width, is set behind an apostrophe.
pub(crate) fn quoted(cell: &str) -> String {
    let begins = cell.trim_start().chars().next();
    let formula = begins.is_some_and(|first| "=+-@＝＋－＠\t\r\n|".contains(first))
        || cell.starts_with(['\t', '\r', '\n']);
    let mark = if formula { "'" } else { "" };
    format!("\"{mark}{}\"", cell.replace('"', "\"\""))
}

type Asked = Pin<Box<dyn Future<Output = Result<HistoryPage, Fault>> + Send>>;

/// A body that asks for the next part when the one before was taken.
struct Rows {
    gate: Gate,
    session: Session,
    lines: Lines,
    ready: VecDeque<Bytes>,
    asked: Option<Asked>,
    left: usize,
    /// Of the request, which is answered before the file is through.
    span: tracing::Span,
}

impl Rows {
    fn take(&mut self, page: &HistoryPage) {
        let lines: String = page
            .rows
            .iter()
            .take(self.left)
            .map(|access| self.lines.of(access))
            .collect();
        self.left = self.left.saturating_sub(page.rows.len());
        if !lines.is_empty() {
            self.ready.push_back(Bytes::from(lines));
        }
    }

    fn ask(&mut self, next: Option<String>) {
        let next = next.filter(|_| self.left > 0);
        self.asked = next.map(|cursor| {
            let (gate, session) = (self.gate.clone(), self.session.clone());
            let asked = async move { gate.history_part(&session, Some(cursor)).await };
            Box::pin(asked) as Asked
        });
    }
}

impl hyper::body::Body for Rows {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(Frame::data(ready))));
            }
            let Some(asked) = self.asked.as_mut() else {
                return Poll::Ready(None);
            };
            match asked.as_mut().poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(page)) => {
                    self.asked = None;
                    self.take(&page);
                    self.ask(page.next);
                }
                Poll::Ready(Err(fault)) => {
                    self.asked = None;
                    let span = &self.span;
                    tracing::error!(target: "fault", parent: span, %fault, "a file broke off");
                    return Poll::Ready(Some(Err(Broken)));
                }
            }
        }
    }
}

/// The file broke off; the log says why.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the file broke off")]
struct Broken;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_none_ends_early() {
        let cases = [
            ("ログイン", "\"ログイン\""),
            ("a,b\nc", "\"a,b\nc\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("  =1+1", "\"'  =1+1\""),
            ("+81", "\"'+81\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("＝1", "\"'＝1\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("", "\"\""),
        ];
        for (cell, expected) in cases {
            assert_eq!(quoted(cell), expected, "{cell:?}");
        }
    }
}
