//! `sekisho sweep`: who was where, after an incident.
//!
//! **Invariant:** the digest in the record is that of exactly the bytes on standard output.

mod addresses;
mod operations;
mod withdrawals;

use std::io::{self, BufWriter, StdoutLock, Write};

use anyhow::Context as _;
use sekisho_core::bytes::Digest;
use sekisho_core::known::Seen;
use sekisho_core::moment::Moment;
use sekisho_core::thaw::Ground;
use sekisho_gate::Gate;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Ended, Failure, Misuse};
use crate::arguments::SweepCommand;

/// Sweeps.
pub async fn run(gate: &Gate, command: SweepCommand) -> Result<Ended, Failure> {
    match command {
        SweepCommand::Addresses(arguments) => addresses::run(gate, arguments).await,
        SweepCommand::Operations(arguments) => operations::run(gate, *arguments).await,
        SweepCommand::Withdrawals(arguments) => withdrawals::run(gate, arguments).await,
    }
}

fn ground(reason: &str) -> Result<Ground, Failure> {
    Ground::parse(reason).map_err(|why| Misuse(format!("--reason {why}")).into())
}

fn moment(option: &str, text: &str) -> Result<Moment, Failure> {
    let wrong = "is a date and time with an offset, such as 2026-12-01T09:00:00+09:00";
    Moment::parse_rfc3339(text).ok_or_else(|| Misuse(format!("{option} {wrong}")).into())
}

fn of_seen(seen: &Seen) -> Value {
    json!({
        "first": seen.first,
        "first_success": seen.first_success,
        "last": seen.last,
        "successes": seen.successes,
        "failures": seen.failures,
        "operations": seen.guarded,
    })
}

/// Standard output, and the digest of what went to it.
struct Output {
    to: BufWriter<StdoutLock<'static>>,
    digest: Sha256,
}

const STUCK: &str = "standard output cannot be written to";

impl Output {
    /// Begins, with a header.
    fn begin(header: Option<&str>) -> Result<Self, Failure> {
        let mut output = Self {
            to: BufWriter::new(io::stdout().lock()),
            digest: Sha256::new(),
        };
        output.write(header.unwrap_or_default())?;
        Ok(output)
    }

    fn write(&mut self, text: &str) -> Result<(), Failure> {
        self.to.write_all(text.as_bytes()).context(STUCK)?;
        self.digest.update(text);
        Ok(())
    }

    /// Ends: the digest of what was written, and whether all of it went out.
    fn end(mut self) -> (Digest, Result<(), Failure>) {
        let flushed = self.to.flush().context(STUCK);
        (Digest(self.digest.finalize().into()), flushed)
    }
}
