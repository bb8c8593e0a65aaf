//! `/recover/waiting`: everything was proved, and the waiting time runs.
//!
//! **Invariant:** the page says only a moment that came from us.

use askama::Template;
use axum::response::Response;
use sekisho_core::moment::Moment;

use super::arrival::Arrival;
use super::frame::Frame;
use crate::texts::{When, fill};

#[derive(Template)]
#[template(path = "recover_waiting.html")]
pub struct RecoverWaitingPage {
    pub f: Frame,
    pub until: String,
    /// For how long it can be completed then.
    pub next: String,
}

/// Under what name the address of the waiting page is ours for one moment and one browser.
pub fn until(due: i64) -> String {
    format!("/recover/waiting {due}")
}

/// Says a date only if it was put into the address here: whoever hands somebody an address of this
/// page must not choose what it promises.
pub async fn show(arrival: Arrival) -> Response {
    let words = arrival.texts().recover;
    let gate = &arrival.app().gate;
    let due: Option<i64> = arrival.asked("due").and_then(|text| text.parse().ok());
    let ours = arrival.asked("ours").unwrap_or_default();
    let due = due.filter(|due| gate.csrf_check(arrival.binding(), &until(*due), &ours));
    let text = match due.map(Moment::from_unix_seconds) {
        Some(due) => {
            let when = When::of(due, arrival.locale()).text;
            fill(words.waiting_text, &[("when", &when)])
        }
        None => {
            let hours = gate.policy().recovery.waiting_hours;
            fill(words.waiting_hours, &[("hours", &hours)])
        }
    };
    // As long as the code that ends it.
    let policy = gate.policy();
    let open = policy
        .notice
        .report_hours
        .saturating_sub(policy.recovery.waiting_hours);
    arrival.shown(&RecoverWaitingPage {
        f: Frame::of(&arrival, words.waiting_title),
        until: text,
        next: fill(words.waiting_next, &[("hours", &open)]),
    })
}
