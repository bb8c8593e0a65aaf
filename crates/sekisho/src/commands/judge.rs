//! `sekisho judge`.
//!
//! **Invariant:** without `--database` nothing outlives the command but what it wrote.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use sekisho_core::id::ApplicationId;
use sekisho_core::policy::Policy;
use sekisho_gate::{Clock, Places};
use time::UtcOffset;

use super::{Ended, Failure, Misuse};
use crate::arguments::JudgeArguments;
use crate::config::{self, Asked, Config, PolicySource};
use crate::input::{Input, new_file};
use crate::installation::{self, Installation};
use crate::judge::formats::combined::Combined;
use crate::judge::formats::decisions::Decisions;
use crate::judge::formats::openssh::{OpenSsh, Year};
use crate::judge::formats::{Format, Reader};
use crate::judge::output::Output;
use crate::judge::run::{Log, Run, Ways};
use crate::judge::tally::Summary;
use crate::stop;

/// Who asks where a log is judged apart from an installation.
const NOBODY: ApplicationId = ApplicationId([0; 16]);

/// Judges a recorded log.
pub async fn run(asked: &Asked, arguments: JudgeArguments) -> Result<Ended, Failure> {
    let stop = stop::on_signal()?;
    let input = Input::open(&arguments.file)?;
    let (here, application, _folder) = place(asked, &arguments).await?;
    let reader = reader(&arguments, &input, &here.gate.policy())?;
    let rejects: Box<dyn Write> = match &arguments.rejects {
        Some(path) => Box::new(new_file(path)?),
        None => Box::new(io::stderr()),
    };
    let summary_file = arguments.summary.as_ref().map(new_file).transpose()?;
    let ways = Ways {
        output: Output::begin(BufWriter::new(io::stdout()), arguments.out)?,
        rejects,
    };
    let log = Log {
        application,
        reader,
        step_ups: arguments.step_ups,
    };
    let summary = Run::new(here.gate.clone(), log, ways)
        .judge(input, &stop)
        .await?;
    here.store.close().await;
    if let Some(mut file) = summary_file {
        serde_json::to_writer_pretty(&mut file, &summary)?;
        writeln!(file)?;
        file.flush()?;
    }
    eprintln!("{}", told(&summary));
    if let Some(line) = summary.stopped_before_line {
        anyhow::bail!("stopped as asked, before line {line}");
    }
    Ok(if summary.malformed == 0 {
        Ended::Done
    } else {
        Ended::SomeRefused
    })
}

/// Where it is judged, and in whose name: the named database, or one that goes away with the
/// folder.
async fn place(
    asked: &Asked,
    arguments: &JudgeArguments,
) -> Result<(Installation, ApplicationId, Option<tempfile::TempDir>), Failure> {
    let policy = arguments.policy.as_deref().map(policy_source);
    if asked.database.is_some() {
        let mut config = config::load(asked).usable()?;
        config.policy = policy.unwrap_or(config.policy);
        let here = Installation::open(&config).await?;
        // By the rules that are live there, as its server does.
        here.gate.take_rules().await?;
        let application = application(&here, arguments.application).await?;
        return Ok((here, application, None));
    }
    let config: Config = config::load(asked).written()?;
    let policy = installation::policy(&policy.unwrap_or(config.policy))?;
    let folder = tempfile::Builder::new()
        .prefix("sekisho-judge-")
        .tempdir()?;
    let places = Places::open(&config.address_files)?;
    let here = Installation::apart(folder.path(), policy, places).await?;
    Ok((here, NOBODY, Some(folder)))
}

/// The name of a profile, or else a file.
fn policy_source(text: &str) -> PolicySource {
    match Policy::profile(text) {
        Ok(_) => PolicySource::Profile(text.to_owned()),
        Err(_) => PolicySource::File(PathBuf::from(text)),
    }
}

async fn application(
    here: &Installation,
    asked: Option<ApplicationId>,
) -> Result<ApplicationId, Failure> {
    let all = here.gate.applications().await?;
    let known = |id: &ApplicationId| all.iter().any(|known| known.id == *id);
    match (asked, all.as_slice()) {
        (Some(id), _) if known(&id) => Ok(id),
        (Some(id), _) => Err(Misuse(format!("there is no application {id}")).into()),
        (None, [only]) => Ok(only.id),
        (None, []) => Err(Misuse(
            "the database has no application: make one with `sekisho application add`".into(),
        )
        .into()),
        (None, _) => Err(Misuse(
            "the database has several applications: name the one the log is of, --application"
                .into(),
        )
        .into()),
    }
}

fn reader(arguments: &JudgeArguments, input: &Input, policy: &Policy) -> Result<Reader, Failure> {
    let offset = arguments.utc_offset.unwrap_or(UtcOffset::UTC);
    Ok(match arguments.format {
        Format::Combined => Reader::Combined(Combined::new(
            arguments.customer,
            arguments.login_path.clone(),
        )),
        Format::Ndjson => Reader::Decisions(Decisions::new(policy.clone())),
        Format::Openssh => {
            let changed = || input.changed.unwrap_or_else(|| Clock::system().now());
            let year = match arguments.year {
                Some(year) => Year::First(year),
                None => Year::NotAfter(changed()),
            };
            Reader::OpenSsh(OpenSsh::new(year, offset))
        }
        Format::Rba => Reader::Rba(None, offset),
    })
}

fn told(summary: &Summary) -> String {
    let mut text = format!(
        "{} lines in {:.1} s ({} a second): {} attempts, {} malformed, {} skipped; {} judged",
        summary.lines,
        summary.seconds,
        summary.lines_per_second,
        summary.attempts,
        summary.malformed,
        summary.skipped.values().sum::<u64>(),
        summary.judged,
    );
    let (first, last) = summary.span.unwrap_or_default();
    if summary.judged > 0 {
        text.push_str(&format!(
            "\nfrom {first} to {last}, by policy {}",
            summary.policy
        ));
    }
    list(&mut text, "verdicts", &summary.verdicts);
    let reasons = summary.reasons.iter().take(10);
    list(
        &mut text,
        "reasons",
        reasons.map(|row| (row.reason.code(), &row.count)),
    );
    let addresses = summary.addresses_by_failures.iter().take(10);
    let addresses = addresses.map(|row| (row.address, &row.failures));
    list(&mut text, "failures by address", addresses);
    for (label, verdicts) in &summary.labels {
        list(&mut text, label, verdicts);
    }
    list(&mut text, "skipped", &summary.skipped);
    list(&mut text, "malformed", &summary.malformed_by_reason);
    text
}

fn list<'a>(
    text: &mut String,
    title: &str,
    rows: impl IntoIterator<Item = (impl std::fmt::Display, &'a u64)>,
) {
    let mut rows = rows.into_iter().peekable();
    if rows.peek().is_some() {
        text.push_str(&format!("\n{title}"));
    }
    for (name, count) in rows {
        text.push_str(&format!("\n  {count:>10}  {name}"));
    }
}
