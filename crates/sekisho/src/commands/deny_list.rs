//! `sekisho deny-list build`, `sekisho deny-list probe`.
//!
//! **Invariant:** a password is read from standard input and never printed.

use std::hint::black_box;
use std::io::{self, BufReader, Write};
use std::path::Path;

use secrecy::ExposeSecret as _;
use sekisho_core::password::{DenyList, DenyTable, normalise};
use tokio::time::Instant;

use super::{Ended, Failure};
use crate::arguments::DenyListCommand;
use crate::deny::{self, build::Build};
use crate::input::new_file;
use crate::lines::Lines;
use crate::stop;

/// Longest line that is probed.
const LONGEST_LINE: usize = 4096;
/// How many passwords are probed to measure.
const MEASURED: u32 = 1_000_000;

/// Builds or probes a list.
pub fn run(command: DenyListCommand) -> Result<Ended, Failure> {
    match command {
        DenyListCommand::Build {
            from,
            to,
            errors,
            json,
        } => {
            let stop = stop::on_signal()?;
            let errors: Box<dyn Write> = match &errors {
                Some(path) => Box::new(new_file(path)?),
                None => Box::new(io::stderr()),
            };
            let summary = Build::of(&from, errors)?.run(&to, &stop)?;
            if json {
                println!("{}", serde_json::to_string(&summary)?);
            } else {
                println!(
                    "{} lines in {:.1} s: {} passwords in {} bytes, {} refused, {} empty",
                    summary.lines,
                    summary.seconds,
                    summary.entries,
                    summary.bytes,
                    summary.refused,
                    summary.empty
                );
                println!(
                    "of passwords that are not on it, {:.1e} are taken for one that is",
                    summary.false_positives
                );
            }
            Ok(if summary.refused == 0 {
                Ended::Done
            } else {
                Ended::SomeRefused
            })
        }
        DenyListCommand::Probe { list, measure } => probe(&list, measure),
    }
}

fn probe(path: &Path, measure: bool) -> Result<Ended, Failure> {
    let table = deny::open(path)?;
    if measure {
        return measured(table);
    }
    let list = DenyList::default().with(table);
    let mut lines = Lines::new(BufReader::new(io::stdin()), LONGEST_LINE);
    let mut refused = false;
    while let Some(line) = lines.next_line()? {
        let text = line.text.ok();
        let password = text.as_deref().and_then(normalise);
        match password {
            Some(password) if list.holds(password.expose_secret()) => {
                println!("{}\tlisted", line.number);
            }
            Some(_) => println!("{}\tnot listed", line.number),
            None => {
                refused = true;
                eprintln!("line {}: no password", line.number);
            }
        }
    }
    Ok(if refused {
        Ended::SomeRefused
    } else {
        Ended::Done
    })
}

/// How long a probe takes, of passwords that are made up and so nearly all not listed.
fn measured(table: DenyTable) -> Result<Ended, Failure> {
    let (entries, rate) = (table.len(), table.layout().false_positives());
    let list = DenyList::default().with(table);
    let passwords: Vec<String> = (0..MEASURED)
        .map(|number| format!("violet-{}", number.wrapping_mul(0x9e37_79b1)))
        .collect();
    let begun = Instant::now();
    let hits = passwords
        .iter()
        .filter(|password| list.holds(black_box(password.as_str())))
        .count();
    let nanoseconds = begun.elapsed().as_nanos() / u128::from(MEASURED);
    println!(
        "{entries} entries: {nanoseconds} ns a probe, hash included; {hits} of {MEASURED} made-up \
         passwords were taken for listed ones, {:.1e} expected",
        rate * f64::from(MEASURED)
    );
    Ok(Ended::Done)
}
