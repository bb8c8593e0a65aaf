//! `sekisho archive …`
//!
//! **Invariant:** whoever archives says who they are and why.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use sekisho_core::archive::LEAST_DAYS;

use super::By;

const RUN: &str = "\
Parts of at most 250,000 accesses are sent to `sekisho-archive`, which is beside this program or on the PATH. It
writes a file, reads it back and answers with a receipt; only if that says exactly what was sent, the part is
noted in the record and its accesses go from the database. Decisions are copied and stay. Sightings stay, too,
so that what is decided and what a sweep finds of a place is the same as before.

It may be interrupted at any moment; the next run goes on where it was. docs/archive.md has the rest.

Example:
  sekisho archive run --to /archive --older-than 400 --as sato --reason 'monthly, case 2026-7'";

/// `sekisho archive …`
#[derive(Debug, Subcommand)]
pub enum ArchiveCommand {
    /// Move the history of days that are long over into files
    #[command(after_help = RUN)]
    Run(ArchiveArguments),
}

/// What is to leave.
#[derive(Args, Debug)]
pub struct ArchiveArguments {
    /// The folder of the archive
    #[arg(long, value_name = "FOLDER")]
    pub to: PathBuf,
    /// How many days stay, 100 at least: as long as the daily look and what is learnt of everybody
    /// go back. What customers see of their history ends there
    #[arg(long, value_name = "DAYS")]
    #[arg(value_parser = clap::value_parser!(u32).range(i64::from(LEAST_DAYS)..=36_500))]
    pub older_than: u32,
    /// Copy only; a later run without it removes what was copied
    #[arg(long)]
    pub keep: bool,
    /// Why; stays in the record in clear, so no mail address or phone number
    #[arg(long)]
    pub reason: String,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub by: By,
}
