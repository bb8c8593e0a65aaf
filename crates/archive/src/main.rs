//! The `sekisho-archive` command.
//!
//! **Invariant:** standard output has answers alone; what goes wrong goes to standard error and is
//! an exit code.

mod arguments;
mod backtesting;
mod staging;
mod sweeping;

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser as _;
use sekisho_archive::append::{append_whole, receipt};
use sekisho_archive::erase::{Erasure, erase};
use sekisho_archive::fault::Fault;
use sekisho_archive::folder::{Folder, Writing};
use sekisho_archive::verify::{Verified, Wrong, verify};
use sekisho_core::archive::{Part, Receipt};
use sekisho_core::id::CustomerId;
use serde_json::json;

use arguments::{Arguments, Command, OfPart};

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("sekisho-archive: {fault}");
            let misused = matches!(fault, Fault::Misuse(_));
            ExitCode::from(if misused { 2 } else { 1 })
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Fault> {
    match command {
        Command::Append { of, whole } => {
            let part = part(&of)?;
            let archive = Writing::open(&of.folder)?;
            let whole = whole.said();
            let input = io::stdin().lock();
            tell(&append_whole(&archive, &part, whole.as_ref(), input)?)
        }
        Command::Receipt(of) => {
            let part = part(&of)?;
            let folder = Folder::open(&of.folder)?;
            tell(&receipt(&part, &folder.file_of(&part))?)
        }
        Command::Backtest {
            rules,
            policy,
            from,
            to,
            json,
            folder,
        } => {
            let span = (from.as_deref(), to.as_deref());
            backtesting::run((&rules, &policy), span, json, &folder)
        }
        Command::Erase {
            customer,
            json,
            folder,
        } => erased(customer, json, &folder),
        Command::Stage(arguments) => staging::run(&arguments),
        Command::Sweep(arguments) => sweeping::run(&arguments),
        Command::Verify { json, folder } => verified(json, &Folder::open(&folder)?),
    }
}

fn part(of: &OfPart) -> Result<Part, Fault> {
    let part = Part::new(of.kind.into(), of.day, &of.part);
    part.map_err(|why| Fault::Misuse(why.to_string()))
}

pub(crate) fn line(line: &str) -> Result<(), Fault> {
    let mut out = io::stdout().lock();
    let written = writeln!(out, "{line}").and_then(|()| out.flush());
    written.map_err(|why| Fault::Io {
        path: "standard output".into(),
        why,
    })
}

fn tell(receipt: &Receipt) -> Result<ExitCode, Fault> {
    line(&json!(receipt).to_string())?;
    Ok(ExitCode::SUCCESS)
}

fn erased(customer: CustomerId, as_json: bool, folder: &Path) -> Result<ExitCode, Fault> {
    Folder::open(folder)?;
    let archive = Writing::open(folder)?;
    let Erasure { done, left } = erase(&archive, customer, |erased| {
        eprintln!("{} rows of {}", erased.rows, erased.part);
    })?;
    let rows: u64 = done.iter().map(|erased| erased.rows).sum();
    let parts: Vec<_> = done.iter().map(|erased| erased.part.to_string()).collect();
    if as_json {
        let told = json!({
            "customer": customer.to_string(), "rows": rows, "parts": parts, "left": of_wrong(&left),
        });
        line(&told.to_string())?;
    } else {
        for (path, wrong) in &left {
            line(&format!(
                "{} {wrong}; it was not looked into",
                path.display()
            ))?;
        }
        line(&format!(
            "{rows} rows of {customer} are gone from {} files; {} may still hold some",
            parts.len(),
            left.len()
        ))?;
    }
    Ok(code(&left))
}

/// The end of a command that found this wrong.
fn code(wrong: &[(PathBuf, Wrong)]) -> ExitCode {
    ExitCode::from(if wrong.is_empty() { 0 } else { 3 })
}

fn verified(as_json: bool, folder: &Folder) -> Result<ExitCode, Fault> {
    let terminal = io::stderr().is_terminal();
    let found = verify(folder, |part| {
        if terminal {
            // Progress that cannot be shown is no reason to stop.
            let _ = write!(io::stderr().lock(), "\r\x1b[2K{part}");
        }
    })?;
    if terminal {
        let _ = write!(io::stderr().lock(), "\r\x1b[2K");
    }
    if as_json {
        line(&of_verified(&found).to_string())?;
    } else {
        for (path, wrong) in &found.wrong {
            line(&format!("{} {wrong}", path.display()))?;
        }
        let Verified {
            parts, rows, bytes, ..
        } = found;
        let wrong = found.wrong.len();
        line(&format!(
            "{parts} parts, {rows} rows, {bytes} bytes; {wrong} wrong"
        ))?;
    }
    Ok(code(&found.wrong))
}

fn of_wrong(wrong: &[(PathBuf, Wrong)]) -> Vec<serde_json::Value> {
    let told = |(path, wrong): &(PathBuf, Wrong)| {
        let (part, wrong) = (path.to_string_lossy(), wrong.to_string());
        json!({"part": part, "wrong": wrong})
    };
    wrong.iter().map(told).collect()
}

fn of_verified(found: &Verified) -> serde_json::Value {
    json!({
        "parts": found.parts,
        "rows": found.rows,
        "bytes": found.bytes,
        "wrong": of_wrong(&found.wrong),
    })
}
