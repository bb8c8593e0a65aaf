//! `/operations`: what is held, one by one, and the end of a hold by a person.
//!
//! **Invariant:** a hold is ended only after a passkey of a short time ago, and with a reason.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::OperationId;
use sekisho_core::operation::OperationState;
use sekisho_core::reason::Reason;
use sekisho_core::thaw::Ground;
use sekisho_gate::{HeldOperation, ReleaseAnswer, StaffSession};

use super::customers::found_by;
use super::frame::{ConsoleFrame, onward};
use super::list::{done, next_href};
use super::posted::Posted;
use super::visit::{Visit, refusal};
use crate::forms::{Errors, encode};
use crate::pages::Trouble;
use crate::pages::row;
use crate::texts::When;

const PATH: &str = "/operations";

/// One held operation.
#[derive(Clone, Debug)]
pub struct HeldRow {
    pub path: String,
    pub id: String,
    pub kind: String,
    pub customer: String,
    pub customer_href: String,
    pub application: String,
    pub amount: String,
    pub payee: String,
    pub created: When,
    /// By what it ends, and when; nothing where it is not held.
    pub due: Option<(&'static str, When)>,
    pub reasons: Vec<&'static str>,
    pub is_confirmed: bool,
}

#[derive(Template)]
#[template(path = "console/held.html")]
pub struct HeldPage {
    pub f: ConsoleFrame,
    pub rows: Vec<HeldRow>,
    pub first_href: Option<String>,
    pub next_href: Option<String>,
}

#[derive(Template)]
#[template(path = "console/held_one.html")]
pub struct HeldOnePage {
    pub f: ConsoleFrame,
    pub row: HeldRow,
    pub csrf: Option<String>,
    pub again_href: Option<String>,
    pub is_refused: Option<bool>,
    pub ground: String,
    pub errors: Errors,
}

impl HeldOnePage {
    /// What was typed as the reason.
    pub fn ground_typed(&self) -> &str {
        &self.ground
    }
}

fn row(visit: &Visit, one: &HeldOperation) -> HeldRow {
    let words = visit.texts().work;
    let when = |at| When::of(at, visit.locale());
    let hold = one.hold.as_ref();
    let hold = hold.filter(|_| one.state == OperationState::Held);
    HeldRow {
        path: format!("{PATH}/{}", one.id),
        id: one.id.to_string(),
        kind: row::named(&one.kind, &visit.gate().policy(), visit.locale()),
        customer: one.customer.to_string(),
        customer_href: found_by(one.customer.as_str()),
        application: one.application.to_string(),
        amount: one.amount.clone().unwrap_or_default(),
        payee: one.payee.clone().unwrap_or_default(),
        created: when(one.created),
        due: hold.map(|hold| match hold.until {
            Some(until) if until <= hold.ends => (words.releases, when(until)),
            _ => (words.refuses, when(hold.ends)),
        }),
        reasons: hold.map_or_else(Vec::new, |hold| {
            hold.reasons
                .iter()
                .map(|reason| reason.sentence())
                .collect()
        }),
        is_confirmed: one.confirmed,
    }
}

pub async fn show(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::HeldShow).await?;
    let after = visit.asked("after");
    let listed = visit.gate().console_held(&session, after.as_deref());
    let listed = done(listed.await?)?;
    Ok(visit.shown(&HeldPage {
        f: ConsoleFrame::of_person(&visit, &session, visit.texts().work.held),
        rows: listed.rows.iter().map(|one| row(&visit, one)).collect(),
        first_href: after.map(|_| PATH.to_owned()),
        next_href: next_href(PATH, "held", listed.next.as_deref()),
    }))
}

/// A form's name holds the operation, so that its token is good for no other.
fn form_name(id: OperationId) -> String {
    format!("console_operation_end:{id}")
}

async fn page(
    visit: &Visit,
    session: &StaffSession,
    id: OperationId,
    typed: (Option<bool>, String, Errors),
) -> Result<HeldOnePage, Trouble> {
    let gate = visit.gate();
    let found = done(gate.console_held_one(session, id).await?)?;
    let row = row(visit, &found.ok_or(Trouble::NotFound)?);
    let may = gate.may(session, ConsoleAct::HeldEnd);
    let (is_refused, ground, errors) = typed;
    let is_held = row.due.is_some();
    let token = || gate.csrf_token(visit.session_binding(), &form_name(id));
    let back = format!("/prove?return_to={}", encode(&row.path));
    Ok(HeldOnePage {
        f: ConsoleFrame::of_person(visit, session, &row.kind).with(&errors),
        csrf: (is_held && may.is_ok()).then(token),
        again_href: (is_held && may == Err(Reason::ProofStale)).then_some(back),
        row,
        is_refused,
        ground,
        errors,
    })
}

pub async fn one(Path(id): Path<String>, visit: Visit) -> Result<Response, Trouble> {
    let id: OperationId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = visit.person(ConsoleAct::HeldShow).await?;
    let typed = (None, String::new(), Errors::none());
    Ok(visit.shown(&page(&visit, &session, id, typed).await?))
}

pub async fn end(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: OperationId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.visit.person(ConsoleAct::HeldEnd).await?;
    posted.proves_session(&form_name(id))?;
    let Posted { visit, form } = posted;
    let (gate, words) = (visit.gate(), visit.texts().work);
    let is_refused = match form.text("end") {
        "release" => Some(false),
        "refuse" => Some(true),
        _ => None,
    };
    let typed = form.text("ground").to_owned();
    let mut errors = Errors::none();
    if is_refused.is_none() {
        errors.add("end-release", words.end_wrong);
    }
    let ground = Ground::parse(&typed);
    if ground.is_err() {
        errors.add("ground", visit.texts().console.ground_wrong);
    }
    if let (Some(is_refused), Ok(ground)) = (is_refused, ground) {
        let by = (&session, ConsoleAct::HeldEnd);
        let answer = match is_refused {
            false => gate.release(by, id, &ground).await?,
            true => gate.refuse_held(by, id, &ground).await?,
        };
        match answer {
            ReleaseAnswer::Released(_) | ReleaseAnswer::Refused => {
                return Ok(onward(&format!("{PATH}/{id}")));
            }
            ReleaseAnswer::Unknown => return Err(Trouble::NotFound),
            ReleaseAnswer::Unproved => return Err(Trouble::SignIn),
            ReleaseAnswer::Closed(Reason::StaffRole) => return Err(refusal(Reason::StaffRole)),
            ReleaseAnswer::Closed(Reason::OperationClosed) => errors.add("", words.held_over),
            ReleaseAnswer::Closed(reason) => errors.add("", reason.sentence()),
        }
    }
    let typed = (is_refused, typed, errors);
    Ok(visit.again(&page(&visit, &session, id, typed).await?))
}
