//! `sekisho backtest` and `sekisho explain`: rules on what was recorded.
//!
//! **Invariant:** nothing is written to the database but who asked for an explanation, and why.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

use sekisho_core::moment::Moment;
use sekisho_core::risk::pace::Pace;
use sekisho_core::risk::replay::{Replay, Tally};
use sekisho_core::rules::Truth;
use sekisho_core::thaw::Ground;
use sekisho_gate::{Explanation, Gate};
use sekisho_web::backtest::page;
use serde_json::json;

use super::rules::read;
use super::staff::{claimed, done};
use super::{Ended, Failure, Misuse};
use crate::arguments::{BacktestArguments, ExplainArguments};
use crate::input::new_file;
use crate::progress::Progress;

/// Tries rules on what was recorded.
pub async fn run(gate: &Gate, arguments: &BacktestArguments) -> Result<Ended, Failure> {
    let (rules, _) = read(Path::new(&arguments.rules))?;
    let from = moment("--from", arguments.from.as_deref())?.unwrap_or(Moment(i64::MIN));
    let to = moment("--to", arguments.to.as_deref())?.unwrap_or(Moment(i64::MAX));
    // Made before the work, so that a place where nothing can be written is known at once.
    let to_page = arguments.page.as_ref();
    let to_page = to_page.map(|path| new_file(path).map(|file| (file, path)));
    let to_page = to_page.transpose()?;
    let mut progress = Progress::begin(None);
    let tally = gate
        .back_test(&rules, (from, to), |tally| {
            let more = format!("{} judged again", tally.judged());
            progress.tell(tally.entries, 0, &more);
        })
        .await?;
    if let Some((mut file, path)) = to_page {
        let text = page(&tally, &rules.version, arguments.language.locale());
        let written = file.write_all(text.as_bytes()).and_then(|()| file.flush());
        written.with_context(|| format!("{} cannot be written", path.display()))?;
        eprintln!("the page is {}", path.display());
    }
    if arguments.json {
        println!("{}", tally.object(&rules.version));
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

pub(super) fn print(tally: &Tally, version: &str) {
    print!("{}", tally.text(version));
}

/// Tells why a decision was taken.
pub async fn explain(gate: &Gate, asked: &ExplainArguments) -> Result<Ended, Failure> {
    let (id, as_json) = (asked.decision, asked.json);
    let ground = Ground::parse(&asked.reason).map_err(|why| Misuse(format!("--reason {why}")))?;
    let found = gate.explain(&claimed(&asked.by)?, id, ground).await?;
    let Some(found) = done(found)? else {
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
        "thresholds": found.replay.as_ref().map(|replay| {
            replay.basis.thresholds.named().collect::<BTreeMap<_, _>>()
        }),
        "judged_by": rules,
        "same_again": found.rules.as_ref().map(|_| found.same),
        "signal_broken": found.rules.as_ref().map(|_| found.signal_broken),
    })
}

/// What each kind of evidence found, in what, and what it could not know.
fn print_evidence(replay: &Replay) {
    let features = &replay.features;
    let scores = features.scores;
    let pace = features.pace.as_ref().map(|seen| seen.score);
    let all = [
        (
            "unlikely",
            "for this customer, 1 is as likely as not",
            scores.unlikely,
        ),
        (
            "rare",
            "in itself, an ordinary one has about 0.5",
            scores.rare,
        ),
        ("pace", "too fast or too many, 0.5 is a limit", pace),
    ];
    let number = |thousandths: i64| format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
    for (kind, meaning, score) in all {
        match score {
            Some(score) => println!("  {kind} {} ({meaning})", number(score)),
            None => println!("  {kind} unknown"),
        }
        let parts = features.because.iter().filter(|part| part.evidence == kind);
        for part in parts {
            match part.weight {
                Some(weight) => println!("      {} {}", part.what, number(weight)),
                None => println!("      {} unknown", part.what),
            }
        }
    }
    for pace in Pace::ALL {
        if let Some(share) = features.pace.as_ref().and_then(|seen| seen.of_one(pace)) {
            println!("      {} {}", pace.word(), number(share));
        }
    }
    if let Some(version) = features.forest {
        println!("  rare by forest {version}");
    }
    if let Some(said) = &replay.basis.said {
        let verdict = said.verdict.word();
        println!("  rules {} said {verdict}", said.rules);
    }
    let thresholds: Vec<_> = replay
        .basis
        .thresholds
        .named()
        .map(|(key, number)| format!("{key} {number}"))
        .collect();
    if !thresholds.is_empty() {
        println!("  thresholds {}", thresholds.join(", "));
    }
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
    if let Some(replay) = &found.replay {
        print_evidence(replay);
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
