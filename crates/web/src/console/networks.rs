//! `/networks`: networks on the firm's own list, from which more is asked, or nothing is taken.
//!
//! **Invariant:** a network is listed from a page that said how many customers it meets, and an
//! address that is asked for is in no address of a page.

mod make;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::{AlertId, ListingId};
use sekisho_core::known::{ListedAs, ListingKnown, StaffKnown};
use sekisho_core::places::Network;
use sekisho_core::reason::Reason;
use sekisho_core::thaw::Ground;
use sekisho_gate::{StaffAnswer, StaffSession};

use super::frame::{ConsoleFrame, onward};
use super::list::done;
use super::posted::Posted;
use super::visit::{Visit, refusal};
use crate::forms::Errors;
use crate::pages::Trouble;
use crate::state::App;
use crate::texts::{NetworkWords, When, fill};

const PATH: &str = "/networks";
const LOOK: &str = "console_network_look";

const fn listed_name(listed: ListedAs, words: &NetworkWords) -> (&'static str, &'static str) {
    match listed {
        ListedAs::Ask => (words.ask, words.ask_hint),
        ListedAs::Deny => (words.deny, words.deny_hint),
    }
}

/// One network.
#[derive(Clone, Debug)]
pub struct NetworkLine {
    pub path: String,
    pub network: String,
    pub listed: &'static str,
    pub state: &'static str,
    pub stands: bool,
    pub reason: String,
    pub by: String,
    pub made: When,
    pub ends: When,
    pub ended: Option<(String, When)>,
    pub alert_href: Option<String>,
}

/// Whom a network meets, and the form that lists it.
#[derive(Clone, Debug)]
pub struct PreviewPart {
    pub heading: String,
    pub people: String,
    pub is_shared: bool,
    pub is_own: bool,
    pub csrf: String,
    pub network: String,
    pub shown: u32,
    pub alert: String,
    /// Word, name, hint, whether it is chosen.
    pub listed: Vec<(&'static str, &'static str, &'static str, bool)>,
    /// Hours, name, whether they are chosen.
    pub lives: Vec<(u16, &'static str, bool)>,
    pub ground: String,
}

#[derive(Template)]
#[template(path = "console/networks.html")]
pub struct NetworksPage {
    pub f: ConsoleFrame,
    pub rows: Vec<NetworkLine>,
    pub older: Option<String>,
    /// The token of the form that looks, for whoever may list now.
    pub csrf: Option<String>,
    pub again_href: Option<String>,
    /// What is typed as the network, and the alert it is of.
    pub typed: (String, String),
    pub preview: Option<PreviewPart>,
    pub told: Option<String>,
    pub errors: Errors,
}

impl NetworksPage {
    /// What was typed as the reason.
    pub fn ground_typed(&self) -> &str {
        self.preview.as_ref().map_or("", |one| &one.ground)
    }
}

#[derive(Template)]
#[template(path = "console/network.html")]
pub struct NetworkPage {
    pub f: ConsoleFrame,
    pub row: NetworkLine,
    pub csrf: Option<String>,
    pub again_href: Option<String>,
    pub told: Option<&'static str>,
    pub ground: String,
    pub errors: Errors,
}

impl NetworkPage {
    /// What was typed as the reason.
    pub fn ground_typed(&self) -> &str {
        &self.ground
    }
}

fn end_name(id: ListingId) -> String {
    format!("console_network_end:{id}")
}

fn line(visit: &Visit, one: &ListingKnown, people: &[StaffKnown]) -> NetworkLine {
    let words = visit.texts().networks;
    let when = |at| When::of(at, visit.locale());
    let name = |id| {
        let found = people.iter().find(|known| known.id == id);
        found.map_or_else(|| format!("{id}"), |known| known.name.to_string())
    };
    let stands = one.stands(visit.gate().now());
    NetworkLine {
        path: format!("{PATH}/{}", one.id),
        network: one.network.to_string(),
        listed: listed_name(one.listed, words).0,
        state: match (stands, one.ended) {
            (true, _) => words.stands,
            (false, None) => words.over,
            (false, Some(_)) => words.ended,
        },
        stands,
        reason: one.reason.as_str().to_owned(),
        by: name(one.by),
        made: when(one.made),
        ends: when(one.ends),
        ended: one.ended.map(|(by, at)| (name(by), when(at))),
        alert_href: one.alert.map(|id| format!("/alerts/{id}")),
    }
}

async fn page(
    visit: &Visit,
    session: &StaffSession,
    (typed, preview, errors): ((String, String), Option<PreviewPart>, Errors),
) -> Result<NetworksPage, Trouble> {
    let (gate, words) = (visit.gate(), visit.texts().networks);
    let listed = done(gate.console_networks(session).await?)?;
    let may = gate.may(session, ConsoleAct::NetworkList);
    let back = match typed.1.is_empty() {
        true => "%2Fnetworks".to_owned(),
        false => format!("%2Fnetworks%3Falert%3D{}", typed.1),
    };
    let lines = listed.listings.iter();
    let older = listed.older;
    Ok(NetworksPage {
        f: ConsoleFrame::of_person(visit, session, words.title).with(&errors),
        rows: lines.map(|one| line(visit, one, &listed.people)).collect(),
        older: older.map(|number| fill(words.older, &[("number", &number)])),
        csrf: may
            .is_ok()
            .then(|| gate.csrf_token(visit.session_binding(), LOOK)),
        again_href: (may == Err(Reason::ProofStale)).then(|| format!("/prove?return_to={back}")),
        typed,
        preview,
        told: None,
        errors,
    })
}

/// The network of an alert, where it is of one.
async fn of_alert(
    visit: &Visit,
    session: &StaffSession,
    id: AlertId,
) -> Result<Option<Network>, Trouble> {
    let found = done(visit.gate().console_alert(session, id).await?)?;
    let (known, ..) = found.ok_or(Trouble::NotFound)?;
    Ok(Network::parse(&known.label).ok())
}

/// What is at `/networks`.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/networks", get(show).post(make::make))
        .route("/networks/look", post(make::look))
        .route("/networks/{listing}", get(one))
        .route("/networks/{listing}/end", post(end))
}

pub async fn show(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::NetworksShow).await?;
    let words = visit.texts().networks;
    let alert = visit.asked("alert");
    let alert = alert.map(|id| id.parse::<AlertId>().map_err(|_| Trouble::NotFound));
    let (mut typed, mut told) = ((String::new(), String::new()), None);
    if let Some(id) = alert.transpose()? {
        let network = of_alert(&visit, &session, id).await?;
        told = Some(match network {
            Some(_) => words.of_alert.to_owned(),
            None => words.none_of_alert.to_owned(),
        });
        let network = network.map(|network| network.to_string());
        typed = (network.unwrap_or_default(), id.to_string());
    }
    let mut page = page(&visit, &session, (typed, None, Errors::none())).await?;
    page.told = told;
    Ok(visit.shown(&page))
}

async fn one_page(
    visit: &Visit,
    session: &StaffSession,
    (id, ground, errors): (ListingId, String, Errors),
) -> Result<NetworkPage, Trouble> {
    let (gate, words) = (visit.gate(), visit.texts().networks);
    let found = done(gate.console_network(session, id).await?)?;
    let (known, people) = found.ok_or(Trouble::NotFound)?;
    let row = line(visit, &known, &people);
    let may = gate.may(session, ConsoleAct::NetworkList);
    let again = row.stands && may == Err(Reason::ProofStale);
    Ok(NetworkPage {
        f: ConsoleFrame::of_person(visit, session, &row.network).with(&errors),
        csrf: (row.stands && may.is_ok())
            .then(|| gate.csrf_token(visit.session_binding(), &end_name(id))),
        again_href: again.then(|| format!("/prove?return_to=%2Fnetworks%2F{id}")),
        told: match visit.asked("told").as_deref() {
            Some("made") => Some(words.made),
            Some("ended") => Some(words.end_done),
            _ => None,
        },
        row,
        ground,
        errors,
    })
}

pub async fn one(Path(id): Path<String>, visit: Visit) -> Result<Response, Trouble> {
    let id: ListingId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = visit.person(ConsoleAct::NetworksShow).await?;
    let asked = (id, String::new(), Errors::none());
    Ok(visit.shown(&one_page(&visit, &session, asked).await?))
}

pub async fn end(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: ListingId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.visit.person(ConsoleAct::NetworkList).await?;
    posted.proves_session(&end_name(id))?;
    let Posted { visit, form } = posted;
    let typed = form.text("ground");
    let errors = match Ground::parse(typed) {
        Err(_) => Errors::one("ground", visit.texts().console.ground_wrong),
        Ok(ground) => {
            let by = (&session, ConsoleAct::NetworkList);
            match visit.gate().end_listing(by, id, ground).await? {
                StaffAnswer::Done(_) => return Ok(onward(&format!("{PATH}/{id}?told=ended"))),
                StaffAnswer::Refused(Reason::ListingNone) => {
                    Errors::one("", visit.texts().networks.end_over)
                }
                StaffAnswer::Refused(reason) => return Err(refusal(reason)),
                StaffAnswer::Unproved => return Err(Trouble::SignIn),
            }
        }
    };
    let asked = (id, typed.to_owned(), errors);
    Ok(visit.again(&one_page(&visit, &session, asked).await?))
}
