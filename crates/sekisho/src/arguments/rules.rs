//! `sekisho rules`: by which rules everybody is judged.
//!
//! **Invariant:** what changes who is judged how says who does it.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use sekisho_core::id::DecisionId;

use super::{By, Language};

const ADD: &str = "\
A draft changes nothing. The way from here:
  sekisho rules check mine.toml
  sekisho rules add mine.toml --as sato
  sekisho rules shadow mine.2 --as sato
  sekisho rules approve mine.2 --as tanaka
  sekisho rules approve mine.2 --digest 1f0c2a9b77de --as tanaka";

const APPROVE: &str = "\
Example:
  sekisho rules approve mine.2 --as tanaka                        what would change, and the digest
  sekisho rules approve mine.2 --digest 1f0c2a9b77de --as tanaka  it goes live";

/// `sekisho rules …`
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Keep a document as a draft; it is never changed, another is another version
    #[command(after_help = ADD)]
    Add {
        /// The document
        file: PathBuf,
        #[command(flatten)]
        by: By,
    },
    /// Let the rule set that is in shadow go live, on every node within a second; somebody else
    /// than its author agrees. Without --digest it tells what would change, and nothing changes
    #[command(after_help = APPROVE)]
    Approve {
        /// Its version
        version: String,
        /// The digest of what you looked at, or its first twelve digits or more
        #[arg(long)]
        digest: Option<String>,
        #[command(flatten)]
        by: By,
    },
    /// Tell everything that is wrong with a document, at once; exits with 2 if anything is. Needs
    /// no database
    Check {
        /// The document
        file: PathBuf,
    },
    /// List the facts that rules can name
    Facts,
    /// List the rule sets that are kept, newest first
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Go back to the rule set that was live before, at once and alone
    Rollback {
        #[command(flatten)]
        by: By,
    },
    /// Apply a rule set beside the live one: what it would have said is recorded, without effect
    Shadow {
        /// Its version [default: none is applied beside any more]
        version: Option<String>,
        #[command(flatten)]
        by: By,
    },
    /// Print the document of a rule set
    Show {
        /// Its version; "standard" for the shipped one
        version: String,
    },
}

/// Why a decision was taken.
#[derive(Args, Debug)]
pub struct ExplainArguments {
    /// Its id, dec_…
    pub decision: DecisionId,
    /// For what it is needed; stays in the record in clear, so no mail address or phone number
    #[arg(long)]
    pub reason: String,
    /// Print one JSON object, with every rule and every fact
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub by: By,
}

/// What is tried on what.
#[derive(Args, Debug)]
pub struct BacktestArguments {
    /// The document
    #[arg(long, value_name = "FILE")]
    pub rules: PathBuf,
    /// What was decided from this moment on, such as 2026-12-01T09:00:00+09:00 [default: ever]
    #[arg(long, value_name = "MOMENT")]
    pub from: Option<String>,
    /// Before this moment [default: now]
    #[arg(long, value_name = "MOMENT")]
    pub to: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Write a page with plots, too, which must not be there yet; it names no customer
    #[arg(long, value_name = "FILE")]
    pub page: Option<PathBuf>,
    /// The language of the page
    #[arg(long, value_enum, default_value_t = Language::Ja, requires = "page")]
    pub language: Language,
}
