//! `sekisho backtest` and `sekisho explain`: rules on what was recorded.
//!
//! **Invariant:** nothing is written to the database.

use std::path::Path;

use sekisho_core::id::DecisionId;
use sekisho_core::moment::Moment;
use sekisho_core::risk::replay::Tally;
use sekisho_core::rules::Truth;
use sekisho_gate::{Explanation, Gate};
use serde_json::json;

use super::rules::read;
use super::{Ended, Failure, Misuse};
use crate::arguments::BacktestArguments;
use crate::progress::Progress;

/// Tries rules on what was recorded.
pub async fn run(gate: &Gate, arguments: &BacktestArguments) -> Result<Ended, Failure> {
    let (rules, _) = read(Path::new(&arguments.rules))?;
    let from = moment("--from", arguments.from.as_deref())?.unwrap_or(Moment(i64::MIN));
    let to = moment("--to", arguments.to.as_deref())?.unwrap_or(Moment(i64::MAX));
    let mut progress = Progress::begin(None);
    let tally = gate
        .back_test(&rules, (from, to), |tally| {
            let more = format!("{} judged again", tally.judged());
            progress.tell(tally.entries, 0, &more);
        })
        .await?;
    let result = result(&tally, &rules.version);
    if arguments.json {
        println!("{result}");
    } else {
        print(&tally, &rules.version);
    }
    Ok(Ended::Done)
}

fn moment(option: &str, text: Option<&str>) -> Result<Option<Moment>, Failure> {
    let read = |text| {
        let wrong = "is a date and time with an offset, such as 2026-12-01T09:00:00+09:00";
        Moment::parse_rfc3339(text).ok_or_else(|| Misuse(format!("{option} {wrong}")).into())
    };
    text.map(read).transpose()
}

/// Customers who are not simply let through on a day, on average: now, and by these rules.
fn disturbed(tally: &Tally) -> [f64; 2] {
    let days = u32::try_from(tally.days.len().max(1)).unwrap_or(u32::MAX);
    [0, 1].map(|which| {
        let sum: usize = tally.days.values().map(|day| day[which].len()).sum();
        f64::from(u32::try_from(sum).unwrap_or(u32::MAX)) / f64::from(days)
    })
}

fn result(tally: &Tally, version: &str) -> serde_json::Value {
    let turns: Vec<_> = tally
        .turns
        .iter()
        .map(|(turn, (count, examples))| {
            let (was, would_be) = (turn.was, turn.would_be);
            json!({"was": was, "would_be": would_be, "count": count, "examples": examples})
        })
        .collect();
    let reasons: serde_json::Map<_, _> = tally
        .reasons
        .iter()
        .map(|(reason, (was, would_be))| {
            let counts = json!({"was": was, "would_be": would_be});
            (reason.code().to_owned(), counts)
        })
        .collect();
    let [was, would_be] = disturbed(tally);
    json!({
        "rules": version,
        "entries": tally.entries,
        "judged": tally.judged(),
        "apart": tally.apart,
        "otherwise": tally.otherwise,
        "changes": turns,
        "reasons": reasons,
        "customers_disturbed_a_day": {"was": was, "would_be": would_be},
    })
}

fn print(tally: &Tally, version: &str) {
    println!("{version} on {} decisions", tally.judged());
    if tally.apart > 0 {
        println!(
            "left out: {} that no rules judged, or too long ago",
            tally.apart
        );
    }
    if tally.otherwise > 0 {
        let count = tally.otherwise;
        println!("left out: {count} that the rules of then judge otherwise today");
    }
    if tally.turns.is_empty() {
        println!("no verdict would be another");
    }
    for (turn, (count, examples)) in &tally.turns {
        let examples: Vec<_> = examples.iter().map(ToString::to_string).collect();
        let (was, would_be) = (turn.was.word(), turn.would_be.word());
        println!(
            "{count}  {was} → {would_be}  such as {}",
            examples.join(" ")
        );
    }
    for (reason, (was, would_be)) in &tally.reasons {
        if was != would_be {
            println!("{was} → {would_be}  {}", reason.code());
        }
    }
    let [was, would_be] = disturbed(tally);
    println!("customers disturbed a day: {was:.1} → {would_be:.1}");
}

/// Tells why a decision was taken.
pub async fn explain(gate: &Gate, id: DecisionId, as_json: bool) -> Result<Ended, Failure> {
    let Some(found) = gate.explain(id).await? else {
        return Err(Misuse(format!("there is no decision {id}")).into());
    };
    if as_json {
        println!("{}", row(&found));
    } else {
        told(&found);
    }
    Ok(Ended::Done)
}

fn word(truth: Truth) -> &'static str {
    match truth {
        Truth::No => "no",
        Truth::Yes => "yes",
        Truth::Unknown => "unknown",
        Truth::Broken => "broken",
    }
}

fn row(found: &Explanation) -> serde_json::Value {
    let entry = &found.entry;
    let facts: serde_json::Value = serde_json::from_str(&entry.facts).unwrap_or_default();
    let rules = found.rules.as_ref().map(|(version, said)| {
        let said: Vec<_> = said
            .iter()
            .map(|rule| {
                json!({
                    "reason": rule.reason,
                    "applies": word(rule.truth),
                    "when": rule.when,
                    "text": {"ja": rule.text.0, "en": rule.text.1},
                    "case": rule.case,
                })
            })
            .collect();
        json!({"version": version, "rules": said})
    });
    json!({
        "id": entry.id,
        "at": entry.at,
        "act": entry.act,
        "verdict": entry.verdict.kind(),
        "requirements": entry.verdict.requirements(),
        "reasons": entry.reasons,
        "policy": entry.policy,
        "facts": facts,
        "judged_by": rules,
        "same_again": found.rules.as_ref().map(|_| found.same),
    })
}

fn told(found: &Explanation) {
    let entry = &found.entry;
    let (act, verdict) = (entry.act.word(), entry.verdict.kind().word());
    println!(
        "{}  {}  {act}  {verdict}  under {}",
        entry.id, entry.at, entry.policy
    );
    for requirement in entry.verdict.requirements() {
        println!("  asks {}", requirement.word());
    }
    for reason in &entry.reasons {
        let said = found
            .rules
            .as_ref()
            .and_then(|(_, said)| said.iter().find(|rule| rule.reason == reason.code()));
        match said {
            Some(rule) => {
                println!("  {}: {}", rule.reason, rule.text.1);
                println!("      {}", rule.text.0);
                println!("      when {}", rule.when);
            }
            None => println!("  {}: {}", reason.code(), reason.sentence()),
        }
    }
    let Some((version, said)) = &found.rules else {
        println!("no rules judged this, or what they judged was not recorded then");
        return;
    };
    let unknown: Vec<_> = said
        .iter()
        .filter(|rule| rule.truth >= Truth::Unknown)
        .map(|rule| rule.reason.as_str())
        .collect();
    if !unknown.is_empty() {
        println!("  not told, for want of facts: {}", unknown.join(" "));
    }
    println!("  facts {}", entry.facts);
    let same = if found.same {
        "the same"
    } else {
        "something else"
    };
    println!("  judged again by {version}: {same}");
}
