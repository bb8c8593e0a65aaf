//! `/rules/new`: a draft is written, checked, tried on what was decided lately, and kept.
//!
//! **Invariant:** what was typed comes back with every answer but the one that kept it; nothing is
//! kept without a passkey of a short time ago.

use askama::Template;
use axum::response::Response;
use sekisho_core::console::ConsoleAct;
use sekisho_core::reason::Reason;
use sekisho_core::rules::names::SCORE_NAMES;
use sekisho_core::rules::{FACTS, RuleFault, RuleSet, STANDARD, located, with_version};
use sekisho_gate::{StaffSession, Token};

use super::{DIGITS, PATH, TrialPart, told, tried};
use crate::console::assets::{RULES_SCRIPT, RULES_SCRIPT_TEXT};
use crate::console::frame::{ConsoleFrame, onward};
use crate::console::list::done;
use crate::console::posted::{Posted, PostedLong};
use crate::console::visit::{SESSION, Visit, exposed, remember};
use crate::forms::{Errors, Form, passkey as posted_passkey};
use crate::pages::Trouble;
use crate::pages::frame::versioned;
use crate::pages::passkey::{PasskeyForm, Standing};
use crate::texts::{RulesWords, fill};

const FORM: &str = "console_rules_new";
const ACTION: &str = "/rules/new";

/// Something that is wrong with a document.
#[derive(Clone, Debug)]
pub struct FaultLine {
    /// The line, and where in it as people read it.
    pub at: Option<(u32, String)>,
    pub part: String,
    pub quoted: String,
    pub problem: String,
}

/// A name that rules may use.
#[derive(Clone, Debug)]
pub struct FactRow {
    pub name: &'static str,
    pub optional: bool,
    pub kind: String,
    pub meaning: &'static str,
}

/// What was found out about a draft.
#[derive(Default)]
pub struct Found {
    pub faults: Vec<FaultLine>,
    pub right: Option<String>,
    pub notes: Vec<String>,
    pub trial: Option<TrialPart>,
    /// The form that keeps the draft once its author showed a passkey.
    pub again: Option<PasskeyForm>,
    pub errors: Errors,
}

#[derive(Template)]
#[template(path = "console/rules_new.html")]
pub struct WritePage {
    pub f: ConsoleFrame,
    pub csrf: String,
    pub document: String,
    pub faults: Vec<FaultLine>,
    pub right: Option<String>,
    pub notes: Vec<String>,
    pub trial: Option<TrialPart>,
    pub again: Option<PasskeyForm>,
    pub facts: Vec<FactRow>,
    pub scores: &'static [&'static str],
    pub script: String,
    /// Whether it is shown for the first time, with nothing typed yet.
    pub is_first: bool,
    pub errors: Errors,
}

/// Faults as pages show them.
pub(super) fn fault_lines(
    document: &str,
    faults: &[RuleFault],
    words: &RulesWords,
) -> Vec<FaultLine> {
    let line = |one: sekisho_core::rules::Located| FaultLine {
        at: one.spot.map(|spot| {
            let places: [(&str, &dyn std::fmt::Display); 2] =
                [("line", &spot.line), ("column", &spot.column)];
            (spot.line, fill(words.fault_at, &places))
        }),
        part: one.part,
        quoted: one.quoted,
        problem: one.problem,
    };
    located(document, faults).into_iter().map(line).collect()
}

/// Every fact, and what it is.
pub fn facts() -> Vec<FactRow> {
    FACTS
        .iter()
        .map(|fact| FactRow {
            name: fact.name,
            optional: fact.optional,
            kind: fact.kind.to_string(),
            meaning: fact.meaning,
        })
        .collect()
}

fn page(
    visit: &Visit,
    session: &StaffSession,
    (document, found, is_first): (String, Found, bool),
) -> WritePage {
    let words = visit.texts().rules;
    WritePage {
        f: ConsoleFrame::of_person(visit, session, words.write).with(&found.errors),
        csrf: visit.gate().csrf_token(visit.session_binding(), FORM),
        document,
        faults: found.faults,
        right: found.right,
        notes: found.notes,
        trial: found.trial,
        again: found.again,
        facts: facts(),
        scores: &SCORE_NAMES,
        script: versioned(RULES_SCRIPT, RULES_SCRIPT_TEXT),
        is_first,
        errors: found.errors,
    }
}

/// The version after this one that nobody has yet.
fn next_version(version: &str, taken: &[&str]) -> String {
    let (name, number) = match version.rsplit_once('.') {
        Some((name, number)) if name != "standard" => (name, number.parse().unwrap_or(0_u32)),
        _ => ("mine", 0),
    };
    let free = (1..=10_000).map(|more| format!("{name}.{}", number.saturating_add(more)));
    let mut free = free.skip_while(|version| taken.contains(&version.as_str()));
    free.next().unwrap_or_default()
}

pub async fn show(visit: Visit) -> Result<Response, Trouble> {
    let session = visit.person(ConsoleAct::RulesWrite).await?;
    let (choice, sets, _) = done(visit.gate().console_rules(&session).await?)?;
    let asked = visit.asked("from");
    let from = sets.iter().find(|set| match &asked {
        Some(version) => set.version == *version,
        None => Some(set.id) == choice.live,
    });
    let (version, document) = match from {
        Some(set) => (set.version.as_str(), set.document.as_str()),
        None => ("standard", STANDARD),
    };
    let taken: Vec<_> = sets.iter().map(|set| set.version.as_str()).collect();
    let document = with_version(document, &next_version(version, &taken));
    let page = page(&visit, &session, (document, Found::default(), true));
    Ok(visit.shown(&page))
}

/// The form by which the author shows a passkey and has the draft kept.
async fn again(visit: &Visit, session: &StaffSession) -> Result<PasskeyForm, Trouble> {
    let (gate, words) = (visit.gate(), visit.texts().rules);
    let prompt = gate.staff_proof_prompt(session, visit.origin()).await?;
    let csrf = gate.csrf_token(visit.session_binding(), FORM);
    let said = (words.save_passkey, Standing::Main);
    Ok(PasskeyForm::of(&prompt, ACTION.to_owned(), csrf, said))
}

/// The cookie under which the session goes on where a passkey was shown; `Err` for one that counts
/// for nothing.
async fn proved(
    visit: &Visit,
    session: &StaffSession,
    form: &Form,
) -> Result<Result<Option<Token>, ()>, Trouble> {
    if form.text("credential").is_empty() {
        return Ok(Ok(None));
    }
    let Some(answer) = posted_passkey::answer(form) else {
        return Ok(Err(()));
    };
    let proved = visit
        .gate()
        .prove_staff_again(session, &answer, visit.origin());
    Ok(proved.await?.map(Some).ok_or(()))
}

/// Keeps a draft: the page of it, or what stands in the way.
async fn keep(
    visit: &Visit,
    session: &StaffSession,
    (rules, document): (RuleSet, &str),
) -> Result<Result<String, Found>, Trouble> {
    let (act, version) = (ConsoleAct::RulesAdd, rules.version.clone());
    if visit.gate().may(session, act) == Err(Reason::ProofStale) {
        return Ok(Err(Found {
            again: Some(again(visit, session).await?),
            ..Found::default()
        }));
    }
    let by = (session, act);
    let added = visit.gate().add_rules(by, rules, document.to_owned());
    Ok(match told(added.await?, visit.texts().rules)? {
        None => Ok(format!("{PATH}/{version}?told=saved")),
        Some(wrong) => Err(Found {
            errors: Errors::one("document", wrong),
            ..Found::default()
        }),
    })
}

/// What a checked draft says of itself.
fn right(rules: &RuleSet, words: &RulesWords) -> String {
    let digest = rules.digest.to_string();
    let said: [(&str, &dyn std::fmt::Display); 3] = [
        ("rules", &rules.rules.len()),
        ("steps", &rules.steps),
        ("digest", &digest.get(..DIGITS).unwrap_or(&digest)),
    ];
    format!("{} {}", words.right, fill(words.right_more, &said))
}

fn faulty(document: &str, faults: &[RuleFault], words: &RulesWords) -> Found {
    let faults = fault_lines(document, faults, words);
    let told = match faults.len() {
        1 => words.fault.to_owned(),
        count => fill(words.faults, &[("count", &count)]),
    };
    Found {
        faults,
        errors: Errors::one("document", told),
        ..Found::default()
    }
}

pub async fn submit(PostedLong(posted): PostedLong) -> Result<Response, Trouble> {
    let session = posted.visit.person(ConsoleAct::RulesWrite).await?;
    posted.proves_session(FORM)?;
    let Posted { visit, form } = posted;
    let proved = proved(&visit, &session, &form).await?;
    let Ok(Some(token)) = &proved else {
        return answered(&visit, &session, (&form, proved.is_err())).await;
    };
    let visit = visit.renewed(token);
    let session = visit.person(ConsoleAct::RulesWrite).await?;
    let mut response = answered(&visit, &session, (&form, false)).await?;
    remember(response.headers_mut(), SESSION, &exposed(token));
    Ok(response)
}

async fn answered(
    visit: &Visit,
    session: &StaffSession,
    (form, is_refused): (&Form, bool),
) -> Result<Response, Trouble> {
    let words = visit.texts().rules;
    // Browsers send line breaks as two characters, and the document keeps one.
    let document = form.text("document").replace("\r\n", "\n");
    let mut found = match RuleSet::parse(&document) {
        Err(faults) => faulty(&document, &faults, words),
        Ok(_) if is_refused => Found {
            again: Some(again(visit, session).await?),
            errors: Errors::one("", visit.texts().console.refused),
            ..Found::default()
        },
        Ok(rules) if form.text("step") == "save" => {
            match keep(visit, session, (rules, &document)).await? {
                Ok(to) => return Ok(onward(&to)),
                Err(found) => found,
            }
        }
        Ok(rules) => Found {
            right: Some(right(&rules, words)),
            trial: match form.text("step") {
                "try" => tried(visit, session, &rules).await?,
                _ => None,
            },
            notes: rules.notes,
            ..Found::default()
        },
    };
    if form.text("step") == "try" && found.right.is_some() && found.trial.is_none() {
        found.errors.add("", words.busy);
    }
    let is_right = found.errors.is_empty();
    let page = page(visit, session, (document, found, false));
    Ok(match is_right {
        true => visit.shown(&page),
        false => visit.again(&page),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_begins_under_a_version_that_nobody_has() {
        let next = |version, taken: &[&str]| next_version(version, taken);
        assert_eq!(next("standard", &[]), "mine.1");
        assert_eq!(next("standard.4", &["mine.1", "mine.2"]), "mine.3");
        assert_eq!(next("night.7", &["night.7", "night.8"]), "night.9");
        assert_eq!(next("night", &[]), "mine.1");
        assert_eq!(next("night.x", &[]), "night.1");
    }

    #[test]
    fn faults_are_told_with_line_column_and_the_line_itself() {
        let words = RulesWords::of(sekisho_core::notice::Locale::En);
        let document = "version = \"mine.1\"\n[is]\nfar = 'contry.seen == \"new\"'\n";
        let faults = RuleSet::parse(document).unwrap_err();
        let lines = fault_lines(document, &faults, words);
        let far = lines.iter().find(|line| line.part == "is far").unwrap();
        assert_eq!(far.at, Some((3, "line 3, column 8".to_owned())));
        assert_eq!(far.quoted, "far = 'contry.seen == \"new\"'");
        assert!(far.problem.contains("country.seen"), "{far:?}");
        let found = faulty(document, &faults, words);
        assert!(found.errors.of("document").is_some() && found.faults.len() > 1);
    }
}
