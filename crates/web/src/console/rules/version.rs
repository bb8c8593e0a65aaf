//! `/rules/{version}`: one rule set as it was written, what it would change, and what is done with
//! it.
//!
//! **Invariant:** what is agreed to is the document that this page showed.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use sekisho_core::bytes::Digest;
use sekisho_core::console::ConsoleAct;
use sekisho_core::reason::Reason;
use sekisho_core::rules::{RuleSet, STANDARD, Side, between, differences};
use sekisho_gate::{ShownRules, StaffSession};

use super::write::{FaultLine, fault_lines};
use super::{PATH, RuleLine, TrialPart, line, shipped, told, tried};
use crate::console::assets::{RULES_SCRIPT, RULES_SCRIPT_TEXT};
use crate::console::frame::{ConsoleFrame, onward};
use crate::console::list::done;
use crate::console::posted::Posted;
use crate::console::visit::Visit;
use crate::forms::{Errors, encode};
use crate::pages::Trouble;
use crate::pages::frame::versioned;
use crate::texts::RulesWords;

/// Lines that stayed, around those that did not.
const AROUND: usize = 3;

/// One line of what is another: a mark, the same as a word, its number, its text.
#[derive(Clone, Debug)]
pub struct OtherLine {
    pub mark: &'static str,
    pub word: &'static str,
    pub class: &'static str,
    pub number: usize,
    pub text: String,
}

#[derive(Template)]
#[template(path = "console/rules_version.html")]
pub struct VersionPage {
    pub f: ConsoleFrame,
    pub row: RuleLine,
    pub document: String,
    pub notes: Vec<String>,
    pub faults: Vec<FaultLine>,
    /// What is live.
    pub against: String,
    /// Rules, conditions and signals that are others; `None` where one document is not read.
    pub parts: Option<Vec<String>>,
    pub places: Vec<Vec<OtherLine>>,
    pub can_write: bool,
    pub shadow_csrf: Option<String>,
    pub approve_csrf: Option<String>,
    pub again_href: Option<String>,
    pub told: Option<&'static str>,
    /// What forgets the draft that the browser kept, once it is kept here.
    pub saved_script: Option<String>,
    pub errors: Errors,
}

#[derive(Template)]
#[template(path = "console/rules_trial.html")]
pub struct TrialPage {
    pub f: ConsoleFrame,
    pub version: String,
    pub trial: TrialPart,
}

/// A form's name holds the version, so that its token is good for no other.
fn form_name(step: &str, version: &str) -> String {
    format!("console_rules_{step}:{version}")
}

/// What is another between two documents.
pub(super) fn other_lines(before: &str, after: &str, words: &RulesWords) -> Vec<Vec<OtherLine>> {
    let other = |line: &sekisho_core::rules::Line<'_>| {
        let (mark, word, class) = match line.side {
            Side::Gone => ("-", words.gone, "gone"),
            Side::New => ("+", words.new, "new"),
            Side::Same => ("", words.same, "same"),
        };
        OtherLine {
            mark,
            word,
            class,
            number: line.number,
            text: line.text.to_owned(),
        }
    };
    let places = between(before, after, AROUND);
    places
        .iter()
        .map(|place| place.iter().map(other).collect())
        .collect()
}

async fn found(
    visit: &Visit,
    session: &StaffSession,
    version: &str,
) -> Result<(ShownRules, bool), Trouble> {
    let shown = done(visit.gate().console_rule(session, version).await?)?;
    let is_shipped = version == "standard" || version == RuleSet::standard().version;
    match shown.known.is_some() || is_shipped {
        true => Ok((shown, is_shipped)),
        false => Err(Trouble::NotFound),
    }
}

async fn page(
    visit: &Visit,
    session: &StaffSession,
    version: &str,
    errors: Errors,
) -> Result<VersionPage, Trouble> {
    let (gate, words) = (visit.gate(), visit.texts().rules);
    let (shown, is_shipped) = found(visit, session, version).await?;
    let choice = shown.choice;
    let (row, document) = match (&shown.known, is_shipped) {
        (Some(known), false) => {
            let said = (visit.locale(), words);
            (
                line(known, (choice, &shown.people), said),
                known.document.as_str(),
            )
        }
        _ => (shipped(choice, words), STANDARD),
    };
    let (before, against) = match &shown.live {
        Some(live) => (live.document.as_str(), live.version.clone()),
        None => (STANDARD, RuleSet::standard().version.clone()),
    };
    let (notes, faults) = match RuleSet::parse(document) {
        Ok(set) => (set.notes, Vec::new()),
        Err(faults) => (Vec::new(), fault_lines(document, &faults, words)),
    };
    let id = shown.known.as_ref().map(|known| known.id);
    let is_shadow = id.is_some() && choice.shadow == id;
    let open = !is_shipped && !row.is_live;
    let steps = [
        (ConsoleAct::RulesShadow, "shadow", open && !is_shadow),
        (ConsoleAct::RulesApprove, "approve", open && is_shadow),
    ];
    let token = |(act, step, there): (ConsoleAct, &str, bool)| {
        let may = there && gate.may(session, act).is_ok();
        may.then(|| gate.csrf_token(visit.session_binding(), &form_name(step, version)))
    };
    let stale = |(act, _, there): &(ConsoleAct, &str, bool)| {
        *there && gate.may(session, *act) == Err(Reason::ProofStale)
    };
    let path = format!("{PATH}/{}", row.version);
    Ok(VersionPage {
        f: ConsoleFrame::of_person(visit, session, &row.version).with(&errors),
        document: document.to_owned(),
        notes,
        faults,
        parts: differences(before, document),
        places: other_lines(before, document, words),
        against,
        can_write: gate.may(session, ConsoleAct::RulesWrite).is_ok(),
        shadow_csrf: token(steps[0]),
        approve_csrf: token(steps[1]),
        again_href: steps
            .iter()
            .any(stale)
            .then(|| format!("/prove?return_to={}", encode(&path))),
        saved_script: (visit.asked("told").as_deref() == Some("saved"))
            .then(|| versioned(RULES_SCRIPT, RULES_SCRIPT_TEXT)),
        told: match visit.asked("told").as_deref() {
            Some("saved") => Some(words.told_saved),
            Some("shadow") => Some(words.told_shadow),
            Some("live") => Some(words.told_live),
            _ => None,
        },
        row,
        errors,
    })
}

pub async fn show(Path(version): Path<String>, visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::RulesShow).await?;
    let page = page(&visit, &session, &version, Errors::none()).await?;
    Ok(visit.shown(&page))
}

pub async fn shadow(Path(version): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let act = ConsoleAct::RulesShadow;
    let session = posted.visit.person(act).await?;
    posted.proves_session(&form_name("shadow", &version))?;
    let Posted { visit, .. } = posted;
    let by = (&session, act);
    let answer = visit.gate().shadow_rules(by, Some(&version)).await?;
    match told(answer, visit.texts().rules)? {
        None => Ok(onward(&format!("{PATH}/{version}?told=shadow"))),
        Some(wrong) => {
            let errors = Errors::one("", wrong);
            let page = page(&visit, &session, &version, errors).await?;
            Ok(visit.again(&page))
        }
    }
}

/// A digest as it is written; `None` for anything else.
fn digest(text: &str) -> Option<Digest> {
    let mut bytes = [0; 32];
    if text.len() != 2 * bytes.len() || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(Digest(bytes))
}

pub async fn approve(Path(version): Path<String>, posted: Posted) -> Result<Response, Trouble> {
    let act = ConsoleAct::RulesApprove;
    let session = posted.visit.person(act).await?;
    posted.proves_session(&form_name("approve", &version))?;
    let Posted { visit, form } = posted;
    let words = visit.texts().rules;
    let wrong = match digest(form.text("digest")) {
        None => Some(words.wrong_other),
        Some(looked_at) => {
            let by = (&session, act);
            let approved = visit.gate().approve_rules(by, &version, looked_at);
            told(approved.await?, words)?
        }
    };
    match wrong {
        None => Ok(onward(&format!("{PATH}/{version}?told=live"))),
        Some(wrong) => {
            let errors = Errors::one("", wrong);
            let page = page(&visit, &session, &version, errors).await?;
            Ok(visit.again(&page))
        }
    }
}

pub async fn trial(Path(version): Path<String>, visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::RulesShow).await?;
    let (shown, is_shipped) = found(&visit, &session, &version).await?;
    let document = match (&shown.known, is_shipped) {
        (Some(known), false) => known.document.as_str(),
        _ => STANDARD,
    };
    let Ok(rules) = RuleSet::parse(document) else {
        return Err(Trouble::NotFound);
    };
    let words = visit.texts().rules;
    let Some(trial) = tried(&visit, &session, &rules).await? else {
        let errors = Errors::one("", words.busy);
        let page = page(&visit, &session, &version, errors).await?;
        return Ok(visit.again(&page));
    };
    Ok(visit.shown(&TrialPage {
        f: ConsoleFrame::of_person(&visit, &session, words.trial_title),
        version: rules.version,
        trial,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_is_written_and_nothing_else_is_one() {
        let one = Digest::of(b"one");
        assert_eq!(digest(&one.to_string()), Some(one));
        let long = "0".repeat(66);
        let odd = format!("+1{}", "0".repeat(62));
        for wrong in ["", "00", &long, &"é".repeat(32)] {
            assert_eq!(digest(wrong), None, "{wrong}");
        }
        // A sign is no digit of what anybody was shown.
        assert_ne!(digest(&odd), Some(one));
    }
}
