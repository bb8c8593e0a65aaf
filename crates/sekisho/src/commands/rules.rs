//! `sekisho rules`: documents are checked, kept, tried in shadow, let live and taken back.
//!
//! **Invariant:** what was refused is said in a sentence, and changed nothing.

use std::path::Path;

use anyhow::Context as _;
use sekisho_core::id::StaffId;
use sekisho_core::known::StaffKnown;
use sekisho_core::moment::Span;
use sekisho_core::rules::{FACTS, Located, RuleSet, differences, located, set};
use sekisho_gate::{Adopted, Gate};
use serde_json::json;

use super::staff::{UNPROVED, claimed, why};
use super::{Ended, Failure, Misuse, backtest};
use crate::arguments::{By, RulesCommand};

/// Digits of a digest that name it: 48 bits, of a document that its author cannot choose anew once
/// it is kept.
const LEAST_DIGITS: usize = 12;
/// What is judged again for whoever agrees.
const RECENT: Span = Span::hours(1);

/// Adds, lists, shows, tries, approves or goes back.
pub async fn run(gate: &Gate, command: RulesCommand) -> Result<Ended, Failure> {
    match command {
        RulesCommand::Check { file } => return check(&file),
        RulesCommand::Add { file, by } => {
            let (rules, document) = read(&file)?;
            let version = rules.version.clone();
            let answer = gate.add_rules(&claimed(&by)?, rules, document).await?;
            told(
                (gate, &by),
                answer,
                &format!("{version} is kept as a draft"),
            )
            .await?;
        }
        RulesCommand::Approve {
            version,
            digest: None,
            by,
        } => compared(gate, &version, &by).await?,
        RulesCommand::Approve {
            version,
            digest: Some(digest),
            by,
        } => {
            let known = gate.rule_set(&version).await?.ok_or_else(unknown)?;
            let kept = known.digest.to_string();
            if digest.len() < LEAST_DIGITS || !kept.starts_with(&digest.to_ascii_lowercase()) {
                let text = format!(
                    "--digest is that of {version} that you looked at, {LEAST_DIGITS} digits or more"
                );
                return Err(Misuse(text).into());
            }
            let claim = claimed(&by)?;
            let answer = gate.approve_rules(&claim, &version, known.digest).await?;
            let done = format!("{version} is live, on every node within a second");
            told((gate, &by), answer, &done).await?;
        }
        RulesCommand::Facts => facts(),
        RulesCommand::List { json } => list(gate, json).await?,
        RulesCommand::Rollback { by } => {
            let answer = gate.roll_back_rules(&claimed(&by)?).await?;
            let done = "what was live before is live again, on every node within a second";
            told((gate, &by), answer, done).await?;
        }
        RulesCommand::Shadow { version, by } => {
            let answer = gate
                .shadow_rules(&claimed(&by)?, version.as_deref())
                .await?;
            let done = match version {
                Some(version) => format!("{version} is applied beside what is live"),
                None => "nothing is applied beside what is live".to_owned(),
            };
            told((gate, &by), answer, &done).await?;
        }
        RulesCommand::Show { version } => {
            let standard = version == "standard" || version == RuleSet::standard().version;
            match (standard, gate.rule_set(&version).await?) {
                (true, _) => print!("{}", set::STANDARD),
                (false, Some(known)) => print!("{}", known.document),
                (false, None) => return Err(unknown()),
            }
        }
    }
    Ok(Ended::Done)
}

/// Tells whoever is to agree what would be another, on paper and on what was decided lately.
async fn compared(gate: &Gate, version: &str, by: &By) -> Result<(), Failure> {
    let (choice, sets, people) = gate.rule_sets().await?;
    let known = gate.rule_set(version).await?.ok_or_else(unknown)?;
    let live = sets.iter().find(|set| Some(set.id) == choice.live);
    let (before, name_before) = match live {
        Some(live) => (live.document.as_str(), live.version.as_str()),
        None => (set::STANDARD, "the shipped rules"),
    };
    println!(
        "{version} of {}, added {}",
        name(known.by, &people),
        known.made
    );
    println!("digest {}", known.digest);
    println!("against {name_before}:");
    match differences(before, &known.document) {
        Some(lines) if lines.is_empty() => println!("  no rule is another"),
        Some(lines) => lines.iter().for_each(|line| println!("  {line}")),
        None => println!("  one of both cannot be read by this version"),
    }
    let (now, document) = (gate.now(), &known.document);
    if let Ok(rules) = RuleSet::parse(document) {
        println!("in the last hour:");
        let hour = (now.minus(RECENT), now);
        let tally = gate.back_test(&rules, hour, |_| {}).await?;
        backtest::print(&tally, version);
    }
    let digest: String = known
        .digest
        .to_string()
        .chars()
        .take(LEAST_DIGITS)
        .collect();
    println!(
        "Nothing has changed. To let it go live, once you read it (sekisho rules show {version}):"
    );
    println!(
        "  sekisho rules approve {version} --digest {digest} --as {}",
        by.name
    );
    Ok(())
}

/// Tells everything that is wrong with a document.
pub fn check(file: &Path) -> Result<Ended, Failure> {
    let (rules, _) = read(file)?;
    for note in &rules.notes {
        println!("note: {note}");
    }
    println!(
        "{} is right: {} rules, {} steps at most for an attempt, digest {}",
        rules.version,
        rules.rules.len(),
        rules.steps,
        rules.digest
    );
    Ok(Ended::Done)
}

pub(super) fn read(file: &Path) -> Result<(RuleSet, String), Failure> {
    let document = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    match RuleSet::parse(&document) {
        Ok(rules) => Ok((rules, document)),
        Err(faults) => {
            let all: Vec<_> = located(&document, &faults).iter().map(said).collect();
            let (file, count) = (file.display(), all.len());
            let text = format!("{file} has {count} faults\n{}", all.join("\n"));
            Err(Misuse(text).into())
        }
    }
}

/// A fault as a line, and the line of the document that it is about.
fn said(fault: &Located) -> String {
    let Located { part, quoted, .. } = fault;
    let at = fault.spot.map_or_else(String::new, |spot| {
        format!("line {}, column {}: ", spot.line, spot.column)
    });
    let part = match part.is_empty() {
        true => String::new(),
        false => format!("{part}: "),
    };
    let quoted = match quoted.is_empty() {
        true => String::new(),
        false => format!("\n      {}", quoted.trim_start()),
    };
    format!("  {at}{part}{}{quoted}", fault.problem)
}

fn unknown() -> Failure {
    Misuse("there is no rule set of this version".to_owned()).into()
}

/// Says what became of it.
async fn told((gate, by): (&Gate, &By), answer: Adopted, done: &str) -> Result<(), Failure> {
    match answer {
        Adopted::Done => println!("{done}"),
        Adopted::Refused(reason) => return Err(Misuse(why(gate, reason, by).await?).into()),
        Adopted::Unknown => return Err(unknown()),
        Adopted::Unproved => return Err(Misuse(UNPROVED.to_owned()).into()),
    }
    Ok(())
}

fn facts() {
    for fact in FACTS {
        let optional = if fact.optional { "?" } else { "" };
        println!("{}{optional}  {}  {}", fact.name, fact.kind, fact.meaning);
    }
}

async fn list(gate: &Gate, json: bool) -> Result<(), Failure> {
    let (choice, sets, people) = gate.rule_sets().await?;
    for known in &sets {
        let state = choice.state(known).words();
        let (by, made) = (name(known.by, &people), known.made);
        if json {
            let row = json!({
                "version": known.version,
                "state": state,
                "digest": known.digest,
                "by": by,
                "made": made,
                "shadowed": known.shadowed,
                "approved_by": known.approved.map(|(by, _)| name(by, &people)),
                "approved": known.approved.map(|(_, at)| at),
            });
            println!("{row}");
        } else {
            println!("{}  {state}  {made} by {by}", known.version);
        }
    }
    let standard = RuleSet::standard();
    let state = if choice.live.is_none() {
        "live"
    } else {
        "shipped"
    };
    if json {
        println!("{}", json!({ "version": standard.version, "state": state }));
    } else {
        println!("{}  {state}", standard.version);
    }
    Ok(())
}

fn name(id: StaffId, people: &[StaffKnown]) -> String {
    let found = people.iter().find(|known| known.id == id);
    found.map_or_else(|| id.to_string(), |known| known.name.to_string())
}
