//! The command line.
//!
//! **Invariant:** every command says in its help what it does, with an example where one helps.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sekisho_core::archive::{Day, Kept};
use sekisho_core::id::CustomerId;

/// Keeps history beyond the hot window as Parquet files, and answers questions over them.
#[derive(Debug, Parser)]
#[command(name = "sekisho-archive", version, after_help = EXIT)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT: &str = "\
`sekisho archive run` calls this program; the other commands are for people.

Exit codes:
  0  done
  1  something failed: a file, the folder
  2  the command line is wrong
  3  verify found what is not as its receipt says";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Keep rows: JSON lines on standard input, sorted by their key, become one file
    #[command(after_help = APPEND)]
    Append(OfPart),
    /// Take a customer out of every file that holds them; run it again if it was interrupted
    Erase {
        /// The customer: cus_…
        #[arg(long)]
        customer: CustomerId,
        /// Write JSON
        #[arg(long)]
        json: bool,
        /// The archive
        folder: PathBuf,
    },
    /// Read one file back and say what it holds
    Receipt(OfPart),
    /// Read everything back and compare it with the receipts
    Verify {
        /// Write JSON
        #[arg(long)]
        json: bool,
        /// The archive
        folder: PathBuf,
    },
}

const APPEND: &str = "\
Ids and addresses are 32 hexadecimal digits, moments microseconds since 1970 in UTC; docs/archive.md
has the columns. What is not in order, of another day or no row is refused, and nothing is kept then.
Standard output has the receipt as one line of JSON.

Example:
  sekisho-archive append --kind accesses --day 2026-03-01 /archive < rows.ndjson";

/// One part of an archive.
#[derive(Args, Debug)]
pub struct OfPart {
    /// What it holds
    #[arg(long)]
    pub kind: Kind,
    /// The day in UTC on which its decisions were made
    #[arg(long)]
    pub day: Option<Day>,
    /// The name of the part within its day
    #[arg(long, default_value = "all")]
    pub part: String,
    /// The archive
    pub folder: PathBuf,
}

/// What is kept.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Kind {
    /// The history of accesses
    Accesses,
    /// Decisions with what they were judged by
    Decisions,
    /// Traits that stand for fraud of a customer
    Voided,
}

impl From<Kind> for Kept {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Accesses => Self::Accesses,
            Kind::Decisions => Self::Decisions,
            Kind::Voided => Self::Voided,
        }
    }
}
