//! `sekisho-archive backtest`: rules and policy from files, the tally as the server tells it.
//!
//! **Invariant:** what is wrong with rules or policy is said before a decision is read.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use sekisho_archive::backtest::back_test;
use sekisho_archive::fault::Fault;
use sekisho_archive::folder::Folder;
use sekisho_core::moment::Moment;
use sekisho_core::policy::Policy;
use sekisho_core::rules::RuleSet;

use crate::line;
use crate::sweeping::moment;

/// Documents are some kilobytes.
const LONGEST: u64 = 1 << 20;

fn read(path: &Path) -> Result<String, Fault> {
    let wrong = |why| Fault::Io {
        path: path.to_owned(),
        why,
    };
    let mut text = String::new();
    let file = File::open(path).map_err(wrong)?;
    file.take(LONGEST)
        .read_to_string(&mut text)
        .map_err(wrong)?;
    Ok(text)
}

fn rules(path: &Path) -> Result<RuleSet, Fault> {
    RuleSet::parse(&read(path)?).map_err(|faults| {
        let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
        Fault::Misuse(format!("{}: {}", path.display(), told.join("; ")))
    })
}

fn policy(named: &str) -> Result<Policy, Fault> {
    let policy = match Policy::profiles().contains(&named) {
        true => Policy::profile(named),
        false => Policy::parse(&read(Path::new(named))?),
    };
    policy.map_err(|why| Fault::Misuse(format!("{named}: {why}")))
}

/// Tries rules and tells what became of it.
///
/// # Errors
/// Those of the documents, and those of reading.
pub fn run(
    (rules_at, policy_at): (&Path, &str),
    (from, to): (Option<&str>, Option<&str>),
    as_json: bool,
    folder: &Path,
) -> Result<ExitCode, Fault> {
    let (rules, policy) = (rules(rules_at)?, policy(policy_at)?);
    let from = from.map(|text| moment("--from", text)).transpose()?;
    let to = to.map(|text| moment("--to", text)).transpose()?;
    let span = (
        from.unwrap_or(Moment(i64::MIN)),
        to.unwrap_or(Moment(i64::MAX)),
    );
    let terminal = io::stderr().is_terminal();
    let tally = back_test(&Folder::open(folder)?, (&rules, &policy), span, |tally| {
        if terminal {
            // Progress that cannot be shown is no reason to stop.
            let judged = tally.judged();
            let _ = write!(io::stderr().lock(), "\r\x1b[2K{judged} judged again");
        }
    })?;
    if terminal {
        let _ = write!(io::stderr().lock(), "\r\x1b[2K");
    }
    if as_json {
        line(&tally.object(&rules.version).to_string())?;
    } else {
        line(tally.text(&rules.version).trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}
