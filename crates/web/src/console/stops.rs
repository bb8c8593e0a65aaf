//! `/stops`: what is switched off, switching off more, and the end of a stop by two people.
//!
//! **Invariant:** to stop takes one form; nothing is lifted from here without a second person.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use sekisho_core::access::OperationKind;
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::StopId;
use sekisho_core::known::{Left, StopKnown, StopMessage, StopScope, Word};
use sekisho_core::moment::{Moment, Span};
use sekisho_core::reason::Reason;
use sekisho_core::stop::NewStop;
use sekisho_core::text::Line;
use sekisho_core::thaw::Ground;
use sekisho_gate::{ListedStops, StaffSession, StopAnswer};

use super::frame::{ConsoleFrame, onward};
use super::list::done;
use super::overview::scope;
use super::posted::Posted;
use super::visit::{Visit, refusal};
use crate::forms::{Errors, Form};
use crate::pages::Trouble;
use crate::pages::row;
use crate::texts::{When, WorkWords};

const PATH: &str = "/stops";
const MAKE: &str = "console_stop";

/// One stop.
#[derive(Clone, Debug)]
pub struct StopLine {
    pub what: String,
    pub reason: String,
    pub message: String,
    pub state: &'static str,
    pub stands: bool,
    pub by: String,
    pub begins: When,
    pub ends: Option<When>,
    /// Who wants it lifted.
    pub proposed: Option<String>,
    pub action: String,
    /// The token of the form that lifts it, and what its button says.
    pub lift: Option<(String, &'static str)>,
}

/// What was typed and comes back with the form.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub kind: String,
    pub channel: String,
    pub segment: String,
    pub ground: String,
    pub message_ja: String,
    pub message_en: String,
    pub hours: String,
    pub left: Vec<Left>,
}

#[derive(Template)]
#[template(path = "console/stops.html")]
pub struct StopsPage {
    pub f: ConsoleFrame,
    pub rows: Vec<StopLine>,
    pub csrf: Option<String>,
    pub again_href: Option<&'static str>,
    /// Word, name, whether it is chosen.
    pub kinds: Vec<(String, String, bool)>,
    pub left: Vec<(&'static str, &'static str, bool)>,
    pub typed: Typed,
    pub told: Option<&'static str>,
    pub errors: Errors,
}

impl StopsPage {
    /// What was typed as the reason.
    pub fn ground_typed(&self) -> &str {
        &self.typed.ground
    }
}

/// A form's name holds the stop, so that its token is good for no other.
fn form_name(id: StopId) -> String {
    format!("console_stop_lift:{id}")
}

fn line(visit: &Visit, session: &StaffSession, stop: &StopKnown, listed: &ListedStops) -> StopLine {
    let (words, now) = (visit.texts().work, visit.gate().now());
    let when = |at| When::of(at, visit.locale());
    let name = |id| {
        let found = listed.people.iter().find(|known| known.id == id);
        found.map_or_else(|| id.to_string(), |known| known.name.to_string())
    };
    let is_over = stop.is_over(now) || stop.lifted.is_some();
    let proposal = stop.proposal.as_ref().filter(|_| !is_over);
    let may = visit.gate().may(session, ConsoleAct::StopLift).is_ok();
    let token = visit
        .gate()
        .csrf_token(visit.session_binding(), &form_name(stop.id));
    StopLine {
        what: scope(stop, visit.texts().console),
        reason: stop.reason.as_str().to_owned(),
        message: stop.message.in_locale(visit.locale()).to_owned(),
        state: match (stop.lifted, is_over, stop.stands(now), proposal) {
            (Some(_), ..) => words.lifted,
            (None, true, ..) => words.over,
            (None, false, true, Some(_)) => words.proposed,
            (None, false, true, None) => words.stands,
            (None, false, false, _) => words.waits,
        },
        stands: stop.stands(now),
        by: name(stop.by),
        begins: when(stop.begins.unwrap_or(stop.made)),
        ends: stop.ends.map(when),
        proposed: proposal.map(|one| name(one.by)),
        action: format!("{PATH}/{}/lift", stop.id),
        lift: (may && !is_over).then(|| match proposal {
            Some(one) if one.by != session.staff() => (token, words.agree),
            _ => (token, words.lift),
        }),
    }
}

async fn page(
    visit: &Visit,
    session: &StaffSession,
    (typed, errors): (Typed, Errors),
) -> Result<StopsPage, Trouble> {
    let (gate, words) = (visit.gate(), visit.texts().work);
    let listed = done(gate.console_stops(session).await?)?;
    let may = gate.may(session, ConsoleAct::StopMake);
    let policy = gate.policy();
    let kinds = policy.operation.keys().map(|kind| {
        let name = row::named(kind.as_str(), &policy, visit.locale());
        (kind.as_str().to_owned(), name, typed.kind == kind.as_str())
    });
    let left = Left::ALL.map(|one| {
        let name = one.name(visit.locale());
        (one.word(), name, typed.left.contains(&one))
    });
    let acts = [ConsoleAct::StopMake, ConsoleAct::StopLift];
    let is_stale = |act| gate.may(session, act) == Err(Reason::ProofStale);
    Ok(StopsPage {
        f: ConsoleFrame::of_person(visit, session, words.stops).with(&errors),
        rows: listed
            .stops
            .iter()
            .map(|one| line(visit, session, one, &listed))
            .collect(),
        csrf: may
            .is_ok()
            .then(|| gate.csrf_token(visit.session_binding(), MAKE)),
        again_href: acts
            .map(is_stale)
            .contains(&true)
            .then_some("/prove?return_to=%2Fstops"),
        kinds: kinds.collect(),
        left: left.into(),
        typed,
        told: match visit.asked("told").as_deref() {
            Some("stopped") => Some(words.stop_done),
            Some("lifted") => Some(words.lift_done),
            Some("proposed") => Some(words.lift_proposed),
            _ => None,
        },
        errors,
    })
}

pub async fn show(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::StopsShow).await?;
    let asked = (Typed::default(), Errors::none());
    Ok(visit.shown(&page(&visit, &session, asked).await?))
}

fn typed(form: &Form) -> Typed {
    let text = |name| form.text(name).trim().to_owned();
    Typed {
        kind: text("kind"),
        channel: text("channel"),
        segment: text("segment"),
        ground: text("ground"),
        message_ja: text("message_ja"),
        message_en: text("message_en"),
        hours: text("hours"),
        left: Left::ALL
            .into_iter()
            .filter(|one| !form.text(&format!("left-{}", one.word())).is_empty())
            .collect(),
    }
}

/// Empty, or a word; an error stands with its field.
fn word(text: &str, field: &'static str, errors: &mut Errors, wrong: &str) -> Option<Word> {
    let found = Word::parse(text);
    if found.is_none() && !text.is_empty() {
        errors.add(field, wrong);
    }
    found
}

/// The stop that was typed, or what is wrong with it.
fn wanted(visit: &Visit, typed: &Typed) -> Result<NewStop, Errors> {
    let (words, policy) = (visit.texts().work, visit.gate().policy());
    let mut errors = Errors::none();
    let kind = OperationKind::parse(&typed.kind);
    let kind = kind.filter(|kind| policy.operation.contains_key(kind));
    if kind.is_none() && typed.kind != "every" {
        errors.add("kind", words.kind_wrong);
    }
    let channel = word(&typed.channel, "channel", &mut errors, words.word_wrong);
    let segment = word(&typed.segment, "segment", &mut errors, words.word_wrong);
    let reason = Ground::parse(&typed.ground);
    if reason.is_err() {
        errors.add("ground", visit.texts().console.ground_wrong);
    }
    let ja = Line::parse(&typed.message_ja);
    if ja.is_err() {
        errors.add("message_ja", words.message_ja_wrong);
    }
    let en = Line::parse(&typed.message_en);
    if en.is_err() {
        errors.add("message_en", words.message_en_wrong);
    }
    let hours = typed
        .hours
        .parse()
        .ok()
        .filter(|hours| (1..=8_760).contains(hours));
    if hours.is_none() && !typed.hours.is_empty() {
        errors.add("hours", words.hours_wrong);
    }
    let ends: Option<Moment> = hours.map(|hours| visit.gate().now().plus(Span::hours(hours)));
    match (reason, ja, en) {
        (Ok(reason), Ok(ja), Ok(en)) if errors.is_empty() => Ok(NewStop {
            scope: StopScope {
                kind,
                application: None,
                channel,
                segment,
            },
            reason,
            message: StopMessage { ja, en },
            left: typed.left.clone(),
            begins: None,
            ends,
        }),
        _ => Err(errors),
    }
}

/// What became of it, where it is not done.
fn wrong(reason: Reason, words: &'static WorkWords) -> Result<&'static str, Trouble> {
    Ok(match reason {
        Reason::SamePerson => words.lift_self,
        Reason::StaffFresh => words.lift_fresh,
        Reason::StopMany => words.stop_many,
        Reason::StopOver => words.lift_over,
        reason => return Err(refusal(reason)),
    })
}

fn told(
    answer: StopAnswer,
    words: &'static WorkWords,
) -> Result<Result<(), &'static str>, Trouble> {
    match answer {
        StopAnswer::Done(_) | StopAnswer::Proposed(_) => Ok(Ok(())),
        StopAnswer::Refused(reason) => wrong(reason, words).map(Err),
        StopAnswer::Unknown => Err(Trouble::NotFound),
        StopAnswer::Unproved => Err(Trouble::SignIn),
    }
}

pub async fn make(posted: Posted) -> Result<Response, Trouble> {
    let session = posted.visit.person(ConsoleAct::StopMake).await?;
    posted.proves_session(MAKE)?;
    let Posted { visit, form } = posted;
    let typed = typed(&form);
    let errors = match wanted(&visit, &typed) {
        Err(errors) => errors,
        Ok(new) => {
            let by = (&session, ConsoleAct::StopMake);
            match told(visit.gate().stop(by, new).await?, visit.texts().work)? {
                Ok(()) => return Ok(onward("/stops?told=stopped")),
                Err(wrong) => Errors::one("", wrong),
            }
        }
    };
    Ok(visit.again(&page(&visit, &session, (typed, errors)).await?))
}

pub async fn lift(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: StopId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.visit.person(ConsoleAct::StopLift).await?;
    posted.proves_session(&form_name(id))?;
    let Posted { visit, .. } = posted;
    let by = (&session, ConsoleAct::StopLift);
    let answer = visit.gate().lift_stop(by, id, None).await?;
    let proposed = matches!(answer, StopAnswer::Proposed(_));
    match told(answer, visit.texts().work)? {
        Ok(()) => Ok(onward(match proposed {
            true => "/stops?told=proposed",
            false => "/stops?told=lifted",
        })),
        Err(wrong) => {
            let asked = (Typed::default(), Errors::one("", wrong));
            Ok(visit.again(&page(&visit, &session, asked).await?))
        }
    }
}
