//! `/campaigns`: messages to many, as a list, one by one, and as a file; the start and the stop.
//!
//! **Invariant:** what is started is what its page showed; no page of these names a customer.

mod shown;
pub mod write;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::CampaignId;
use sekisho_core::known::{CampaignKnown, CampaignState};
use sekisho_core::reason::Reason;
use sekisho_core::thaw::Ground;
use sekisho_gate::{CampaignAnswer, CampaignMessages, CampaignView, Names, StaffSession};

use super::frame::{ConsoleFrame, onward};
use super::list::{csv, done};
use super::posted::Posted;
use super::visit::{Visit, refusal};
use crate::forms::{Errors, encode};
use crate::pages::Trouble;
use crate::state::App;
use crate::texts::{CampaignWords, When};

pub use shown::{ReachLines, SampleLine, kind_name, set_name};
use shown::{named, samples, state_name};

const PATH: &str = "/campaigns";

/// The pages of campaigns, but for the one on which one is written.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(show))
        .route("/campaigns.csv", get(export))
        .route("/campaigns/{campaign}", get(one))
        .route("/campaigns/{campaign}/start", post(start))
        .route("/campaigns/{campaign}/stop", post(stop))
}

/// One campaign in a list.
#[derive(Clone, Debug)]
pub struct CampaignRow {
    pub path: String,
    pub kind: &'static str,
    pub set: String,
    pub state: &'static str,
    pub by: String,
    pub proposed: When,
    pub counted: i64,
    pub sent: i64,
    pub skipped: i64,
    pub waiting: i64,
}

#[derive(Template)]
#[template(path = "console/campaigns.html")]
pub struct CampaignsPage {
    pub f: ConsoleFrame,
    pub rows: Vec<CampaignRow>,
    pub may_write: bool,
    pub first_href: Option<String>,
    pub next_href: Option<String>,
    pub export_href: Option<String>,
}

/// Tokens of the forms of one campaign, where they can be sent.
#[derive(Clone, Debug, Default)]
pub struct CampaignTokens {
    /// With the digest of what would be started.
    pub start: Option<(String, String)>,
    pub stop: Option<String>,
    pub again_href: Option<String>,
}

#[derive(Template)]
#[template(path = "console/campaign.html")]
pub struct CampaignPage {
    pub f: ConsoleFrame,
    pub row: CampaignRow,
    pub id: String,
    pub rate: u16,
    pub unknown: i64,
    pub reason: String,
    /// How many there are now.
    pub reach: Option<ReachLines>,
    pub messages: CampaignMessages,
    pub started: Option<(String, When)>,
    pub stopped: Option<(String, When, String)>,
    pub finished: Option<When>,
    pub samples: Vec<SampleLine>,
    pub tokens: CampaignTokens,
    pub ground: String,
    pub told: Option<&'static str>,
    pub errors: Errors,
}

impl CampaignPage {
    /// What was typed as the reason.
    pub fn ground_typed(&self) -> &str {
        &self.ground
    }
}

fn row(visit: &Visit, known: &CampaignKnown, names: &Names) -> CampaignRow {
    let words = visit.texts().campaign;
    CampaignRow {
        path: format!("{PATH}/{}", known.id),
        kind: kind_name(known.wanted.kind, words),
        set: set_name(known.wanted.set, words),
        state: state_name(known, visit.gate().now(), words),
        by: named(known.proposed.0, names),
        proposed: When::of(known.proposed.1, visit.locale()),
        counted: known.counted,
        sent: known.sent,
        skipped: known.skipped,
        waiting: known.waiting(),
    }
}

pub async fn show(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::CampaignsShow).await?;
    let (gate, after) = (visit.gate(), visit.asked("after"));
    let found = gate.console_campaigns(&session, after.as_deref()).await?;
    let (listed, names) = done(found)?;
    let has = |act| gate.may(&session, act) != Err(Reason::StaffRole);
    let next = listed.next.as_deref();
    Ok(visit.shown(&CampaignsPage {
        f: ConsoleFrame::of_person(&visit, &session, visit.texts().campaign.title),
        rows: listed
            .rows
            .iter()
            .map(|one| row(&visit, one, &names))
            .collect(),
        may_write: has(ConsoleAct::CampaignPropose),
        first_href: after.is_some().then(|| PATH.to_owned()),
        next_href: next.map(|next| format!("{PATH}?after={}", encode(next))),
        export_href: has(ConsoleAct::Export).then(|| "/campaigns.csv".to_owned()),
    }))
}

pub async fn export(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::Export).await?;
    let (all, names) = done(visit.gate().export_campaigns(&session).await?)?;
    let words = visit.texts().campaign;
    let head = [
        "id",
        words.kind,
        words.chosen,
        words.state,
        words.counted,
        words.sent,
        words.skipped,
        words.waiting,
        words.by,
        "proposed",
        words.ground,
    ];
    let rows = all.iter().map(|known| {
        let line = row(&visit, known, &names);
        vec![
            known.id.to_string(),
            line.kind.to_owned(),
            line.set,
            line.state.to_owned(),
            line.counted.to_string(),
            line.sent.to_string(),
            line.skipped.to_string(),
            line.waiting.to_string(),
            line.by,
            known.proposed.1.to_string(),
            known.ground.as_str().to_owned(),
        ]
    });
    let head = head.map(str::to_owned).to_vec();
    Ok(csv("campaigns.csv", std::iter::once(head).chain(rows)))
}

/// A form's name holds the campaign, so that its token is good for no other.
fn form_name(step: &str, id: CampaignId) -> String {
    format!("console_campaign_{step}:{id}")
}

fn tokens(visit: &Visit, session: &StaffSession, view: &CampaignView) -> CampaignTokens {
    let (gate, id) = (visit.gate(), view.known.id);
    let token = |step| gate.csrf_token(visit.session_binding(), &form_name(step, id));
    let goes = matches!(
        view.known.state,
        CampaignState::Proposed | CampaignState::Running
    );
    let is_stale = |act| gate.may(session, act) == Err(Reason::ProofStale);
    let stale = (goes && is_stale(ConsoleAct::CampaignStop))
        || (view.startable && is_stale(ConsoleAct::CampaignStart));
    CampaignTokens {
        start: view
            .preview
            .as_ref()
            .map(|preview| (token("start"), preview.agreement())),
        stop: (goes && gate.may(session, ConsoleAct::CampaignStop).is_ok()).then(|| token("stop")),
        again_href: stale.then(|| format!("/prove?return_to=%2Fcampaigns%2F{id}")),
    }
}

async fn page(
    visit: &Visit,
    session: &StaffSession,
    (id, ground, errors): (CampaignId, String, Errors),
) -> Result<CampaignPage, Trouble> {
    let words = visit.texts().campaign;
    let found = visit.gate().console_campaign(session, id).await?;
    let view = done(found)?.ok_or(Trouble::NotFound)?;
    let when = |at| When::of(at, visit.locale());
    let (known, names) = (&view.known, &view.names);
    let stopped = known.stopped.as_ref();
    Ok(CampaignPage {
        f: ConsoleFrame::of_person(visit, session, kind_name(known.wanted.kind, words))
            .with(&errors),
        row: row(visit, known, names),
        id: id.to_string(),
        rate: known.wanted.rate,
        unknown: known.unknown,
        reason: known.ground.as_str().to_owned(),
        reach: view.preview.as_ref().map(|one| ReachLines::of(one, words)),
        messages: view.messages,
        started: known.started.map(|(by, at)| (named(by, names), when(at))),
        stopped: stopped.map(|(by, at, why)| {
            let why = why.as_str().to_owned();
            (named(*by, names), when(*at), why)
        }),
        finished: known.finished.map(when),
        samples: samples(visit, &known.wanted),
        tokens: tokens(visit, session, &view),
        ground,
        told: match visit.asked("told").as_deref() {
            Some("proposed") => Some(words.proposed_told),
            Some("started") => Some(words.started_told),
            Some("stopped") => Some(words.stopped_told),
            _ => None,
        },
        errors,
    })
}

pub async fn one(Path(id): Path<String>, visit: Visit) -> Result<Response, Trouble> {
    let id = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = visit.person(ConsoleAct::CampaignsShow).await?;
    let asked = (id, String::new(), Errors::none());
    Ok(visit.shown(&page(&visit, &session, asked).await?))
}

/// What stands in the way, in a sentence.
pub(super) fn wrong(
    reason: Reason,
    words: &'static CampaignWords,
) -> Result<&'static str, Trouble> {
    Ok(match reason {
        Reason::CampaignEmpty => words.empty_wrong,
        Reason::CampaignMany => words.many_wrong,
        Reason::CampaignOther => words.altered,
        Reason::CampaignOver => words.over_wrong,
        Reason::SamePerson => words.self_wrong,
        Reason::StaffFresh => words.fresh_wrong,
        reason => return Err(refusal(reason)),
    })
}

/// Where it leads, or what is wrong.
fn ended(
    answer: &CampaignAnswer,
    (id, told): (CampaignId, &str),
    words: &'static CampaignWords,
) -> Result<Result<Response, &'static str>, Trouble> {
    match answer {
        CampaignAnswer::Done(_) => Ok(Ok(onward(&format!("{PATH}/{id}?told={told}")))),
        CampaignAnswer::Altered(_) => Ok(Err(words.altered)),
        CampaignAnswer::Refused(reason) => wrong(*reason, words).map(Err),
        CampaignAnswer::Unknown => Err(Trouble::NotFound),
        CampaignAnswer::Unproved => Err(Trouble::SignIn),
    }
}

pub async fn start(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: CampaignId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.visit.person(ConsoleAct::CampaignStart).await?;
    posted.proves_session(&form_name("start", id))?;
    let Posted { visit, form } = posted;
    let by = (&session, ConsoleAct::CampaignStart);
    let answer = visit.gate().start_campaign(by, (id, form.text("digest")));
    match ended(&answer.await?, (id, "started"), visit.texts().campaign)? {
        Ok(onward) => Ok(onward),
        Err(wrong) => {
            let asked = (id, String::new(), Errors::one("", wrong));
            Ok(visit.again(&page(&visit, &session, asked).await?))
        }
    }
}

pub async fn stop(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: CampaignId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.visit.person(ConsoleAct::CampaignStop).await?;
    posted.proves_session(&form_name("stop", id))?;
    let Posted { visit, form } = posted;
    let typed = form.text("ground").to_owned();
    let errors = match Ground::parse(&typed) {
        Err(_) => Errors::one("ground", visit.texts().console.ground_wrong),
        Ok(ground) => {
            let by = (&session, ConsoleAct::CampaignStop);
            let answer = visit.gate().stop_campaign(by, (id, ground)).await?;
            match ended(&answer, (id, "stopped"), visit.texts().campaign)? {
                Ok(onward) => return Ok(onward),
                Err(wrong) => Errors::one("", wrong),
            }
        }
    };
    Ok(visit.again(&page(&visit, &session, (id, typed, errors)).await?))
}
