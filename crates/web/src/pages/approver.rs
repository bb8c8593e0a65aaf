//! `/security/push`: phones that approve, added on themselves and removed.
//!
//! **Invariant:** the address of a phone is taken from its own browser and shown to nobody.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_core::id::CredentialId;
use sekisho_core::notice::Locale;
use sekisho_gate::{ApproverAnswer, ApproverOffer, Approvers, ShownApprover, Subscribing};

use super::arrival::Arrival;
use super::assets;
use super::frame::{Frame, versioned};
use super::posted::Posted;
use super::row::program;
use super::trouble::Trouble;
use crate::forms::encode;
use crate::texts::{Texts, When};

const PATH: &str = "/security/push";
const ADD: &str = "approver_add";

/// A phone as templates show it.
#[derive(Clone, Debug)]
pub struct ApproverLine {
    pub this: bool,
    pub title: String,
    pub since: When,
    pub last: Option<When>,
    pub action: String,
    pub csrf: String,
}

/// The form that adds the browser that looks.
#[derive(Clone, Debug)]
pub struct Open {
    pub key: String,
    pub csrf: String,
    pub script: String,
}

/// Whether the browser that looks may be added.
#[derive(Clone, Debug)]
pub enum Adding {
    /// After another proof, given there.
    Again(String),
    /// Not, and why.
    Closed(&'static str),
    Open(Open),
}

#[derive(Template)]
#[template(path = "approver.html")]
pub struct ApproverPage {
    pub f: Frame,
    pub told: Option<&'static str>,
    pub rows: Vec<ApproverLine>,
    pub adding: Adding,
}

impl ApproverLine {
    /// The words for `known`; `csrf` is the token of its form.
    pub fn of(known: &ShownApprover, csrf: String, locale: Locale) -> Self {
        let client = program(known.client, Texts::of(locale));
        Self {
            this: known.this,
            title: known.name.clone().unwrap_or(client),
            since: When::of(known.since, locale),
            last: known.last.map(|last| When::of(last, locale)),
            action: format!("{PATH}/{}/remove", known.id),
            csrf,
        }
    }
}

/// The address of the script.
pub fn script() -> String {
    versioned(assets::PUSH, assets::PUSH_TEXT)
}

fn removing(id: CredentialId) -> String {
    format!("approver_remove:{id}")
}

fn adding(arrival: &Arrival, known: &Approvers) -> Adding {
    let words = arrival.texts().push;
    match &known.offer {
        ApproverOffer::Add { key } => Adding::Open(Open {
            key: key.clone(),
            csrf: arrival
                .app()
                .gate
                .csrf_token(arrival.session_binding(), ADD),
            script: script(),
        }),
        ApproverOffer::Forbidden => Adding::Closed(words.forbidden),
        ApproverOffer::Full => Adding::Closed(words.full),
        ApproverOffer::ProveAgain => {
            Adding::Again(format!("/security/prove?return_to={}", encode(PATH)))
        }
        ApproverOffer::Strange => Adding::Closed(words.strange),
    }
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let (gate, words) = (&arrival.app().gate, arrival.texts().push);
    let known = gate.approvers(&session, arrival.visitor()).await?;
    let line = |known: &ShownApprover| {
        let csrf = gate.csrf_token(arrival.session_binding(), &removing(known.id));
        ApproverLine::of(known, csrf, arrival.locale())
    };
    let page = ApproverPage {
        f: Frame::of_member(&arrival, words.title),
        told: match arrival.asked("told").as_deref() {
            Some("added") => Some(words.added),
            Some("removed") => Some(words.removed),
            Some("unusable") => Some(words.unusable),
            _ => None,
        },
        rows: known.rows.iter().map(line).collect(),
        adding: adding(&arrival, &known),
    };
    Ok(arrival.shown(&page))
}

pub async fn add(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.arrival.member().await?;
    posted.proves_member(ADD)?;
    let Posted { arrival, form } = posted;
    let wanted = Subscribing {
        endpoint: form.text("endpoint").to_owned(),
        p256dh: form.text("p256dh").to_owned(),
        auth: form.text("auth").to_owned(),
    };
    let gate = &arrival.app().gate;
    let added = gate.approver_add(&session, &wanted, arrival.visitor());
    let told = match added.await? {
        ApproverAnswer::Done => "?told=added",
        ApproverAnswer::Refused => "",
        ApproverAnswer::Unusable => "?told=unusable",
    };
    Ok(Redirect::to(&format!("{PATH}{told}")).into_response())
}

pub async fn remove(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let session = posted.arrival.member().await?;
    let id: CredentialId = id.parse().map_err(|_| Trouble::NotFound)?;
    posted.proves_member(&removing(id))?;
    let (gate, visitor) = (&posted.arrival.app().gate, posted.arrival.visitor());
    match gate.approver_remove(&session, id, visitor).await? {
        ApproverAnswer::Done => Ok(Redirect::to(&format!("{PATH}?told=removed")).into_response()),
        ApproverAnswer::Refused | ApproverAnswer::Unusable => Err(Trouble::NotFound),
    }
}
