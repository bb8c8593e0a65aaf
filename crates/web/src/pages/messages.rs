//! `/security/messages`: "is this message from us?", every message that was really sent.
//!
//! **Invariant:** no code and no text of a message is shown, and of an address only its mask.

use askama::Template;
use axum::response::Response;
use sekisho_core::known::NoticeState;
use sekisho_core::notice::{Carrier, Locale};
use sekisho_gate::{MessagePage, SentMessage};

use super::arrival::Arrival;
use super::frame::Frame;
use super::trouble::Trouble;
use crate::forms::encode;
use crate::texts::{Texts, When};

/// A message as templates show it.
#[derive(Clone, Debug)]
pub struct MessageLine {
    pub when: When,
    pub subject: &'static str,
    pub to: String,
    pub state: &'static str,
    pub mark: &'static str,
}

impl MessageLine {
    /// The words for `message`.
    pub fn of(message: &SentMessage, locale: Locale) -> Self {
        let texts = Texts::of(locale);
        let (words, security) = (texts.messages, texts.security);
        let kind = match message.kind {
            Carrier::Mail => security.mail,
            Carrier::Push => security.push,
            Carrier::Sms => security.sms,
        };
        let (state, mark) = match message.state {
            NoticeState::Dead => (words.dead, "failed"),
            NoticeState::Sent => (words.sent, "done"),
            NoticeState::Waiting => (words.waiting, "waiting"),
        };
        Self {
            when: When::of(message.at, locale),
            subject: words.subject(&message.template),
            to: match &message.masked {
                Some(masked) => format!("{kind}: {masked}"),
                None => kind.to_owned(),
            },
            state,
            mark,
        }
    }
}

#[derive(Template)]
#[template(path = "messages.html")]
pub struct MessagesPage {
    pub f: Frame,
    pub messages: Vec<MessageLine>,
    pub newest: bool,
    pub older_href: Option<String>,
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let before = arrival.asked("before");
    let newest = before.is_some();
    let MessagePage { rows, next } = arrival.app().gate.messages(&session, before).await?;
    let line = |message| MessageLine::of(message, arrival.locale());
    let page = MessagesPage {
        f: Frame::of_member(&arrival, arrival.texts().messages.title),
        messages: rows.iter().map(line).collect(),
        newest,
        older_href: next.map(|cursor| format!("/security/messages?before={}", encode(&cursor))),
    };
    Ok(arrival.shown(&page))
}
