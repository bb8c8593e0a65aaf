//! `/alerts`: attacks across customers, as a list, one by one, and as a file.
//!
//! **Invariant:** an alert is closed only after a passkey of a short time ago, and with a reason.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use sekisho_core::attack::{AlertKnown, AttackKind, Touch, TouchedKnown, severity};
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::AlertId;
use sekisho_core::moment::Moment;
use sekisho_core::places::Network;
use sekisho_core::reason::Reason;
use sekisho_core::respond::Response as Protection;
use sekisho_core::thaw::Ground;
use sekisho_gate::{AlertList, Names, StaffAnswer, StaffSession};

use super::customers::found_by;
use super::frame::{ConsoleFrame, onward};
use super::list::{Choice, Due, age, called, csv, done, next_href};
use super::posted::Posted;
use super::respond::named;
use super::visit::{Visit, refusal};
use crate::forms::Errors;
use crate::pages::Trouble;
use crate::texts::{ConsoleWords, When, fill};

const PATH: &str = "/alerts";

/// One alert in a list.
#[derive(Clone, Debug)]
pub struct AlertRow {
    pub path: String,
    pub kind: &'static str,
    pub label: String,
    pub last: When,
    pub age: String,
    pub attempts: u32,
    pub failures: u32,
    pub accounts: u32,
    pub entered: u32,
    pub due: Option<Due>,
    pub taken_by: Option<String>,
    pub is_open: bool,
}

#[derive(Template)]
#[template(path = "console/alerts.html")]
pub struct AlertsPage {
    pub f: ConsoleFrame,
    pub choices: Vec<Choice>,
    pub rows: Vec<AlertRow>,
    pub first_href: Option<String>,
    pub next_href: Option<String>,
    pub export_href: Option<String>,
}

/// One customer whom an attack touched.
#[derive(Clone, Debug)]
pub struct TouchedRow {
    pub reference: String,
    pub href: String,
    pub how: &'static str,
    pub is_entered: bool,
    pub at: When,
}

#[derive(Template)]
#[template(path = "console/alert.html")]
pub struct AlertPage {
    pub f: ConsoleFrame,
    pub row: AlertRow,
    pub id: String,
    pub first: When,
    pub raised: When,
    pub addresses: u32,
    pub strangers: u32,
    pub proved: u32,
    pub taken: Option<When>,
    pub closed: Option<When>,
    /// Since when somebody looks into it, as the form that takes it says, and its token.
    pub take: Option<(i64, String)>,
    pub touched: Vec<TouchedRow>,
    /// The token of the form that closes it, where it can be closed now.
    pub csrf: Option<String>,
    pub again_href: Option<String>,
    /// Where its network is listed, if it is of one.
    pub network_href: Option<String>,
    /// Where a message to those whom it touched is written.
    pub campaign_href: Option<String>,
    /// Where each response is looked at before it is given, and what it is.
    pub responses: Vec<(String, &'static str)>,
    pub told: Option<String>,
    pub ground: String,
    pub errors: Errors,
}

impl AlertPage {
    /// What was typed as the reason.
    pub fn ground_typed(&self) -> &str {
        &self.ground
    }
}

/// The name of a kind.
pub(super) const fn kind_name(kind: AttackKind, words: &ConsoleWords) -> &'static str {
    match kind {
        AttackKind::Device => words.attack_device,
        AttackKind::Enumeration => words.attack_enumeration,
        AttackKind::List => words.attack_list,
        AttackKind::PayoutAccount => words.attack_payout_account,
        AttackKind::Pumping => words.attack_pumping,
        AttackKind::Spray => words.attack_spray,
        AttackKind::Stuffing => words.attack_stuffing,
        AttackKind::Turned => words.attack_turned,
    }
}

fn due(visit: &Visit, known: &AlertKnown) -> Moment {
    let severity = severity(known.kind, &known.counts);
    let duty = visit.gate().policy().duty;
    duty.alert_due(severity, known.raised)
}

fn row(visit: &Visit, known: &AlertKnown, names: &Names) -> AlertRow {
    let (words, counts) = (visit.texts().console, known.counts);
    AlertRow {
        path: format!("{PATH}/{}", known.id),
        kind: kind_name(known.kind, words),
        label: known.label.clone(),
        last: When::of(known.last, visit.locale()),
        age: age(known.last, visit.gate().now(), words),
        attempts: counts.attempts,
        failures: counts.failures,
        accounts: counts.accounts,
        entered: counts.entered,
        due: Due::of(
            known.closed.is_none() && known.taken.is_none(),
            due(visit, known),
            visit,
        ),
        taken_by: known.taken.map(|(by, _)| called(names, by)),
        is_open: known.closed.is_none(),
    }
}

fn asked(visit: &Visit) -> (AlertList, &'static str) {
    match visit.asked("list").as_deref() {
        Some("all") => (AlertList::All, "all"),
        Some("worst") => (AlertList::Worst, "worst"),
        _ => (AlertList::Open, "open"),
    }
}

pub async fn show(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::AlertsShow).await?;
    let (gate, words) = (visit.gate(), visit.texts().console);
    let (list, name) = asked(&visit);
    let after = visit.asked("after");
    let listed = gate
        .console_alerts(&session, list, after.as_deref())
        .await?;
    let (listed, names) = done(listed)?;
    let lists = [
        ("open", words.open_newest),
        ("worst", words.open_worst),
        ("all", words.all_newest),
    ];
    let choices = lists.map(|(one, label)| Choice {
        href: format!("{PATH}?list={one}"),
        label,
        is_current: one == name,
    });
    let export = gate.may(&session, ConsoleAct::Export) != Err(Reason::StaffRole);
    Ok(visit.shown(&AlertsPage {
        f: ConsoleFrame::of_person(&visit, &session, words.alerts),
        choices: choices.into(),
        rows: listed
            .rows
            .iter()
            .map(|one| row(&visit, one, &names))
            .collect(),
        first_href: after.map(|_| format!("{PATH}?list={name}")),
        next_href: next_href(PATH, name, listed.next.as_deref()),
        export_href: export.then(|| format!("/alerts.csv?list={name}")),
    }))
}

pub async fn export(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::Export).await?;
    let (list, name) = asked(&visit);
    let (found, names) = done(visit.gate().export_alerts(&session, list).await?)?;
    let words = visit.texts().console;
    let head = [
        "id",
        words.kind,
        words.label,
        words.first,
        words.last,
        words.attempts,
        words.failures,
        words.accounts,
        words.entered,
        words.raised,
        words.due,
        words.taken_by,
        words.taken,
        words.closed,
    ];
    let head = head.map(str::to_owned).to_vec();
    let rows = found.into_iter().map(|one| {
        vec![
            one.id.to_string(),
            kind_name(one.kind, words).to_owned(),
            one.label.clone(),
            one.first.to_string(),
            one.last.to_string(),
            one.counts.attempts.to_string(),
            one.counts.failures.to_string(),
            one.counts.accounts.to_string(),
            one.counts.entered.to_string(),
            one.raised.to_string(),
            due(&visit, &one).to_string(),
            one.taken
                .map(|(by, _)| called(&names, by))
                .unwrap_or_default(),
            one.taken.map(|(_, at)| at.to_string()).unwrap_or_default(),
            one.closed.map(|at| at.to_string()).unwrap_or_default(),
        ]
    });
    let rows = std::iter::once(head).chain(rows);
    Ok(csv(&format!("alerts-{name}.csv"), rows))
}

/// A form's name holds the alert, so that its token is good for no other.
fn form(step: &str, id: AlertId) -> String {
    format!("console_alert_{step}:{id}")
}

/// Since when somebody looks into it, as a form says: 0 for nobody.
fn since(known: &AlertKnown) -> i64 {
    known.taken.map_or(0, |(_, since)| since.0)
}

fn touched(visit: &Visit, known: &TouchedKnown) -> TouchedRow {
    let words = visit.texts().console;
    TouchedRow {
        reference: known.reference.to_string(),
        href: found_by(known.reference.as_str()),
        how: match known.how {
            Touch::Tried => words.tried,
            Touch::Proved => words.proved,
            Touch::Entered => words.entered_once,
        },
        is_entered: known.how == Touch::Entered,
        at: When::of(known.at, visit.locale()),
    }
}

/// Where a response is looked at before it is given, and what it is.
fn response(visit: &Visit, id: AlertId, one: Protection) -> (String, &'static str) {
    let (label, _) = named(one, visit.texts().work);
    (
        format!("{PATH}/{id}/respond?response={}", one.word()),
        label,
    )
}

/// For how many a response was given just now.
fn told(visit: &Visit) -> Option<String> {
    let asked = |name| visit.asked(name)?.parse::<u32>().ok();
    let (done, before) = (asked("done")?, asked("before")?);
    let words = visit.texts().work.all_done;
    Some(fill(words, &[("done", &done), ("before", &before)]))
}

async fn page(
    visit: &Visit,
    session: &StaffSession,
    (id, ground, errors): (AlertId, String, Errors),
) -> Result<AlertPage, Trouble> {
    let gate = visit.gate();
    let found = done(gate.console_alert(session, id).await?)?;
    let (known, who, names) = found.ok_or(Trouble::NotFound)?;
    let own = known.taken.map(|(by, _)| by) == Some(session.staff());
    let takes = known.closed.is_none() && !own && gate.may(session, ConsoleAct::AlertTake).is_ok();
    let token = |step| gate.csrf_token(visit.session_binding(), &form(step, id));
    let may = gate.may(session, ConsoleAct::AlertClose);
    let row = row(visit, &known, &names);
    let when = |at| When::of(at, visit.locale());
    let closes = known.closed.is_none() && may.is_ok();
    let again = known.closed.is_none() && may == Err(Reason::ProofStale);
    Ok(AlertPage {
        f: ConsoleFrame::of_person(visit, session, row.kind).with(&errors),
        id: known.id.to_string(),
        first: when(known.first),
        raised: when(known.raised),
        addresses: known.counts.addresses,
        strangers: known.counts.strangers,
        proved: known.counts.proved,
        taken: known.taken.map(|(_, at)| when(at)),
        closed: known.closed.map(when),
        take: takes.then(|| (since(&known), token("take"))),
        touched: who.iter().map(|one| touched(visit, one)).collect(),
        csrf: closes.then(|| token("close")),
        responses: match gate.may(session, ConsoleAct::Respond) {
            Err(Reason::StaffRole) => Vec::new(),
            _ => Protection::ALL.map(|one| response(visit, id, one)).into(),
        },
        network_href: (gate.may(session, ConsoleAct::NetworkList) != Err(Reason::StaffRole)
            && Network::parse(&known.label).is_ok())
        .then(|| format!("/networks?alert={id}")),
        campaign_href: (gate.may(session, ConsoleAct::CampaignPropose) != Err(Reason::StaffRole))
            .then(|| format!("/campaigns/new?alert={id}")),
        told: told(visit),
        again_href: again.then(|| format!("/prove?return_to=%2Falerts%2F{id}")),
        row,
        ground,
        errors,
    })
}

pub async fn one(Path(id): Path<String>, visit: Visit) -> Result<Response, Trouble> {
    let id: AlertId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = visit.person(ConsoleAct::AlertShow).await?;
    let asked = (id, String::new(), Errors::none());
    Ok(visit.shown(&page(&visit, &session, asked).await?))
}

pub async fn close(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: AlertId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.visit.person(ConsoleAct::AlertClose).await?;
    posted.proves_session(&form("close", id))?;
    let Posted { visit, form } = posted;
    let typed = form.text("ground");
    let errors = match Ground::parse(typed) {
        Err(_) => Errors::one("ground", visit.texts().console.ground_wrong),
        Ok(ground) => {
            let closed = visit
                .gate()
                .console_close_alert(&session, id, &ground)
                .await?;
            match done(closed)? {
                true => return Ok(onward(&format!("{PATH}/{id}"))),
                false => return Err(Trouble::NotFound),
            }
        }
    };
    let asked = (id, typed.to_owned(), errors);
    Ok(visit.again(&page(&visit, &session, asked).await?))
}

pub async fn take(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: AlertId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.visit.person(ConsoleAct::AlertTake).await?;
    posted.proves_session(&form("take", id))?;
    let Posted { visit, form } = posted;
    let since: i64 = form.text("since").parse().map_err(|_| Trouble::Malformed)?;
    let seen = (since != 0).then_some(Moment(since));
    match visit.gate().take_alert(&session, (id, seen)).await? {
        StaffAnswer::Done(true) => Ok(onward(&format!("{PATH}/{id}"))),
        StaffAnswer::Done(false) => Err(Trouble::NotFound),
        StaffAnswer::Unproved => Err(Trouble::SignIn),
        StaffAnswer::Refused(Reason::AlertAltered) => {
            let wrong = Errors::one("", visit.texts().console.alert_altered);
            let asked = (id, String::new(), wrong);
            Ok(visit.again(&page(&visit, &session, asked).await?))
        }
        StaffAnswer::Refused(reason) => Err(refusal(reason)),
    }
}
