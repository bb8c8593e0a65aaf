//! `/alerts/{alert}/respond`: the accounts that an attack touched are protected together.
//!
//! **Invariant:** what is done is what was shown: when it concerns others meanwhile, these are
//! shown and nothing is done.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::AlertId;
use sekisho_core::respond::Response as Protection;
use sekisho_core::thaw::Ground;
use sekisho_gate::{Preview, Responded, StaffSession};

use super::customers::found_by;
use super::frame::{ConsoleFrame, onward};
use super::list::done;
use super::posted::Posted;
use super::visit::Visit;
use crate::forms::Errors;
use crate::pages::Trouble;
use crate::texts::{WorkWords, fill};

/// How many are shown by name.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "console/respond.html")]
pub struct RespondPage {
    pub f: ConsoleFrame,
    pub alert_href: String,
    pub what: &'static str,
    pub hint: &'static str,
    pub response: &'static str,
    pub digest: String,
    pub count: String,
    pub is_nobody: bool,
    pub before: Option<String>,
    /// Reference and address of the page of each who is shown.
    pub rows: Vec<(String, String)>,
    pub more: Option<String>,
    pub csrf: String,
    pub ground: String,
    pub errors: Errors,
}

impl RespondPage {
    /// What was typed as the reason.
    pub fn ground_typed(&self) -> &str {
        &self.ground
    }
}

/// What a response is called, and what it means.
pub(super) const fn named(
    response: Protection,
    words: &'static WorkWords,
) -> (&'static str, &'static str) {
    match response {
        Protection::EndSessions => (words.end_sessions, words.end_sessions_hint),
        Protection::Freeze => (words.freeze, words.freeze_hint),
        Protection::ResetPassword => (words.reset_password, words.reset_password_hint),
    }
}

/// A form's name holds the alert, so that its token is good for no other.
fn form_name(id: AlertId) -> String {
    format!("console_alert_respond:{id}")
}

fn page(
    visit: &Visit,
    session: &StaffSession,
    (id, response, preview): (AlertId, Protection, &Preview),
    (ground, errors): (String, Errors),
) -> RespondPage {
    let words = visit.texts().work;
    let (what, hint) = named(response, words);
    let count = preview.rows.len();
    let rows = preview.rows.iter().take(SHOWN).map(|(_, reference)| {
        let reference = reference.as_str();
        (reference.to_owned(), found_by(reference))
    });
    RespondPage {
        f: ConsoleFrame::of_person(visit, session, words.preview).with(&errors),
        alert_href: format!("/alerts/{id}"),
        what,
        hint,
        response: response.word(),
        digest: preview.digest.to_string(),
        count: match count {
            1 => words.preview_one.to_owned(),
            _ => fill(words.preview_count, &[("count", &count)]),
        },
        is_nobody: count == 0,
        before: (preview.before > 0)
            .then(|| fill(words.preview_before, &[("count", &preview.before)])),
        rows: rows.collect(),
        more: (count > SHOWN).then(|| fill(words.preview_more, &[("count", &SHOWN)])),
        csrf: visit
            .gate()
            .csrf_token(visit.session_binding(), &form_name(id)),
        ground,
        errors,
    }
}

async fn previewed(
    visit: &Visit,
    session: &StaffSession,
    about: (AlertId, Protection),
) -> Result<Preview, Trouble> {
    let found = visit.gate().response_preview(session, about).await?;
    done(found)?.ok_or(Trouble::NotFound)
}

pub async fn preview(Path(id): Path<String>, visit: Visit) -> Result<Response, Trouble> {
    let id: AlertId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = visit.person(ConsoleAct::Respond).await?;
    let asked = visit.asked("response").unwrap_or_default();
    let Some(response) = Protection::parse(&asked) else {
        return Ok(onward(&format!("/alerts/{id}")));
    };
    let found = previewed(&visit, &session, (id, response)).await?;
    let about = (id, response, &found);
    let typed = (String::new(), Errors::none());
    Ok(visit.shown(&page(&visit, &session, about, typed)))
}

pub async fn submit(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: AlertId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.visit.person(ConsoleAct::Respond).await?;
    posted.proves_session(&form_name(id))?;
    let Posted { visit, form } = posted;
    let words = visit.texts().work;
    let response = Protection::parse(form.text("response")).ok_or(Trouble::Malformed)?;
    let typed = form.text("ground").to_owned();
    let Ok(ground) = Ground::parse(&typed) else {
        let found = previewed(&visit, &session, (id, response)).await?;
        let errors = Errors::one("ground", visit.texts().console.ground_wrong);
        let about = (id, response, &found);
        return Ok(visit.again(&page(&visit, &session, about, (typed, errors))));
    };
    let asked = (id, response, form.text("digest"));
    let answer = visit.gate().respond_all(&session, asked, &ground).await?;
    match done(answer)? {
        Responded::Gone => Err(Trouble::NotFound),
        Responded::Done { done, before } => {
            let to = format!("/alerts/{id}?done={done}&before={before}");
            Ok(onward(&to))
        }
        Responded::Altered(found) => {
            let errors = Errors::one("", words.preview_altered);
            let about = (id, response, &found);
            Ok(visit.again(&page(&visit, &session, about, (typed, errors))))
        }
    }
}
