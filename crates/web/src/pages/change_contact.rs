//! `/security/contact`: how the customer is reached, and the ways to add or replace one.
//!
//! **Invariant:** the present address or number is never shown whole, nor does it come back with a
//! form that was wrong.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::SecretString;
use sekisho_core::id::ChannelId;
use sekisho_core::known::ChannelPurpose;
use sekisho_gate::{ChangeContact, ContactAnswer, Session, ShownChannel};

use super::arrival::{Arrival, exposed, remember};
use super::frame::Frame;
use super::posted::Posted;
use super::prove::way_to_prove;
use super::security::ChannelLine;
use super::trouble::Trouble;
use crate::cookies;
use crate::forms::Errors;
use crate::texts::fill;

#[derive(Template)]
#[template(path = "contacts.html")]
pub struct ContactsPage {
    pub f: Frame,
    pub told: Option<&'static str>,
    pub hold: String,
    pub channels: Vec<(ChannelLine, String)>,
    /// Whether there is a dedicated address already.
    pub dedicated: bool,
}

#[derive(Template)]
#[template(path = "change_contact.html")]
pub struct ChangeContactPage {
    pub f: Frame,
    pub csrf: String,
    pub action: String,
    pub lead: &'static str,
    pub hold: String,
    /// What has to be typed in full, masked.
    pub current_label: String,
    pub wanted_label: &'static str,
    pub wanted: String,
    pub errors: Errors,
}

/// What a form is about: a channel to replace, or a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    New(ChannelPurpose),
    Replace(ChannelId),
}

impl About {
    fn parse(text: &str) -> Result<Self, Trouble> {
        Ok(match text {
            "new" => Self::New(ChannelPurpose::Login),
            "notice" => Self::New(ChannelPurpose::Notice),
            id => Self::Replace(id.parse().map_err(|_| Trouble::NotFound)?),
        })
    }

    fn path(self) -> String {
        match self {
            Self::New(ChannelPurpose::Login) => "/security/contact/new".to_owned(),
            Self::New(ChannelPurpose::Notice) => "/security/contact/notice".to_owned(),
            Self::Replace(id) => format!("/security/contact/{id}"),
        }
    }

    fn form(self) -> String {
        format!("change_contact:{}", self.path())
    }

    const fn replaces(self) -> Option<ChannelId> {
        match self {
            Self::New(_) => None,
            Self::Replace(id) => Some(id),
        }
    }
}

/// For how long money waits after a change, in words.
fn hold(arrival: &Arrival) -> String {
    let hours = arrival.app().gate.policy().risk.contact_fresh_hours;
    fill(arrival.texts().change_contact.hold, &[("hours", &hours)])
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let words = arrival.texts().change_contact;
    let known = arrival.app().gate.security(&session).await?;
    let line = |channel: &ShownChannel| {
        let line = ChannelLine::of(channel, arrival.locale());
        (line, About::Replace(channel.id).path())
    };
    let dedicated = |channel: &ShownChannel| channel.purpose == ChannelPurpose::Notice;
    let page = ContactsPage {
        f: Frame::of_member(&arrival, words.title),
        told: (arrival.asked("told").as_deref() == Some("changed")).then_some(words.changed),
        hold: hold(&arrival),
        dedicated: known.channels.iter().any(dedicated),
        channels: known.channels.iter().map(line).collect(),
    };
    Ok(arrival.shown(&page))
}

pub async fn ask(arrival: Arrival, Path(about): Path<String>) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let about = About::parse(&about)?;
    if !arrival.app().gate.is_fresh(&session).await? {
        return Ok(way_to_prove(&about.path()));
    }
    let page = page(&arrival, &session, about, (String::new(), Errors::none())).await?;
    Ok(arrival.shown(&page))
}

async fn page(
    arrival: &Arrival,
    session: &Session,
    about: About,
    (wanted, errors): (String, Errors),
) -> Result<ChangeContactPage, Trouble> {
    let words = arrival.texts().change_contact;
    let gate = &arrival.app().gate;
    let known = gate.security(session).await?;
    let anchor = known.channels.iter().find(|channel| match about {
        About::Replace(id) => channel.id == id,
        About::New(_) => channel.verified.is_some(),
    });
    let anchor = anchor.ok_or(Trouble::NotFound)?;
    let purpose = match about {
        About::New(purpose) => purpose,
        About::Replace(_) => anchor.purpose,
    };
    let (title, lead, wanted_label) = match (about, purpose) {
        (About::New(ChannelPurpose::Login), _) => (words.add_title, words.add_lead, words.wanted),
        (About::Replace(_), ChannelPurpose::Login) => {
            (words.replace_title, words.replace_lead, words.wanted)
        }
        (About::New(_), ChannelPurpose::Notice) | (About::New(ChannelPurpose::Notice), _) => {
            (words.notice_title, words.notice_lead, words.wanted_mail)
        }
        (About::Replace(_), ChannelPurpose::Notice) => {
            (words.replace_title, words.notice_lead, words.wanted_mail)
        }
    };
    Ok(ChangeContactPage {
        f: Frame::of_member(arrival, title).with(&errors),
        csrf: gate.csrf_token(arrival.session_binding(), &about.form()),
        action: about.path(),
        lead,
        hold: hold(arrival),
        current_label: fill(words.current, &[("masked", &anchor.masked)]),
        wanted_label,
        wanted,
        errors,
    })
}

pub async fn submit(Path(about): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let session = arrival.member().await?;
    let about = About::parse(&about)?;
    posted.proves_member(&about.form())?;
    let words = arrival.texts().change_contact;
    let wanted = posted.form.text("wanted").trim().to_owned();
    let mut errors = Errors::none();
    if posted.form.text("current").trim().is_empty() {
        errors.add("current", words.current_missing);
    }
    if wanted.is_empty() {
        errors.add("wanted", words.wanted_bad);
    }
    if errors.is_empty() {
        let purpose = purpose(arrival, &session, about).await?;
        let typed = ChangeContact {
            replaces: about.replaces(),
            purpose,
            current: SecretString::from(posted.form.text("current")),
            wanted: wanted.clone(),
            visitor: arrival.visitor().clone(),
        };
        errors = match arrival.app().gate.change_contact(&session, typed).await? {
            ContactAnswer::Sent { interaction } => {
                let mut response = Redirect::to("/code").into_response();
                let token = exposed(&interaction);
                remember(response.headers_mut(), cookies::INTERACTION, &token);
                return Ok(response);
            }
            ContactAnswer::Prove => return Ok(way_to_prove(&about.path())),
            ContactAnswer::Wait => return Err(Trouble::Many),
            ContactAnswer::BadLogin => Errors::one("wanted", words.wanted_bad),
            ContactAnswer::Kind => Errors::one("wanted", words.wanted_kind),
            ContactAnswer::Many => Errors::one("wanted", words.many),
            ContactAnswer::Same => Errors::one("wanted", words.same),
            ContactAnswer::Mismatch => Errors::one("current", words.current_wrong),
        };
    }
    let page = page(arrival, &session, about, (wanted, errors)).await?;
    Ok(arrival.again(&page))
}

/// What the new one is for: that of the one it replaces.
async fn purpose(
    arrival: &Arrival,
    session: &Session,
    about: About,
) -> Result<ChannelPurpose, Trouble> {
    match about {
        About::New(purpose) => Ok(purpose),
        About::Replace(id) => {
            let known = arrival.app().gate.security(session).await?;
            let found = known.channels.iter().find(|channel| channel.id == id);
            found
                .map(|channel| channel.purpose)
                .ok_or(Trouble::NotFound)
        }
    }
}
