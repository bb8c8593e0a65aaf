//! `sekisho import customers`.
//!
//! **Invariant:** every line that was not taken over is told; running it again adds nothing twice.

use std::io::{self, Write};

use super::{Ended, Failure};
use crate::arguments::ImportArguments;
use crate::import::{Import, Summary};
use crate::input::{Input, new_file};
use crate::installation::Installation;
use crate::stop;

/// Takes over the customers of a file.
pub async fn run(here: &Installation, arguments: ImportArguments) -> Result<Ended, Failure> {
    let stop = stop::on_signal()?;
    let input = Input::open(&arguments.file)?;
    let errors: Box<dyn Write> = match &arguments.errors {
        Some(path) => Box::new(new_file(path)?),
        None => Box::new(io::stderr()),
    };
    let import = Import::new(here.gate.clone(), arguments.from_line, errors);
    let summary = import.run(input, &stop).await?;
    here.store.close().await;
    if arguments.json {
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        println!("{}", told(&summary));
    }
    if let Some(line) = summary.continue_from {
        anyhow::bail!("stopped as asked; go on with --from-line {line}");
    }
    Ok(if summary.refused == 0 {
        Ended::Done
    } else {
        Ended::SomeRefused
    })
}

fn told(summary: &Summary) -> String {
    format!(
        "{} lines in {:.1} s ({} a second): {} added, {} already there, {} refused, {} empty",
        summary.lines,
        summary.seconds,
        summary.lines_per_second,
        summary.added,
        summary.already_there,
        summary.refused,
        summary.empty,
    )
}
