//! `/customers`: one customer, found by reference or login, and what is done for them.
//!
//! **Invariant:** a login that is searched for is never in an address, and what is masked is shown
//! only in the answer to the form that says why.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use sekisho_core::access::Access;
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::CustomerId;
use sekisho_core::known::{ChannelPurpose, CustomerState};
use sekisho_core::login::{ChannelKind, Login};
use sekisho_core::reason::Reason;
use sekisho_core::respond::Response as Protection;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_gate::{HeldOperation, ShownChannel, ShownCustomer, Shows, StaffAnswer, StaffSession};

use super::frame::{ConsoleFrame, onward};
use super::list::done;
use super::posted::Posted;
use super::respond::named;
use super::visit::Visit;
use crate::forms::{Errors, encode};
use crate::pages::Trouble;
use crate::pages::messages::MessageLine;
use crate::pages::row;
use crate::texts::When;

const PATH: &str = "/customers";
const FIND: &str = "console_customer_find";

#[derive(Template)]
#[template(path = "console/customers.html")]
pub struct FindPage {
    pub f: ConsoleFrame,
    pub csrf: String,
    pub errors: Errors,
}

/// One row of the history.
#[derive(Clone, Debug)]
pub struct AccessRow {
    pub when: When,
    pub act: String,
    pub ending: &'static str,
    pub mark: &'static str,
    pub place: String,
    pub device: String,
    pub why_href: String,
}

/// A way to reach the customer.
#[derive(Clone, Debug)]
pub struct ChannelRow {
    pub kind: &'static str,
    pub value: String,
    pub purpose: &'static str,
    pub verified: Option<When>,
}

/// An operation that is not over.
#[derive(Clone, Debug)]
pub struct OperationRow {
    pub path: String,
    pub kind: String,
    pub state: &'static str,
    pub amount: String,
    pub payee: String,
    pub created: When,
}

/// One way to protect the account: word, label, what it means, whether it is chosen.
pub type Choice = (&'static str, &'static str, &'static str, bool);

/// Tokens of the forms of one customer, where they can be sent.
#[derive(Clone, Debug, Default)]
pub struct CustomerTokens {
    pub reveal: Option<String>,
    pub respond: Option<String>,
}

#[derive(Template)]
#[template(path = "console/customer.html")]
pub struct CustomerPage {
    pub f: ConsoleFrame,
    pub path: String,
    pub id: String,
    pub is_frozen: bool,
    pub doubted: bool,
    pub since: When,
    pub contact_changed: Option<When>,
    pub password: (Option<When>, Option<When>),
    pub passkeys: usize,
    pub devices: usize,
    pub sessions: usize,
    pub channels: Vec<ChannelRow>,
    pub operations: Vec<OperationRow>,
    pub messages: Vec<MessageLine>,
    pub rows: Vec<AccessRow>,
    pub newest_href: Option<String>,
    pub older_href: Option<String>,
    pub revealed: bool,
    pub tokens: CustomerTokens,
    pub again_href: Option<String>,
    pub choices: Vec<Choice>,
    pub ground: String,
    pub told: Option<&'static str>,
    pub errors: Errors,
}

impl CustomerPage {
    /// What was typed as the reason.
    pub fn ground_typed(&self) -> &str {
        &self.ground
    }
}

/// The page of the customer whom applications call so.
pub(super) fn found_by(reference: &str) -> String {
    format!("{PATH}?reference={}", encode(reference))
}

fn find_page(visit: &Visit, session: &StaffSession, errors: Errors) -> FindPage {
    let words = visit.texts().work;
    FindPage {
        f: ConsoleFrame::of_person(visit, session, words.customers).with(&errors),
        csrf: visit.gate().csrf_token(visit.session_binding(), FIND),
        errors,
    }
}

pub async fn search(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::CustomerShow).await?;
    let words = visit.texts().work;
    let Some(asked) = visit.asked("reference") else {
        return Ok(visit.shown(&find_page(&visit, &session, Errors::none())));
    };
    let found = match Reference::parse(&asked) {
        Ok(reference) => done(visit.gate().console_find(&session, &reference).await?)?,
        Err(_) => None,
    };
    Ok(match found {
        Some(id) => onward(&format!("{PATH}/{id}")),
        None => {
            let errors = Errors::one("what", words.find_none);
            visit.again(&find_page(&visit, &session, errors))
        }
    })
}

pub async fn find(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.visit.person(ConsoleAct::CustomerShow).await?;
    posted.proves_session(FIND)?;
    let Posted { visit, form } = posted;
    let (gate, words) = (visit.gate(), visit.texts().work);
    let typed = form.text("what").trim();
    let mut found = None;
    // A number may be both: the reference counts first.
    if let Ok(reference) = Reference::parse(typed) {
        found = done(gate.console_find(&session, &reference).await?)?;
    }
    if let (None, Ok(login)) = (found, Login::parse(typed)) {
        found = done(gate.console_find_login(&session, &login).await?)?;
    }
    Ok(match found {
        Some(id) => onward(&format!("{PATH}/{id}")),
        None => {
            let wrong = match typed.is_empty() {
                true => words.find_wrong,
                false => words.find_none,
            };
            visit.again(&find_page(&visit, &session, Errors::one("what", wrong)))
        }
    })
}

fn access(visit: &Visit, one: &Access, revealed: bool) -> AccessRow {
    let (texts, locale) = (visit.texts(), visit.locale());
    let (ending, mark) = row::ending(one, texts);
    AccessRow {
        when: When::of(one.at, locale),
        act: row::act(&one.act, &visit.gate().policy(), locale),
        ending,
        mark,
        place: match revealed {
            true => row::place(one, texts),
            false => row::coarse_place(Some(&one.context()), texts),
        },
        device: row::device(one, texts),
        why_href: format!("/decisions/{}", one.decision),
    }
}

fn channel(visit: &Visit, one: &ShownChannel) -> ChannelRow {
    let (texts, words) = (visit.texts(), visit.texts().work);
    ChannelRow {
        kind: match one.kind {
            ChannelKind::Mail => texts.security.mail,
            ChannelKind::Sms => texts.security.sms,
        },
        value: one.masked.clone(),
        purpose: match one.purpose {
            ChannelPurpose::Login => words.login,
            ChannelPurpose::Notice => words.dedicated,
        },
        verified: one.verified.map(|at| When::of(at, visit.locale())),
    }
}

pub(super) fn operation(visit: &Visit, one: &HeldOperation) -> OperationRow {
    OperationRow {
        path: format!("/operations/{}", one.id),
        kind: row::named(&one.kind, &visit.gate().policy(), visit.locale()),
        state: one.state.word(),
        amount: one.amount.clone().unwrap_or_default(),
        payee: one.payee.clone().unwrap_or_default(),
        created: When::of(one.created, visit.locale()),
    }
}

/// A form's name holds the customer, so that its token is good for no other.
fn form_name(step: &str, id: CustomerId) -> String {
    format!("console_customer_{step}:{id}")
}

fn tokens(visit: &Visit, session: &StaffSession, id: CustomerId) -> CustomerTokens {
    let gate = visit.gate();
    let token = |act, step| {
        let may = gate.may(session, act).is_ok();
        may.then(|| gate.csrf_token(visit.session_binding(), &form_name(step, id)))
    };
    CustomerTokens {
        reveal: token(ConsoleAct::CustomerReveal, "reveal"),
        respond: token(ConsoleAct::Respond, "respond"),
    }
}

/// What was typed and comes back with the form.
#[derive(Default)]
struct Typed {
    ground: String,
    response: Option<Protection>,
}

fn page(
    visit: &Visit,
    session: &StaffSession,
    shown: &ShownCustomer,
    (typed, errors): (Typed, Errors),
) -> CustomerPage {
    let (words, id) = (visit.texts().work, shown.customer.id);
    let when = |at| When::of(at, visit.locale());
    let before = visit.asked("before").filter(|_| !shown.revealed);
    let path = format!("{PATH}/{id}");
    let stale = [ConsoleAct::Respond, ConsoleAct::CustomerReveal];
    let stale = stale.map(|act| visit.gate().may(session, act) == Err(Reason::ProofStale));
    let choices = Protection::ALL.into_iter().filter(|one| shown.fits(*one));
    let choices = choices.map(|one| {
        let (label, hint) = named(one, words);
        (one.word(), label, hint, typed.response == Some(one))
    });
    let told = match visit.asked("told").as_deref() {
        Some("done") => Some(words.respond_done),
        _ => shown.revealed.then_some(words.revealed),
    };
    let heading = shown.customer.reference.as_str();
    CustomerPage {
        f: ConsoleFrame::of_person(visit, session, heading).with(&errors),
        id: id.to_string(),
        is_frozen: shown.customer.state == CustomerState::Frozen,
        doubted: shown.customer.contact_doubted.is_some(),
        since: when(shown.customer.created),
        contact_changed: shown.customer.contact_changed.map(when),
        password: match &shown.password {
            None => (None, None),
            Some(known) => (Some(when(known.set)), known.void.map(when)),
        },
        passkeys: shown.passkeys.len(),
        devices: shown.devices.len(),
        sessions: shown.sessions,
        channels: shown
            .channels
            .iter()
            .map(|one| channel(visit, one))
            .collect(),
        operations: shown
            .operations
            .iter()
            .map(|one| operation(visit, one))
            .collect(),
        messages: shown
            .messages
            .iter()
            .map(|one| MessageLine::of(one, visit.locale()))
            .collect(),
        rows: shown
            .history
            .rows
            .iter()
            .map(|one| access(visit, one, shown.revealed))
            .collect(),
        newest_href: before.map(|_| path.clone()),
        older_href: shown
            .history
            .next
            .as_deref()
            .map(|next| format!("{path}?before={}", encode(next))),
        revealed: shown.revealed,
        tokens: tokens(visit, session, id),
        again_href: stale
            .contains(&true)
            .then(|| format!("/prove?return_to={}", encode(&path))),
        choices: choices.collect(),
        ground: typed.ground,
        told,
        path,
        errors,
    }
}

async fn shown(
    visit: &Visit,
    session: &StaffSession,
    (id, shows): (CustomerId, Shows<'_>),
) -> Result<ShownCustomer, Trouble> {
    let found = visit.gate().console_customer(session, id, shows).await?;
    done(found)?.ok_or(Trouble::NotFound)
}

pub async fn one(Path(id): Path<String>, visit: Visit) -> Result<Response, Trouble> {
    let id: CustomerId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = visit.person(ConsoleAct::CustomerShow).await?;
    let before = visit.asked("before");
    let found = shown(&visit, &session, (id, Shows::Masked(before.as_deref()))).await?;
    let asked = (Typed::default(), Errors::none());
    Ok(visit.shown(&page(&visit, &session, &found, asked)))
}

pub async fn reveal(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: CustomerId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.visit.person(ConsoleAct::CustomerReveal).await?;
    posted.proves_session(&form_name("reveal", id))?;
    let Posted { visit, form } = posted;
    match Ground::parse(form.text("purpose")) {
        Ok(ground) => {
            let found = shown(&visit, &session, (id, Shows::Whole(&ground))).await?;
            let asked = (Typed::default(), Errors::none());
            Ok(visit.shown(&page(&visit, &session, &found, asked)))
        }
        Err(_) => {
            let found = shown(&visit, &session, (id, Shows::Masked(None))).await?;
            let errors = Errors::one("purpose", visit.texts().console.ground_wrong);
            let asked = (Typed::default(), errors);
            Ok(visit.again(&page(&visit, &session, &found, asked)))
        }
    }
}

pub async fn respond(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: CustomerId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.visit.person(ConsoleAct::Respond).await?;
    posted.proves_session(&form_name("respond", id))?;
    let Posted { visit, form } = posted;
    let (gate, words) = (visit.gate(), visit.texts().work);
    let typed = Typed {
        ground: form.text("ground").to_owned(),
        response: Protection::parse(form.text("response")),
    };
    let mut errors = Errors::none();
    if typed.response.is_none() {
        errors.add("response-first", words.respond_wrong);
    }
    let ground = Ground::parse(&typed.ground);
    if ground.is_err() {
        errors.add("ground", visit.texts().console.ground_wrong);
    }
    if let (Some(response), Ok(ground)) = (typed.response, ground) {
        let answer = gate.respond(&session, (id, None), (response, &ground));
        match answer.await? {
            StaffAnswer::Done(true) => return Ok(onward(&format!("{PATH}/{id}?told=done"))),
            StaffAnswer::Done(false) => return Err(Trouble::NotFound),
            StaffAnswer::Refused(Reason::Frozen | Reason::PasswordNone | Reason::PasswordVoid) => {
                errors.add("", words.respond_none)
            }
            other => {
                done(other)?;
            }
        }
    }
    let found = shown(&visit, &session, (id, Shows::Masked(None))).await?;
    Ok(visit.again(&page(&visit, &session, &found, (typed, errors))))
}
