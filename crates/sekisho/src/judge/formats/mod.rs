//! The formats of logs that can be judged, each a pure function from a line to its meaning.
//!
//! **Invariant:** no line makes a reader panic; what cannot be understood says why.

pub mod combined;
pub mod decisions;
pub mod openssh;
pub mod rba;

use time::UtcOffset;

use super::recorded::{Malformed, Meaning};
use crate::commands::Misuse;
use combined::Combined;
use decisions::Decisions;
use openssh::OpenSsh;
use rba::Rba;

/// The name of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A web server's access log in the combined format
    Combined,
    /// Requests of POST /v1/decisions with their moment, one JSON object a line
    Ndjson,
    /// The log of an OpenSSH server (auth.log)
    Openssh,
    /// The public login data set of risk-based authentication, CSV
    Rba,
}

/// Reads the lines of one format.
pub enum Reader {
    Combined(Combined),
    Decisions(Decisions),
    OpenSsh(OpenSsh),
    /// With its columns once the header was read.
    Rba(Option<Rba>, UtcOffset),
}

impl Reader {
    /// Whether the first line names the columns.
    pub fn needs_header(&self) -> bool {
        matches!(self, Self::Rba(None, _))
    }

    /// What a line means.
    ///
    /// # Errors
    /// When the first line shows that the input is not in this format at all.
    pub fn read(&mut self, line: &str) -> Result<Result<Meaning, Malformed>, Misuse> {
        Ok(match self {
            Self::Combined(combined) => combined.read(line),
            Self::Decisions(decisions) => decisions.read(line),
            Self::OpenSsh(openssh) => openssh.read(line),
            Self::Rba(Some(rba), _) => rba.read(line),
            Self::Rba(columns @ None, offset) => {
                *columns = Some(Rba::of_header(line, *offset).map_err(Misuse)?);
                Ok(Meaning::Other("header"))
            }
        })
    }
}
