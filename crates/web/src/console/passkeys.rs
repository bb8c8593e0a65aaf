//! `/passkeys`: the passkeys of whoever is signed in.
//!
//! **Invariant:** whoever cannot change them now is shown the way to, and no form.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::CredentialId;
use sekisho_core::known::Backup;
use sekisho_core::text::Line;
use sekisho_gate::{EnrolPrompt, Enrolled, Enrolling, PasskeyView, StaffSession};

use super::frame::{ConsoleFrame, onward};
use super::posted::Posted;
use super::visit::Visit;
use crate::forms::{Errors, passkey as posted_passkey};
use crate::pages::Trouble;
use crate::pages::assets::{PASSKEY, PASSKEY_TEXT};
use crate::pages::frame::versioned;
use crate::texts::When;

const PATH: &str = "/passkeys";
const MAKE: &str = "console_passkey";

/// The form that makes a passkey.
#[derive(Clone, Debug)]
pub struct Making {
    pub action: &'static str,
    pub options: String,
    pub csrf: String,
    pub ticket: String,
    pub script: String,
}

impl Making {
    /// The form at `action`, with its token.
    pub fn of(prompt: &EnrolPrompt, sent: (&'static str, String), f: &ConsoleFrame) -> Self {
        let (action, csrf) = sent;
        Self {
            action,
            options: posted_passkey::creation(prompt, &f.name),
            csrf,
            ticket: prompt.ticket.clone(),
            script: versioned(PASSKEY, PASSKEY_TEXT),
        }
    }
}

/// One passkey.
#[derive(Clone, Debug)]
pub struct PasskeyRow {
    pub path: String,
    pub name: String,
    pub created: When,
    pub last: Option<When>,
    pub kind: &'static str,
    /// The token of the form that removes it, where it can be.
    pub csrf: Option<String>,
}

#[derive(Template)]
#[template(path = "console/passkeys.html")]
pub struct PasskeysPage {
    pub f: ConsoleFrame,
    pub rows: Vec<PasskeyRow>,
    pub making: Option<Making>,
    pub again_href: Option<&'static str>,
    pub told: Option<&'static str>,
    pub errors: Errors,
}

/// A form's name holds the passkey, so that its token is good for no other.
fn form(id: CredentialId) -> String {
    format!("console_passkey_remove:{id}")
}

fn row(visit: &Visit, known: &PasskeyView, removable: bool) -> PasskeyRow {
    let (words, locale) = (visit.texts().passkey, visit.locale());
    let token = || {
        let gate = visit.gate();
        gate.csrf_token(visit.session_binding(), &form(known.id))
    };
    PasskeyRow {
        path: format!("{PATH}/{}", known.id),
        name: known.name.clone(),
        created: When::of(known.created, locale),
        last: known.last.map(|last| When::of(last, locale)),
        kind: match known.backup {
            Backup::Bound => words.bound,
            Backup::Copied | Backup::Eligible => words.copied,
        },
        csrf: removable.then(token),
    }
}

async fn page(
    visit: &Visit,
    session: &StaffSession,
    errors: Errors,
) -> Result<PasskeysPage, Trouble> {
    let (gate, words) = (visit.gate(), visit.texts().passkey);
    let passkeys = gate.staff_passkeys(session, visit.origin()).await?;
    let again = passkeys.enrolling == Enrolling::ProveAgain;
    let removable = !again && passkeys.all.len() > 1;
    let rows = passkeys.all.iter();
    let rows = rows.map(|known| row(visit, known, removable)).collect();
    let f = ConsoleFrame::of_person(visit, session, words.title).with(&errors);
    let making = match &passkeys.enrolling {
        Enrolling::Open(prompt) => {
            let csrf = gate.csrf_token(visit.session_binding(), MAKE);
            Some(Making::of(prompt, (PATH, csrf), &f))
        }
        Enrolling::Full | Enrolling::NoDomain | Enrolling::ProveAgain => None,
    };
    let told = match visit.asked("told").as_deref() {
        _ if !errors.is_empty() => None,
        Some("added") => Some(words.added),
        Some("removed") => Some(words.removed),
        _ => None,
    };
    Ok(PasskeysPage {
        f,
        rows,
        making,
        again_href: again.then_some("/prove?return_to=%2Fpasskeys"),
        told,
        errors,
    })
}

pub async fn show(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::Passkeys).await?;
    Ok(visit.shown(&page(&visit, &session, Errors::none()).await?))
}

pub async fn make(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.visit.person(ConsoleAct::PasskeysChange).await?;
    posted.proves_session(MAKE)?;
    let Posted { visit, form } = posted;
    let words = visit.texts().passkey;
    let errors = match (Line::parse(form.text("name")), posted_passkey::offer(&form)) {
        (Err(_), _) => Errors::one("name", words.name_wrong),
        (Ok(_), None) => Errors::one("", words.refused),
        (Ok(name), Some(offer)) => {
            let (gate, origin) = (visit.gate(), visit.origin());
            match gate.staff_enrol(&session, (&offer, name), origin).await? {
                Enrolled::Done => return Ok(onward("/passkeys?told=added")),
                Enrolled::Full => Errors::one("", words.full),
                Enrolled::ProveAgain => return Err(Trouble::ProveAgain),
                Enrolled::Refused => Errors::one("", words.refused),
            }
        }
    };
    Ok(visit.again(&page(&visit, &session, errors).await?))
}

pub async fn remove(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: CredentialId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.visit.person(ConsoleAct::PasskeysChange).await?;
    posted.proves_session(&form(id))?;
    let visit = posted.visit;
    match visit.gate().remove_staff_passkey(&session, id).await? {
        Enrolled::Done => Ok(onward("/passkeys?told=removed")),
        Enrolled::ProveAgain => Err(Trouble::ProveAgain),
        Enrolled::Full => {
            let errors = Errors::one("", visit.texts().console.last_passkey);
            Ok(visit.again(&page(&visit, &session, errors).await?))
        }
        Enrolled::Refused => Err(Trouble::NotFound),
    }
}
