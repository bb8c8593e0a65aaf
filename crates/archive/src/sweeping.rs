//! `sekisho-archive sweep`: the question from the command line, the answer as lines.
//!
//! **Invariant:** what is wrong with a question is said before a file is read.

use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;

use sekisho_archive::fault::Fault;
use sekisho_archive::folder::Folder;
use sekisho_archive::sweep::{Effort, SweepQuestion, sweep};
use sekisho_core::access::OperationKind;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::sweep::{Finding, HEADER, Look, Swept};

use crate::arguments::{Form, Place, QuestionArguments, SweepArguments};

fn misuse(text: impl Into<String>) -> Fault {
    Fault::Misuse(text.into())
}

pub fn moment(option: &str, text: &str) -> Result<Moment, Fault> {
    let wrong = "is a date and time with an offset, such as 2026-12-01T09:00:00+09:00";
    Moment::parse_rfc3339(text).ok_or_else(|| misuse(format!("{option} {wrong}")))
}

pub fn question(arguments: &QuestionArguments) -> Result<SweepQuestion, Fault> {
    let kind = |word: &String| {
        OperationKind::parse(word).ok_or_else(|| misuse(format!("--kind {word} is no kind")))
    };
    let mut kinds = arguments
        .kinds
        .iter()
        .map(kind)
        .collect::<Result<Vec<_>, _>>()?;
    kinds.sort_unstable();
    kinds.dedup();
    let from = moment("--from", &arguments.from)?;
    let until = arguments
        .until
        .as_deref()
        .map(|text| moment("--until", text));
    let until = until.transpose()?.unwrap_or(Moment(i64::MAX));
    if until <= from {
        return Err(misuse("--until must lie after --from"));
    }
    let mut places = arguments.places.clone();
    if places.is_empty() {
        places = vec![Place::Address, Place::Device];
    }
    places.dedup();
    Ok(SweepQuestion {
        kinds,
        from,
        until,
        application: arguments.application,
        traits: places.into_iter().map(Into::into).collect(),
        look: Look {
            familiar: Span::hours(arguments.familiar_hours.into()),
            settled: Span::days(arguments.settled_days.into()),
            shared_from: arguments.shared_from.into(),
        },
    })
}

pub fn only(arguments: &QuestionArguments) -> Result<Vec<Finding>, Fault> {
    let finding = |word: &String| {
        let found = Finding::ALL
            .into_iter()
            .find(|finding| finding.word() == word);
        found.ok_or_else(|| misuse(format!("--only {word} is no finding")))
    };
    arguments.only.iter().map(finding).collect()
}

/// Sweeps and writes what was found.
///
/// # Errors
/// Those of the question, of reading and of writing.
pub fn run(arguments: &SweepArguments) -> Result<ExitCode, Fault> {
    let asked = &arguments.question;
    let (question, only) = (question(asked)?, only(asked)?);
    let folder = Folder::open(&arguments.folder)?;
    let mut effort = Effort::default();
    let found = sweep(&folder, &question, &mut effort)?;
    let wanted = |one: &&Swept| only.is_empty() || only.contains(&one.finding);
    let mut out = BufWriter::new(io::stdout().lock());
    let mut write = || -> io::Result<()> {
        if arguments.out == Form::Csv {
            out.write_all(HEADER.as_bytes())?;
        }
        for one in found.iter().filter(wanted) {
            match arguments.out {
                Form::Csv => out.write_all(one.csv().as_bytes())?,
                Form::Ndjson => writeln!(out, "{}", one.json())?,
            }
        }
        out.flush()
    };
    write().map_err(|why| Fault::Io {
        path: "standard output".into(),
        why,
    })?;
    eprintln!(
        "{} operations; {} rows of {} row groups read",
        found.len(),
        effort.rows.into_inner(),
        effort.groups.into_inner()
    );
    for finding in Finding::ALL.into_iter().rev() {
        let count = found.iter().filter(|one| one.finding == finding).count();
        eprintln!("  {:<8} {count}", finding.word());
    }
    Ok(ExitCode::SUCCESS)
}
