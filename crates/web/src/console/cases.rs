//! `/cases`: what has to be looked into, as a list, one by one, and as a file.
//!
//! **Invariant:** a case is taken and closed only as it was shown; whoever comes second is shown
//! what became of it, with what they typed.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use sekisho_core::case::Attempt;
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::CaseId;
use sekisho_core::known::{CaseEnd, CaseKnown, Worry};
use sekisho_core::reason::Reason;
use sekisho_core::sweep::{Finding, Suspicion};
use sekisho_core::thaw::Ground;
use sekisho_gate::{CaseList, LONGEST_NOTE, Names, StaffAnswer, StaffSession};

use super::customers::found_by;
use super::frame::{ConsoleFrame, onward};
use super::list::{Choice, Due, age, called, csv, done, next_href};
use super::posted::Posted;
use super::visit::{Visit, refusal};
use crate::forms::Errors;
use crate::pages::Trouble;
use crate::texts::{ConsoleWords, When};

const PATH: &str = "/cases";

/// One case in a list.
#[derive(Clone, Debug)]
pub struct CaseRow {
    pub path: String,
    pub place: u8,
    pub found: &'static str,
    pub source: &'static str,
    pub customer: String,
    pub act: String,
    pub done: When,
    pub opened: When,
    pub age: String,
    pub due: Option<Due>,
    pub taken_by: Option<String>,
    pub ending: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "console/cases.html")]
pub struct CasesPage {
    pub f: ConsoleFrame,
    pub choices: Vec<Choice>,
    pub rows: Vec<CaseRow>,
    pub first_href: Option<String>,
    pub next_href: Option<String>,
    pub export_href: Option<String>,
}

/// A note.
#[derive(Clone, Debug)]
pub struct NoteRow {
    pub by: String,
    pub at: When,
    pub text: String,
}

/// What was typed and comes back with the form.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub note: String,
    pub ground: String,
    pub end: Option<CaseEnd>,
}

/// Tokens of the forms of one case, where they can be sent.
#[derive(Clone, Debug, Default)]
pub struct CaseTokens {
    pub take: Option<String>,
    pub note: Option<String>,
    pub close: Option<String>,
}

#[derive(Template)]
#[template(path = "console/case.html")]
pub struct CasePage {
    pub f: ConsoleFrame,
    pub row: CaseRow,
    pub id: String,
    pub about: String,
    pub customer_href: String,
    pub revision: i64,
    pub opened_by: String,
    pub taken: Option<When>,
    pub closed: Option<(String, When)>,
    pub notes: Vec<NoteRow>,
    pub ends: Vec<(&'static str, &'static str, bool)>,
    pub tokens: CaseTokens,
    pub typed: Typed,
    pub errors: Errors,
}

impl CasePage {
    /// What was typed as the reason.
    pub fn ground_typed(&self) -> &str {
        &self.typed.ground
    }
}

/// What was found.
pub(super) const fn found_name(worry: Worry, words: &ConsoleWords) -> &'static str {
    match worry {
        Worry::Operation(Finding::Reported) => words.found_reported,
        Worry::Operation(Finding::Touched) => words.found_touched,
        Worry::Operation(Finding::New) => words.found_new,
        Worry::Operation(Finding::Shared) => words.found_shared,
        Worry::Operation(Finding::Unknown | Finding::Usual) => words.found_unknown,
        Worry::Withdrawal(Suspicion::Alarm) => words.found_alarm,
        Worry::Withdrawal(Suspicion::Look | Suspicion::None) => words.found_look,
    }
}

const fn end_name(end: CaseEnd, words: &ConsoleWords) -> &'static str {
    match end {
        CaseEnd::Fraud => words.end_fraud,
        CaseEnd::Genuine => words.end_genuine,
        CaseEnd::Unclear => words.end_unclear,
    }
}

fn row(visit: &Visit, known: &CaseKnown, names: &Names) -> CaseRow {
    let words = visit.texts().console;
    let when = |at| When::of(at, visit.locale());
    CaseRow {
        path: format!("{PATH}/{}", known.id),
        place: known.worry.place().unwrap_or(u8::MAX).saturating_add(1),
        found: found_name(known.worry, words),
        source: match known.worry {
            Worry::Operation(_) => words.source_operation,
            Worry::Withdrawal(_) => words.source_withdrawal,
        },
        customer: known.customer.to_string(),
        act: known.act.word(),
        done: when(known.done),
        opened: when(known.opened),
        age: age(known.opened, visit.gate().now(), words),
        due: Due::of(
            known.closed.is_none() && known.taken.is_none(),
            visit.gate().policy().duty.case_due(known),
            visit,
        ),
        taken_by: known.taken.map(|(by, _)| called(names, by)),
        ending: known.closed.map(|(_, _, end)| end_name(end, words)),
    }
}

fn asked(visit: &Visit, session: &StaffSession) -> (CaseList, &'static str) {
    match visit.asked("list").as_deref() {
        Some("all") => (CaseList::All, "all"),
        Some("mine") => (CaseList::Of(session.staff()), "mine"),
        _ => (CaseList::Waiting, "waiting"),
    }
}

pub async fn show(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::CasesShow).await?;
    let (gate, words) = (visit.gate(), visit.texts().console);
    let (list, chosen) = asked(&visit, &session);
    let after = visit.asked("after");
    let listed = gate.console_cases(&session, list, after.as_deref()).await?;
    let (listed, names) = done(listed)?;
    let named = [
        ("waiting", words.open_worst),
        ("mine", words.mine),
        ("all", words.all_newest),
    ];
    let choices = named.map(|(one, label)| Choice {
        href: format!("{PATH}?list={one}"),
        label,
        is_current: one == chosen,
    });
    let rows = listed.rows.iter();
    let export = gate.may(&session, ConsoleAct::Export) != Err(Reason::StaffRole);
    Ok(visit.shown(&CasesPage {
        f: ConsoleFrame::of_person(&visit, &session, words.cases),
        choices: choices.into(),
        rows: rows.map(|one| row(&visit, one, &names)).collect(),
        first_href: after.map(|_| format!("{PATH}?list={chosen}")),
        next_href: next_href(PATH, chosen, listed.next.as_deref()),
        export_href: export.then(|| format!("/cases.csv?list={chosen}")),
    }))
}

pub async fn export(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::Export).await?;
    let (list, chosen) = asked(&visit, &session);
    let (found, names) = done(visit.gate().export_cases(&session, list).await?)?;
    let words = visit.texts().console;
    let head = [
        "id",
        words.priority,
        words.found,
        words.source,
        words.customer,
        words.act,
        words.done,
        words.opened,
        words.due,
        words.taken_by,
        words.taken,
        words.ending,
        words.closed,
    ];
    let head = head.map(str::to_owned).to_vec();
    let duty = visit.gate().policy().duty;
    let rows = found.into_iter().map(|one| {
        let place = one.worry.place().unwrap_or(u8::MAX).saturating_add(1);
        let ending = one.closed.map(|(_, _, end)| end_name(end, words));
        vec![
            one.id.to_string(),
            place.to_string(),
            found_name(one.worry, words).to_owned(),
            one.worry.source().to_owned(),
            one.customer.to_string(),
            one.act.word(),
            one.done.to_string(),
            one.opened.to_string(),
            duty.case_due(&one).to_string(),
            one.taken
                .map(|(by, _)| called(&names, by))
                .unwrap_or_default(),
            one.taken.map(|(_, at)| at.to_string()).unwrap_or_default(),
            ending.unwrap_or_default().to_owned(),
            one.closed
                .map(|(_, at, _)| at.to_string())
                .unwrap_or_default(),
        ]
    });
    let rows = std::iter::once(head).chain(rows);
    Ok(csv(&format!("cases-{chosen}.csv"), rows))
}

/// A form's name holds the case, so that its token is good for no other.
fn form_name(step: &str, id: CaseId) -> String {
    format!("console_case_{step}:{id}")
}

fn tokens(visit: &Visit, session: &StaffSession, known: &CaseKnown) -> CaseTokens {
    if known.closed.is_some() {
        return CaseTokens::default();
    }
    let gate = visit.gate();
    let token = |act, step| {
        let may = gate.may(session, act).is_ok();
        may.then(|| gate.csrf_token(visit.session_binding(), &form_name(step, known.id)))
    };
    let own = known.taken.map(|(by, _)| by) == Some(session.staff());
    CaseTokens {
        take: token(ConsoleAct::CaseTake, "take").filter(|_| !own),
        note: token(ConsoleAct::CaseNote, "note"),
        close: token(ConsoleAct::CaseClose, "close"),
    }
}

async fn page(
    visit: &Visit,
    session: &StaffSession,
    (id, typed, errors): (CaseId, Typed, Errors),
) -> Result<CasePage, Trouble> {
    let words = visit.texts().console;
    let found = done(visit.gate().console_case(session, id).await?)?;
    let (known, notes, names) = found.ok_or(Trouble::NotFound)?;
    let when = |at| When::of(at, visit.locale());
    let row = row(visit, &known, &names);
    let notes = notes.into_iter().map(|note| NoteRow {
        by: called(&names, note.staff),
        at: when(note.at),
        text: note.text,
    });
    let end = |end: CaseEnd| (end.word(), end_name(end, words), typed.end == Some(end));
    let opened_by = known.opened_by.map(|by| called(&names, by));
    Ok(CasePage {
        f: ConsoleFrame::of_person(visit, session, row.found).with(&errors),
        id: known.id.to_string(),
        about: known.about.to_string(),
        customer_href: found_by(&row.customer),
        revision: known.revision,
        opened_by: opened_by.unwrap_or_else(|| words.daily_look.to_owned()),
        taken: known.taken.map(|(_, at)| when(at)),
        closed: known
            .closed
            .map(|(by, at, _)| (called(&names, by), when(at))),
        notes: notes.collect(),
        ends: CaseEnd::ALL.map(end).into(),
        tokens: tokens(visit, session, &known),
        row,
        typed,
        errors,
    })
}

pub async fn one(Path(id): Path<String>, visit: Visit) -> Result<Response, Trouble> {
    let id: CaseId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = visit.person(ConsoleAct::CaseShow).await?;
    let asked = (id, Typed::default(), Errors::none());
    Ok(visit.shown(&page(&visit, &session, asked).await?))
}

/// What became of a change: the page anew, or again with what is wrong.
async fn settled(
    visit: &Visit,
    session: &StaffSession,
    (id, typed): (CaseId, Typed),
    answer: StaffAnswer<()>,
) -> Result<Response, Trouble> {
    let words = visit.texts().console;
    let wrong = match answer {
        StaffAnswer::Done(()) => return Ok(onward(&format!("{PATH}/{id}"))),
        StaffAnswer::Unproved => return Err(Trouble::SignIn),
        StaffAnswer::Refused(Reason::CaseAltered | Reason::CaseClosed) => words.case_altered,
        StaffAnswer::Refused(Reason::SamePerson) => words.case_own,
        StaffAnswer::Refused(Reason::CaseNone) => return Err(Trouble::NotFound),
        StaffAnswer::Refused(reason) => return Err(refusal(reason)),
    };
    let asked = (id, typed, Errors::one("", wrong));
    Ok(visit.again(&page(visit, session, asked).await?))
}

pub async fn take(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: CaseId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.visit.person(ConsoleAct::CaseTake).await?;
    posted.proves_session(&form_name("take", id))?;
    let Posted { visit, form } = posted;
    let ground = Ground::parse("console").map_err(|_| Trouble::Internal)?;
    let wish = (id, revision(form.text("revision"))?, Attempt::Take);
    let gate = visit.gate();
    let answer = gate.console_change_case(&session, wish, &ground).await?;
    settled(&visit, &session, (id, Typed::default()), answer).await
}

pub async fn close(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: CaseId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.visit.person(ConsoleAct::CaseClose).await?;
    posted.proves_session(&form_name("close", id))?;
    let Posted { visit, form } = posted;
    let words = visit.texts().console;
    let typed = Typed {
        ground: form.text("ground").to_owned(),
        end: CaseEnd::parse(form.text("end")),
        ..Typed::default()
    };
    let mut errors = Errors::none();
    if typed.end.is_none() {
        errors.add("end-fraud", words.end_wrong);
    }
    let ground = Ground::parse(&typed.ground);
    if ground.is_err() {
        errors.add("ground", words.ground_wrong);
    }
    let (Some(end), Ok(ground)) = (typed.end, ground) else {
        let asked = (id, typed, errors);
        return Ok(visit.again(&page(&visit, &session, asked).await?));
    };
    let wish = (id, revision(form.text("revision"))?, Attempt::Close(end));
    let gate = visit.gate();
    let answer = gate.console_change_case(&session, wish, &ground).await?;
    settled(&visit, &session, (id, typed), answer).await
}

pub async fn note(Path(id): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let id: CaseId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = posted.visit.person(ConsoleAct::CaseNote).await?;
    posted.proves_session(&form_name("note", id))?;
    let Posted { visit, form } = posted;
    let note = form.text("note").trim();
    let typed = Typed {
        note: note.to_owned(),
        ..Typed::default()
    };
    if note.is_empty() || note.chars().count() > LONGEST_NOTE {
        let errors = Errors::one("note", visit.texts().console.note_wrong);
        let asked = (id, typed, errors);
        return Ok(visit.again(&page(&visit, &session, asked).await?));
    }
    let answer = visit.gate().console_note(&session, id, note).await?;
    settled(&visit, &session, (id, typed), answer).await
}

fn revision(text: &str) -> Result<i64, Trouble> {
    text.parse().map_err(|_| Trouble::Malformed)
}
