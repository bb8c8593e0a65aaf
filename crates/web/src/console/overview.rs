//! `/`: the overview.
//!
//! **Invariant:** every figure of the plot stands in the table beside it.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use sekisho_core::console::ConsoleAct;
use sekisho_core::known::StopKnown;
use sekisho_core::notice::Locale;
use sekisho_core::reason::Reason;
use sekisho_gate::{AttemptsCounted, MOST_COUNTED, Overview, StaffSession};

use super::assets::{CONSOLE_SCRIPT, CONSOLE_SCRIPT_TEXT};
use super::frame::ConsoleFrame;
use super::health::HealthShown;
use super::list::done;
use super::visit::Visit;
use crate::pages::Trouble;
use crate::pages::frame::versioned;
use crate::texts::{ConsoleWords, Texts, When};

/// Milliseconds between two looks at what changes.
const EVERY: u32 = 5_000;

/// Width of one hour in the plot, and the height of all of it.
const STEP: u64 = 24;
const HEIGHT: u64 = 120;

/// One hour: its bar, and its figures.
#[derive(Clone, Debug)]
pub struct HourRow {
    pub hour: When,
    pub short: String,
    pub counted: AttemptsCounted,
    /// From the left.
    pub x: u64,
    /// Top and height of each part of the bar: succeeded, more asked for, failed.
    pub parts: [(u64, u64); 3],
}

/// What is stopped.
#[derive(Clone, Debug)]
pub struct StopRow {
    pub what: String,
    pub since: When,
    pub ends: Option<When>,
}

#[derive(Template)]
#[template(path = "console/overview.html")]
pub struct OverviewPage {
    pub f: ConsoleFrame,
    pub live: Live,
    pub script: String,
}

/// What changes while somebody looks.
#[derive(Template)]
#[template(path = "console/overview_live.html")]
pub struct Live {
    pub t: Texts,
    pub at: When,
    pub now: AttemptsCounted,
    pub day: AttemptsCounted,
    pub alerts: i64,
    pub alerts_text: String,
    pub cases: i64,
    pub cases_text: String,
    pub alerts_overdue: i64,
    pub cases_overdue: i64,
    pub alerts_overdue_text: String,
    pub cases_overdue_text: String,
    pub held_text: String,
    pub waiting_text: String,
    pub dead: i64,
    pub dead_text: String,
    pub reads: bool,
    pub hours: Vec<HourRow>,
    pub most: u64,
    pub stops: Vec<StopRow>,
    pub health: HealthShown,
}

impl Live {
    /// The words for what was counted.
    pub fn of(locale: Locale, overview: &Overview, reads: bool) -> Self {
        let (waiting, messages) = (overview.waiting, overview.messages);
        let t = Texts::of(locale);
        let most = overview.hours.iter().map(|(_, one)| one.all()).max();
        let most = most.unwrap_or_default();
        let hours = (0..).zip(&overview.hours).map(|(index, (at, counted))| {
            let hour = When::of(*at, locale);
            HourRow {
                short: hour
                    .text
                    .chars()
                    .rev()
                    .take(5)
                    .collect::<Vec<_>>()
                    .iter()
                    .rev()
                    .collect(),
                hour,
                counted: *counted,
                x: index * STEP,
                parts: bar(counted, most),
            }
        });
        let stops = overview.stops.iter();
        let stops = stops.map(|one| StopRow {
            what: scope(one, t.console),
            since: When::of(one.begins.unwrap_or(one.made), locale),
            ends: one.ends.map(|at| When::of(at, locale)),
        });
        Self {
            at: When::of(overview.at, locale),
            now: overview.hour(),
            day: overview.day(),
            alerts: waiting.alerts,
            alerts_text: counted(waiting.alerts),
            cases: waiting.cases,
            cases_text: counted(waiting.cases),
            alerts_overdue: overview.overdue.alerts,
            cases_overdue: overview.overdue.cases,
            alerts_overdue_text: counted(overview.overdue.alerts),
            cases_overdue_text: counted(overview.overdue.cases),
            held_text: counted(waiting.held),
            waiting_text: counted(messages.waiting),
            dead: messages.dead,
            dead_text: counted(messages.dead),
            reads,
            hours: hours.collect(),
            most,
            stops: stops.collect(),
            health: HealthShown::of(locale, &overview.lately),
            t,
        }
    }
}

/// Top and height of the parts of a bar, one upon another, where `most` is as high as the plot.
fn bar(counted: &AttemptsCounted, most: u64) -> [(u64, u64); 3] {
    let mut top = HEIGHT;
    [counted.succeeded, counted.stepped_up, counted.failed].map(|many| {
        let part = (many * HEIGHT).checked_div(most).unwrap_or_default();
        // What there was can be seen.
        let part = if many > 0 { part.max(1) } else { 0 };
        top = top.saturating_sub(part);
        (top, part)
    })
}

/// What a stop stops, in its own words.
pub(super) fn scope(stop: &StopKnown, words: &ConsoleWords) -> String {
    let of = &stop.scope;
    let parts = [
        of.kind.as_ref().map(|kind| kind.as_str().to_owned()),
        of.application.map(|id| id.to_string()),
        of.channel.as_ref().map(|word| word.as_str().to_owned()),
        of.segment.as_ref().map(|word| word.as_str().to_owned()),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    match parts.is_empty() {
        true => words.everything.to_owned(),
        false => parts.join(" / "),
    }
}

/// A number as far as it was counted.
fn counted(many: i64) -> String {
    match many > MOST_COUNTED {
        true => format!("{MOST_COUNTED}+"),
        false => many.to_string(),
    }
}

async fn live(visit: &Visit, session: &StaffSession) -> Result<Live, Trouble> {
    let gate = visit.gate();
    let overview = done(gate.overview(session).await?)?;
    let reads = gate.may(session, ConsoleAct::AlertsShow) != Err(Reason::StaffRole);
    Ok(Live::of(visit.locale(), &overview, reads))
}

pub async fn show(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::Overview).await?;
    let live = live(&visit, &session).await?;
    let f = ConsoleFrame::of_person(&visit, &session, visit.texts().console.title);
    let script = versioned(CONSOLE_SCRIPT, CONSOLE_SCRIPT_TEXT);
    Ok(visit.shown(&OverviewPage { f, live, script }))
}

/// The same as one server-sent event, and when to ask for the next: a connection that stayed open
/// would outlive the role of its person. It is no request of theirs, so the session gets no older
/// by it. Without a session the answer is empty, and the browser stops asking (HTML, "Server-sent
/// events", status 204).
pub async fn events(visit: Visit) -> Result<Response, Trouble> {
    let watching = visit.watching().await?;
    let may = |session: &StaffSession| visit.gate().may(session, ConsoleAct::Overview).is_ok();
    let Some(session) = watching.filter(may) else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let live = live(&visit, &session).await?;
    let html = live.render().map_err(|_| Trouble::Internal)?;
    let kind = [(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"))];
    Ok((kind, event(&html)).into_response())
}

/// One event, a line of data for each line of `html`, and in how many milliseconds to ask again.
fn event(html: &str) -> String {
    let lines = html.lines().map(|line| format!("data: {line}\n"));
    format!("retry: {EVERY}\n{}\n", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_whatever_its_lines_and_counts_end_where_counting_did() {
        assert_eq!(
            event("<p>\n\n</p>\n"),
            "retry: 5000\ndata: <p>\ndata: \ndata: </p>\n\n"
        );
        assert_eq!(counted(10_000), "10000");
        assert_eq!(counted(10_001), "10000+");
    }

    #[test]
    fn a_bar_is_as_high_as_its_share_and_never_hides_what_there_was() {
        let counted = |succeeded, stepped_up, failed| AttemptsCounted {
            succeeded,
            failed,
            stepped_up,
        };
        assert_eq!(bar(&counted(0, 0, 0), 0), [(120, 0); 3]);
        let whole = bar(&counted(50, 0, 50), 100);
        assert_eq!(whole, [(60, 60), (60, 0), (0, 60)]);
        let small = bar(&counted(100_000, 0, 1), 100_001);
        assert_eq!(small[2].1, 1);
    }
}
