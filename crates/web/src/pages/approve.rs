//! `/approve`: what a phone is asked, and the number that is typed there.
//!
//! **Invariant:** a GET shows and never acts, and a phone that is not the customer's sees nothing
//! of what is asked.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_core::money::in_locale;
use sekisho_core::notice::Locale;
use sekisho_gate::{ApprovalAbout, ApproveAnswer, Reported, ShownApproval};

use super::arrival::{Arrival, forget};
use super::code::is_code;
use super::frame::Frame;
use super::posted::Posted;
use super::trouble::Trouble;
use crate::cookies;
use crate::forms::{Errors, encode};
use crate::texts::{Texts, When};

const PATH: &str = "/approve";
const NOT_ME: &str = "/approve/not-me";

/// What is asked, as the template shows it.
#[derive(Clone, Debug)]
pub struct AskedLine {
    pub text: &'static str,
    pub what: String,
    pub amount: Option<String>,
    pub payees: Vec<String>,
    pub texts: Vec<(String, String)>,
    pub place: String,
    pub when: When,
    pub action: String,
    pub csrf: String,
    pub not_me: String,
    pub not_me_csrf: String,
}

#[derive(Template)]
#[template(path = "approve.html")]
pub struct ApprovePage {
    pub f: Frame,
    pub asked: Option<AskedLine>,
    pub done: bool,
    pub errors: Errors,
}

impl AskedLine {
    /// The words for `shown`, which `request` opened; `tokens` are those of its two forms.
    pub fn of(
        shown: &ShownApproval,
        request: &str,
        tokens: (String, String),
        locale: Locale,
    ) -> Self {
        let words = Texts::of(locale).push;
        let (text, what) = match &shown.about {
            ApprovalAbout::Operation { name, .. } => (words.operation_text, name.as_str()),
            ApprovalAbout::Prove => (words.prove_text, words.prove),
            ApprovalAbout::SignIn => (words.sign_in_text, words.sign_in),
        };
        let (money, payees, texts) = match &shown.about {
            ApprovalAbout::Operation {
                amount,
                payees,
                texts,
                ..
            } => (amount.as_deref(), payees.clone(), texts.clone()),
            ApprovalAbout::Prove | ApprovalAbout::SignIn => (None, Vec::new(), Vec::new()),
        };
        let query = format!("?request={}", encode(request));
        Self {
            text,
            what: what.to_owned(),
            amount: money.map(|text| in_locale(text, locale)),
            payees,
            texts,
            place: shown.place.clone(),
            when: When::of(shown.asked, locale),
            action: format!("{PATH}{query}"),
            csrf: tokens.0,
            not_me: format!("{NOT_ME}{query}"),
            not_me_csrf: tokens.1,
        }
    }
}

impl ApprovePage {
    /// The page in a given frame.
    pub fn framed(frame: Frame, asked: Option<AskedLine>, done: bool, errors: Errors) -> Self {
        let words = frame.t.push;
        let heading = match (&asked, done) {
            (Some(_), _) => words.approve_title,
            (None, true) => words.done_title,
            (None, false) => words.nothing_title,
        };
        Self {
            f: frame.headed(heading).with(&errors),
            asked,
            done,
            errors,
        }
    }
}

/// What was opened from the notification.
fn request(arrival: &Arrival) -> String {
    arrival.asked("request").unwrap_or_default()
}

/// A form's name holds the request, so that its token is good for no other.
fn form(step: &str, request: &str) -> String {
    format!("approve_{step}:{request}")
}

async fn page(arrival: &Arrival, errors: Errors) -> Result<ApprovePage, Trouble> {
    let (gate, request) = (&arrival.app().gate, request(arrival));
    let shown = gate
        .approval(&request, arrival.visitor(), arrival.locale())
        .await?;
    let token = |step| gate.csrf_token(arrival.binding(), &form(step, &request));
    let asked = shown.map(|shown| {
        let tokens = (token("number"), token("not_me"));
        AskedLine::of(&shown, &request, tokens, arrival.locale())
    });
    let done = asked.is_none() && arrival.asked("told").as_deref() == Some("done");
    let frame = Frame::of(arrival, "");
    Ok(ApprovePage::framed(frame, asked, done, errors))
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let page = page(&arrival, Errors::none()).await?;
    Ok(arrival.shown(&page))
}

pub async fn submit(posted: Posted) -> Result<Response, Trouble> {
    let request = request(&posted.arrival);
    posted.proves_visitor(&form("number", &request))?;
    let Posted { arrival, form } = posted;
    let (words, typed) = (arrival.texts().push, form.code("number"));
    let wrong = if is_code(&typed) {
        let gate = &arrival.app().gate;
        match gate.approve(&request, &typed, arrival.visitor()).await? {
            ApproveAnswer::Approved => {
                return Ok(Redirect::to(&format!("{PATH}?told=done")).into_response());
            }
            ApproveAnswer::Over => return Ok(Redirect::to(PATH).into_response()),
            ApproveAnswer::Wrong => words.wrong,
        }
    } else {
        words.shape
    };
    let page = page(&arrival, Errors::one("number", wrong)).await?;
    match page.asked {
        Some(_) => Ok(arrival.again(&page)),
        // It ended meanwhile: there is no field to put right.
        None => Ok(Redirect::to(PATH).into_response()),
    }
}

pub async fn not_me(posted: Posted) -> Result<Response, Trouble> {
    let arrival = &posted.arrival;
    let request = request(arrival);
    posted.proves_visitor(&form("not_me", &request))?;
    let gate = &arrival.app().gate;
    match gate.approve_not_me(&request, arrival.visitor()).await? {
        Reported::Frozen => {
            let mut response = Redirect::to("/report/done").into_response();
            if arrival.session().await?.is_none() {
                forget(response.headers_mut(), cookies::SESSION);
            }
            Ok(response)
        }
        Reported::Unknown => Ok(Redirect::to(PATH).into_response()),
        Reported::Wait => Err(Trouble::Many),
    }
}
