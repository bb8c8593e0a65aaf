//! What each command does, one file for each word.
//!
//! **Invariant:** a command either did what its help says, or ends with a [`Failure`] or an
//! [`Ended`] that says it did not.

pub mod config;

use std::fmt;
use std::process::ExitCode;

use crate::config::Unusable;

/// How a command ended that was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All of it.
    Done,
    /// Some lines of its input were not accepted.
    SomeRefused,
}

/// The request cannot be carried out as it was made; nothing was tried.
#[derive(Debug)]
pub struct Misuse(pub String);

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

/// Why a command was not carried out.
pub type Failure = anyhow::Error;

/// The exit code, after what went wrong was told.
pub fn exit(result: Result<Ended, Failure>) -> ExitCode {
    match result {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::SomeRefused) => ExitCode::from(3),
        Err(why) => {
            eprintln!("sekisho: {why:#}");
            let wrong = why.is::<Misuse>() || why.is::<Unusable>();
            ExitCode::from(if wrong { 2 } else { 1 })
        }
    }
}
