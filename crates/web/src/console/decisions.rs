//! `/decisions/{decision}`: why a decision was taken.
//!
//! **Invariant:** what is shown is what was recorded, and whether the same rules say it again.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::DecisionId;
use sekisho_core::notice::Locale;
use sekisho_core::rules::Truth;
use sekisho_gate::{Explanation, StaffSession};

use super::frame::ConsoleFrame;
use super::list::done;
use super::visit::Visit;
use crate::pages::Trouble;
use crate::pages::row;
use crate::texts::When;

/// A reason: its code, and what it says.
#[derive(Clone, Debug)]
pub struct ReasonRow {
    pub code: String,
    pub text: String,
}

/// What a rule said.
#[derive(Clone, Debug)]
pub struct RuleRow {
    pub reason: String,
    pub text: String,
    pub when: String,
    pub truth: &'static str,
    pub applies: bool,
}

#[derive(Template)]
#[template(path = "console/decision.html")]
pub struct DecisionPage {
    pub f: ConsoleFrame,
    pub id: String,
    pub at: When,
    pub act: String,
    pub verdict: &'static str,
    pub actor: &'static str,
    pub policy: String,
    pub customer_href: Option<String>,
    pub asks: Vec<&'static str>,
    pub reasons: Vec<ReasonRow>,
    /// The version of the rules, and what each said.
    pub rules: Option<(String, Vec<RuleRow>)>,
    pub same: bool,
    /// Evidence: its kind, what in, and the value.
    pub evidence: Vec<(String, String, String)>,
    pub facts: String,
}

fn thousandths(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let number = number.unsigned_abs();
    format!("{sign}{}.{:03}", number / 1_000, number % 1_000)
}

fn page(visit: &Visit, session: &StaffSession, found: &Explanation) -> DecisionPage {
    let (words, locale, entry) = (visit.texts().work, visit.locale(), &found.entry);
    let own = |text: &(String, String)| match locale {
        Locale::Ja => text.0.clone(),
        Locale::En => text.1.clone(),
    };
    let said = found.rules.as_ref().map(|(_, said)| said.as_slice());
    let said = said.unwrap_or_default();
    let reasons = entry.reasons.iter().map(|reason| {
        let rule = said.iter().find(|rule| rule.reason == reason.code());
        ReasonRow {
            code: reason.code().to_owned(),
            text: rule.map_or_else(|| reason.sentence().to_owned(), |rule| own(&rule.text)),
        }
    });
    let rules = found.rules.as_ref().map(|(version, said)| {
        let rows = said.iter().map(|rule| RuleRow {
            reason: rule.reason.clone(),
            text: own(&rule.text),
            when: rule.when.clone(),
            truth: match rule.truth {
                Truth::Yes => words.truth_yes,
                Truth::No => words.truth_no,
                Truth::Unknown => words.truth_unknown,
                Truth::Broken => words.truth_broken,
            },
            applies: rule.truth == Truth::Yes,
        });
        let mut rows: Vec<_> = rows.collect();
        // What decided comes first, each part in the order of the rules.
        rows.sort_by_key(|row| !row.applies);
        (version.clone(), rows)
    });
    let features = found.replay.as_ref().map(|replay| &replay.features);
    let because = features.map_or(&[][..], |features| features.because.as_slice());
    let evidence = because.iter().map(|part| {
        let value = part.weight.map(thousandths);
        let value = value.unwrap_or_else(|| words.unknown.to_owned());
        (part.evidence.to_string(), part.what.to_string(), value)
    });
    let facts: serde_json::Value = serde_json::from_str(&entry.facts).unwrap_or_default();
    DecisionPage {
        f: ConsoleFrame::of_person(visit, session, words.decision),
        id: entry.id.to_string(),
        at: When::of(entry.at, locale),
        act: row::act(&entry.act, &visit.gate().policy(), locale),
        verdict: entry.verdict.kind().word(),
        actor: entry.actor.word(),
        policy: entry.policy.clone(),
        customer_href: entry.customer.map(|id| format!("/customers/{id}")),
        asks: entry
            .verdict
            .requirements()
            .iter()
            .map(|one| one.word())
            .collect(),
        reasons: reasons.collect(),
        rules,
        same: found.same,
        evidence: evidence.collect(),
        facts: serde_json::to_string_pretty(&facts).unwrap_or_default(),
    }
}

pub async fn one(Path(id): Path<String>, visit: Visit) -> Result<Response, Trouble> {
    let id: DecisionId = id.parse().map_err(|_| Trouble::NotFound)?;
    let session = visit.person(ConsoleAct::DecisionShow).await?;
    let found = done(visit.gate().console_decision(&session, id).await?)?;
    let found = found.ok_or(Trouble::NotFound)?;
    Ok(visit.shown(&page(&visit, &session, &found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousandths_are_written_with_three_places() {
        for (number, text) in [(0, "0.000"), (1_500, "1.500"), (-7, "-0.007")] {
            assert_eq!(thousandths(number), text);
        }
    }
}
