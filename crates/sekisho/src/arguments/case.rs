//! `sekisho case`: what was found that somebody has to look into.
//!
//! **Invariant:** whoever looks says who they are and why.

use clap::{Args, Subcommand, ValueEnum};
use sekisho_core::id::CaseId;
use sekisho_core::known::CaseEnd;

use super::By;

/// What it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Was {
    /// Somebody else did it
    Fraud,
    /// The customer did it
    Genuine,
    /// Nobody could tell
    Unclear,
}

impl From<Was> for CaseEnd {
    fn from(was: Was) -> Self {
        match was {
            Was::Fraud => Self::Fraud,
            Was::Genuine => Self::Genuine,
            Was::Unclear => Self::Unclear,
        }
    }
}

/// Which case, by whom and why.
#[derive(Args, Debug)]
pub struct OfCase {
    /// Its id, cas_…
    pub id: CaseId,
    /// Why; stays in the record in clear, so no mail address or phone number
    #[arg(long)]
    pub reason: String,
    #[command(flatten)]
    pub by: By,
}

/// `sekisho case …`
#[derive(Debug, Subcommand)]
pub enum CaseCommand {
    /// Say what it was; a closed case stays closed
    #[command(
        after_help = "Example:\n  sekisho case close cas_… --was fraud --reason 本人に確認 --as sato"
    )]
    Close {
        #[command(flatten)]
        of: OfCase,
        /// What it was
        #[arg(long, value_enum)]
        was: Was,
    },
    /// List the open ones, the most worrying first; they are opened by `sekisho sweep … --case`, by
    /// `sekisho incident` and by the daily look
    List {
        /// All of this customer, the newest first; the name that applications use
        #[arg(long, value_name = "REFERENCE", conflicts_with = "since")]
        customer: Option<String>,
        /// All that were opened at this moment or later, the newest first, closed ones too
        #[arg(long, value_name = "MOMENT")]
        since: Option<String>,
        /// So many at most
        #[arg(long, value_name = "N", default_value_t = 100)]
        #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
        most: u32,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
        /// Why; stays in the record in clear, so no mail address or phone number
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// Look into it from now on, in the place of whoever did
    Take(OfCase),
}
