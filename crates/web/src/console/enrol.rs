//! `/enrol`: the first passkey of a person of the firm, with the secret that they were given.
//!
//! **Invariant:** an unknown name, a wrong secret and too many tries read the same, and the secret
//! never comes back with the form.

use askama::Template;
use axum::response::Response;
use secrecy::SecretString;
use sekisho_core::known::StaffName;
use sekisho_core::text::Line;
use sekisho_gate::{Enrolled, Enrolling, StaffClaim, StaffEntered, StaffSession};

use super::frame::{ConsoleFrame, onward};
use super::passkeys::Making;
use super::posted::Posted;
use super::visit::{SESSION, Visit, exposed, forget, remember};
use crate::forms::{Errors, passkey as posted_passkey};
use crate::pages::Trouble;

const BEGIN: &str = "console_enrol";
const MAKE: &str = "console_first_passkey";
const PATH: &str = "/enrol/passkey";

#[derive(Template)]
#[template(path = "console/enrol.html")]
pub struct EnrolPage {
    pub f: ConsoleFrame,
    pub csrf: String,
    pub name: String,
    pub errors: Errors,
}

#[derive(Template)]
#[template(path = "console/first_passkey.html")]
pub struct FirstPasskeyPage {
    pub f: ConsoleFrame,
    pub making: Option<Making>,
    pub errors: Errors,
}

fn page(visit: &Visit, name: String, errors: Errors) -> EnrolPage {
    EnrolPage {
        f: ConsoleFrame::of(visit, visit.texts().console.enrol_title).with(&errors),
        csrf: visit.gate().csrf_token(visit.binding(), BEGIN),
        name,
        errors,
    }
}

pub async fn show(visit: Visit) -> Response {
    visit.shown(&page(&visit, String::new(), Errors::none()))
}

pub async fn begin(posted: Posted) -> Result<Response, Trouble> {
    posted.proves_visitor(BEGIN)?;
    let Posted { visit, form } = posted;
    let (typed, words) = (form.text("name").trim(), visit.texts().console);
    let entered = match StaffName::parse(typed) {
        Ok(name) => {
            let secret = SecretString::from(form.text("secret").to_owned());
            let claim = StaffClaim { name, secret };
            visit.gate().begin_staff_enrol(&claim).await?
        }
        Err(_) => StaffEntered::Unproved,
    };
    let wrong = match entered {
        StaffEntered::Opened(token) => {
            let mut response = onward(PATH);
            remember(response.headers_mut(), SESSION, &exposed(&token));
            return Ok(response);
        }
        StaffEntered::There => words.enrol_there,
        StaffEntered::Unproved => words.enrol_wrong,
    };
    let shown: String = typed.chars().take(40).collect();
    Ok(visit.again(&page(&visit, shown, Errors::one("secret", wrong))))
}

/// The session in which a first passkey is made; nobody else has anything to do here.
async fn enrolling(visit: &Visit) -> Result<StaffSession, Trouble> {
    let session = visit.session().await?;
    let session = session.filter(StaffSession::is_enrolling);
    session.ok_or(Trouble::Expired)
}

async fn making(
    visit: &Visit,
    session: &StaffSession,
    errors: Errors,
) -> Result<FirstPasskeyPage, Trouble> {
    let (gate, words) = (visit.gate(), visit.texts().console);
    let passkeys = gate.staff_passkeys(session, visit.origin()).await?;
    let f = ConsoleFrame::of(visit, words.first_title).with(&errors);
    let making = match &passkeys.enrolling {
        Enrolling::Open(prompt) => {
            let csrf = gate.csrf_token(visit.session_binding(), MAKE);
            Some(Making::of(prompt, (PATH, csrf), &f))
        }
        Enrolling::Full | Enrolling::ProveAgain => return Err(Trouble::Expired),
        Enrolling::NoDomain => None,
    };
    Ok(FirstPasskeyPage { f, making, errors })
}

pub async fn ask(visit: Visit) -> Result<Response, Trouble> {
    let session = enrolling(&visit).await?;
    Ok(visit.shown(&making(&visit, &session, Errors::none()).await?))
}

pub async fn make(posted: Posted) -> Result<Response, Trouble> {
    let session = enrolling(&posted.visit).await?;
    posted.proves_session(MAKE)?;
    let Posted { visit, form } = posted;
    let words = visit.texts().passkey;
    let errors = match (Line::parse(form.text("name")), posted_passkey::offer(&form)) {
        (Err(_), _) => Errors::one("name", words.name_wrong),
        (Ok(_), None) => Errors::one("", words.refused),
        (Ok(name), Some(offer)) => {
            let (gate, origin) = (visit.gate(), visit.origin());
            match gate.staff_enrol(&session, (&offer, name), origin).await? {
                Enrolled::Done => {
                    let mut response = onward("/sign-in?told=enrolled");
                    forget(response.headers_mut(), SESSION);
                    return Ok(response);
                }
                Enrolled::Full | Enrolled::ProveAgain => return Err(Trouble::Expired),
                Enrolled::Refused => Errors::one("", words.refused),
            }
        }
    };
    Ok(visit.again(&making(&visit, &session, errors).await?))
}
