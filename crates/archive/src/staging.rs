//! `sekisho-archive stage`: one stage of a sweep, from standard input to standard output.
//!
//! **Invariant:** what is wrong with the question is said before a line is read, and the exit code
//! is 0 only after the last line was written.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::ExitCode;

use sekisho_archive::fault::Fault;
use sekisho_archive::stage::{self, Asked};
use sekisho_archive::sweep::SweepQuestion;
use serde_json::json;

use crate::arguments::{Stage, StageArguments};
use crate::sweeping::{only, question};

/// Runs one stage.
///
/// # Errors
/// Those of the question, of the input and of writing.
pub fn run(arguments: &StageArguments) -> Result<ExitCode, Fault> {
    let (question, only) = (question(&arguments.question)?, only(&arguments.question)?);
    let from = io::stdin().lock();
    let mut to = BufWriter::new(io::stdout().lock());
    let asked = || places(arguments.asked.as_deref());
    match arguments.stage {
        Stage::Question => writeln!(to, "{}", of_question(&question)).map_err(unwritten)?,
        Stage::List => stage::list(&question, from, &mut to)?,
        Stage::Ask => stage::ask(&question, from, &mut to)?,
        Stage::Void => stage::void(&asked()?, from, &mut to)?,
        Stage::Show => stage::show(&asked()?, from, &mut to)?,
        Stage::Gather => stage::gather(&question.look, from, &mut to)?,
        Stage::Judge => stage::judge((&question, &only), from, &mut to)?,
    }
    to.flush().map_err(unwritten)?;
    Ok(ExitCode::SUCCESS)
}

fn unwritten(why: io::Error) -> Fault {
    Fault::Io {
        path: "standard output".into(),
        why,
    }
}

fn places(file: Option<&Path>) -> Result<Asked, Fault> {
    let path = file.ok_or_else(|| Fault::Misuse("this stage needs --asked".to_owned()))?;
    let file = File::open(path).map_err(|why| Fault::Io {
        path: path.to_owned(),
        why,
    })?;
    Asked::read(BufReader::new(file))
}

/// What an engine needs to know to read no more rows than it has to; moments in microseconds.
fn of_question(question: &SweepQuestion) -> serde_json::Value {
    json!({
        "acts": question.acts().into_keys().collect::<Vec<_>>(),
        "from": question.from.0,
        "until": question.until.0,
    })
}
