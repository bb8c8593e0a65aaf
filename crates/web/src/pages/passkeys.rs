//! `/security/passkeys`: the customer's passkeys.
//!
//! **Invariant:** whoever cannot change them now is shown the way to, and no form.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use sekisho_core::id::CredentialId;
use sekisho_core::known::Backup;
use sekisho_core::passkey::Usable;
use sekisho_core::policy::{PasskeySignIn, Policy};
use sekisho_core::text::Line;
use sekisho_gate::{Enrolled, Enrolling, PasskeyView, Session};

use super::arrival::Arrival;
use super::assets;
use super::frame::{Frame, versioned};
use super::payment::shown_by_browser;
use super::posted::Posted;
use super::trouble::Trouble;
use crate::forms::{Errors, encode, passkey as posted_passkey};
use crate::texts::{PasskeyWords, When, fill};

const PATH: &str = "/security/passkeys";
const MAKE: &str = "passkey_make";

/// Tokens of the forms of one passkey.
#[derive(Clone, Debug)]
pub struct RowTokens {
    pub name: String,
    pub remove: String,
}

/// One passkey.
#[derive(Clone, Debug)]
pub struct PasskeyRow {
    pub id: String,
    pub path: String,
    pub name: String,
    pub created: When,
    pub last: Option<When>,
    pub kind: &'static str,
    pub csrf: Option<RowTokens>,
}

/// The form that makes another one.
#[derive(Clone, Debug)]
pub struct Making {
    pub options: String,
    pub csrf: String,
    pub ticket: String,
    pub script: String,
}

#[derive(Template)]
#[template(path = "passkeys.html")]
pub struct PasskeysPage {
    pub f: Frame,
    pub rows: Vec<PasskeyRow>,
    pub locks: Option<String>,
    pub making: Option<Making>,
    pub again_href: Option<String>,
    pub closed: &'static str,
    pub told: Option<&'static str>,
    pub errors: Errors,
}

/// A form's name holds the passkey, so that its token is good for no other.
fn form(step: &str, id: CredentialId) -> String {
    format!("passkey_{step}:{id}")
}

fn row(arrival: &Arrival, known: &PasskeyView, enrolling: &Enrolling) -> PasskeyRow {
    let words = arrival.texts().passkey;
    let locale = arrival.locale();
    let token = |step| {
        let gate = &arrival.app().gate;
        gate.csrf_token(arrival.session_binding(), &form(step, known.id))
    };
    PasskeyRow {
        id: known.id.to_string(),
        path: format!("{PATH}/{}", known.id),
        name: known.name.clone(),
        created: When::of(known.created, locale),
        last: known.last.map(|last| When::of(last, locale)),
        kind: match known.backup {
            Backup::Bound => words.bound,
            Backup::Copied | Backup::Eligible => words.copied,
        },
        csrf: (*enrolling != Enrolling::ProveAgain).then(|| RowTokens {
            name: token("name"),
            remove: token("remove"),
        }),
    }
}

/// What having a passkey means, where it means anything.
fn locks(policy: &Policy, words: &PasskeyWords) -> Option<String> {
    let hours = policy.passkey.wait_hours;
    let told = Usable::told_after(policy).as_seconds() / 3_600;
    let signs_in = policy.passkey.sign_in == PasskeySignIn::Alone;
    let said = [
        (!policy.passkey.lock.is_empty()).then(|| fill(words.lock, &[("hours", &hours)])),
        signs_in.then(|| fill(words.lock_sign_in, &[("hours", &told)])),
    ];
    let said: Vec<String> = said.into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(" "))
}

async fn page(
    arrival: &Arrival,
    session: &Session,
    errors: Errors,
) -> Result<PasskeysPage, Trouble> {
    let gate = &arrival.app().gate;
    let words = arrival.texts().passkey;
    let passkeys = gate.passkeys(session).await?;
    let rows = passkeys
        .all
        .iter()
        .map(|known| row(arrival, known, &passkeys.enrolling));
    let frame = Frame::of_member(arrival, words.title).with(&errors);
    let making = match &passkeys.enrolling {
        Enrolling::Open(prompt) => Some(Making {
            options: posted_passkey::creation(prompt, &frame.name),
            csrf: gate.csrf_token(arrival.session_binding(), MAKE),
            ticket: prompt.ticket.clone(),
            script: versioned(assets::PASSKEY, assets::PASSKEY_TEXT),
        }),
        Enrolling::Full | Enrolling::NoDomain | Enrolling::ProveAgain => None,
    };
    let again = passkeys.enrolling == Enrolling::ProveAgain;
    let told = match arrival.asked("told").as_deref() {
        _ if !errors.is_empty() => None,
        Some("added") => Some(words.added),
        Some("renamed") => Some(words.renamed),
        Some("removed") => Some(words.removed),
        _ => None,
    };
    Ok(PasskeysPage {
        rows: rows.collect(),
        locks: locks(&gate.policy(), words),
        making,
        closed: match passkeys.enrolling {
            Enrolling::NoDomain => words.no_domain,
            _ => words.full,
        },
        again_href: again.then(|| format!("/security/prove?return_to={}", encode(PATH))),
        told,
        f: frame,
        errors,
    })
}

pub async fn show(arrival: Arrival) -> Result<Response, Trouble> {
    let session = arrival.member().await?;
    let page = page(&arrival, &session, Errors::none()).await?;
    Ok(shown_by_browser(
        arrival.shown(&page),
        page.making.is_some(),
    ))
}

pub async fn make(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.arrival.member().await?;
    posted.proves_member(MAKE)?;
    let Posted { arrival, form } = posted;
    let words = arrival.texts().passkey;
    let errors = match (Line::parse(form.text("name")), posted_passkey::offer(&form)) {
        (Err(_), _) => Errors::one("name", words.name_wrong),
        (Ok(_), None) => Errors::one("", words.refused),
        (Ok(name), Some(offer)) => {
            let named = (name, arrival.visitor());
            let enrolled = arrival.app().gate.enrol(&session, &offer, named).await?;
            match settled(enrolled, "added") {
                Some(response) => return Ok(response),
                None => Errors::one("", words.refused),
            }
        }
    };
    let page = page(&arrival, &session, errors).await?;
    Ok(shown_by_browser(
        arrival.again(&page),
        page.making.is_some(),
    ))
}

pub async fn rename(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: CredentialId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.arrival.member().await?;
    posted.proves_member(&form("name", id))?;
    let Posted { arrival, form } = posted;
    let Ok(name) = Line::parse(form.text("name")) else {
        let errors = Errors::one("", arrival.texts().passkey.name_wrong);
        let page = page(&arrival, &session, errors).await?;
        let again = arrival.again(&page);
        return Ok(shown_by_browser(again, page.making.is_some()));
    };
    let gate = &arrival.app().gate;
    let enrolled = gate.rename_passkey(&session, id, name).await?;
    settled(enrolled, "renamed").ok_or(Trouble::NotFound)
}

pub async fn remove(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: CredentialId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.arrival.member().await?;
    posted.proves_member(&form("remove", id))?;
    let enrolled = posted.arrival.app().gate.discard(&session, id).await?;
    settled(enrolled, "removed").ok_or(Trouble::NotFound)
}

/// Back to the page, which says what was done or what is missing; `None` for what was no passkey.
fn settled(enrolled: Enrolled, told: &str) -> Option<Response> {
    let href = match enrolled {
        Enrolled::Done => format!("{PATH}?told={told}"),
        Enrolled::Full | Enrolled::ProveAgain => PATH.to_owned(),
        Enrolled::Refused => return None,
    };
    Some(Redirect::to(&href).into_response())
}
