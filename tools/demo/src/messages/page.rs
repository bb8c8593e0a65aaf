//! The web side of the message box: the page, the JSON, and the gateway for text messages.
//!
//! **Invariant:** what senders wrote is shown as text, never as markup.

use std::time::Duration;

use askama::Template;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use tokio::time::timeout;

use super::{Message, MessageBox, Way};
use crate::page;

/// Longest wait of one request for a new message.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// The routes.
pub fn router(kept: MessageBox) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/messages.json", get(list))
        .route("/sms", post(take))
        .route("/hinode.css", get(page::style))
        .layer(DefaultBodyLimit::max(64 * 1024))
        .layer(axum::middleware::map_response(page::strict))
        .with_state(kept)
}

#[derive(Template)]
#[template(path = "messages.html")]
struct Shown {
    messages: Vec<Row>,
    refresh: bool,
}

struct Row {
    message: Message,
    time: String,
}

#[derive(Deserialize)]
struct Still {
    still: Option<String>,
}

async fn show(State(kept): State<MessageBox>, Query(asked): Query<Still>) -> Response {
    let rows = kept.beyond(0).into_iter().rev().map(|message| Row {
        time: page::clock_time(message.at),
        message,
    });
    page::html(&Shown {
        messages: rows.collect(),
        refresh: asked.still.is_none(),
    })
}

#[derive(Deserialize)]
struct Beyond {
    /// Wait for a message with a higher number, and answer those alone.
    beyond: Option<usize>,
}

async fn list(State(kept): State<MessageBox>, Query(asked): Query<Beyond>) -> Response {
    if let Some(beyond) = asked.beyond {
        let _ = timeout(LONGEST_WAIT, kept.await_beyond(beyond)).await;
    }
    let messages = kept.beyond(asked.beyond.unwrap_or(0));
    ([(header::CACHE_CONTROL, "no-store")], Json(messages)).into_response()
}

/// What a gateway for text messages is given.
#[derive(Deserialize)]
struct Handed {
    to: String,
    text: String,
}

async fn take(State(kept): State<MessageBox>, Json(handed): Json<Handed>) -> StatusCode {
    kept.put(Way::Sms, handed.to, String::new(), handed.text);
    StatusCode::ACCEPTED
}
