//! `sekisho sweep`: who was where, after an incident.
//!
//! **Invariant:** the digest in the record is that of exactly the bytes on standard output.

mod addresses;
mod listed;
pub mod operations;
pub mod withdrawals;

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context as _;
use sekisho_core::bytes::{Digest, Digesting};
use sekisho_core::case::Telling;
use sekisho_core::moment::Moment;
use sekisho_core::sweep::Handed;
use sekisho_core::thaw::Ground;
use sekisho_gate::{CasesOpened, Gate};

use super::staff::from_input;
use super::{Ended, Failure, Misuse};
use crate::arguments::{By, SweepCommand};

/// Sweeps.
pub async fn run(gate: &Gate, command: SweepCommand) -> Result<Ended, Failure> {
    match command {
        SweepCommand::Addresses(arguments) => addresses::run(gate, arguments).await,
        SweepCommand::Procedures(arguments) => listed::run(gate, arguments).await,
        SweepCommand::Operations(arguments) => operations::run(gate, *arguments).await,
        SweepCommand::Withdrawals(arguments) => withdrawals::run(gate, arguments).await,
    }
}

pub fn ground(reason: &str) -> Result<Ground, Failure> {
    Ground::parse(reason).map_err(|why| Misuse(format!("--reason {why}")).into())
}

/// Standard input is read once.
fn one_input(file: &Path, by: &By) -> Result<(), Failure> {
    if file == Path::new("-") && from_input(by) {
        let text = "the list and your secret cannot both come from standard input; name \
                    --secret-file or set SEKISHO_STAFF_SECRET";
        return Err(Misuse(text.to_owned()).into());
    }
    Ok(())
}

pub fn moment(option: &str, text: &str) -> Result<Moment, Failure> {
    let wrong = "is a date and time with an offset, such as 2026-12-01T09:00:00+09:00";
    Moment::parse_rfc3339(text).ok_or_else(|| Misuse(format!("{option} {wrong}")).into())
}

/// Says so if what is asked for may be in the archive alone.
pub async fn archived(gate: &Gate, from: Moment) -> Result<(), Failure> {
    if let Some(until) = gate.archived_until().await?
        && from < until
    {
        eprintln!(
            "what was done before {until} may be in the archive and is not listed here: \
             ask `sekisho-archive sweep`"
        );
    }
    Ok(())
}

/// Of what cases are opened, and whether their customers are asked.
pub struct Opening<'a, T> {
    /// What was found.
    pub cases: &'a [T],
    /// Whether they are asked.
    pub telling: Telling,
}

/// Whether customers are asked.
pub fn telling(ask: bool) -> Telling {
    if ask { Telling::Ask } else { Telling::Silent }
}

/// What was opened, for people.
fn told(cases: &CasesOpened) {
    let CasesOpened {
        opened,
        already,
        messages,
        failed,
    } = cases;
    if *failed > 0 {
        eprintln!("{failed} cases could NOT be opened: run it again");
    }
    if opened + already > 0 {
        eprintln!("{opened} cases opened, {already} were there; {messages} messages queued");
    }
}

/// Where lines go, and the digest of what went there.
pub struct Output {
    to: BufWriter<Box<dyn Write + Send>>,
    digest: Digesting,
}

const STUCK: &str = "what was found cannot be written";

impl Output {
    /// Standard output, with a header.
    fn begin(header: Option<&str>) -> Result<Self, Failure> {
        let mut output = Self::to(Box::new(io::stdout()));
        output.write(header.unwrap_or_default())?;
        Ok(output)
    }

    /// A place to write to.
    pub fn to(place: Box<dyn Write + Send>) -> Self {
        Self {
            to: BufWriter::new(place),
            digest: Digesting::default(),
        }
    }

    fn write(&mut self, text: &str) -> Result<(), Failure> {
        self.to.write_all(text.as_bytes()).context(STUCK)?;
        self.digest.take(text.as_bytes());
        Ok(())
    }

    /// Ends: what was told if all of it went out, how much did, and the digest of that.
    fn end<T>(mut self, told: Result<T, Failure>) -> (Result<T, Failure>, Handed, Digest) {
        let flushed = self.to.flush().context(STUCK);
        let told = told.and_then(|told| flushed.map(|()| told));
        let handed = Handed::of(&told);
        (told, handed, self.digest.end())
    }
}
