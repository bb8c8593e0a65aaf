//! `sekisho signal …`
//!
//! **Invariant:** what is listed names nothing but customers by their reference.

use clap::{Subcommand, ValueEnum};
use sekisho_core::sighting::TraitKind;

use super::By;

/// What may be shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Shared {
    /// The device that something was registered on
    Device,
    /// A payout account
    PayoutAccount,
    /// A phone number
    Phone,
}

impl From<Shared> for TraitKind {
    fn from(shared: Shared) -> Self {
        match shared {
            Shared::Device => Self::Device,
            Shared::PayoutAccount => Self::PayoutAccount,
            Shared::Phone => Self::Phone,
        }
    }
}

/// `sekisho signal …`
#[derive(Debug, Subcommand)]
pub enum SignalCommand {
    /// List what customers registered that was seen with others before, the newest first
    #[command(after_help = "Equal values are the same phone, account or device.\n\n\
        Example:\n  sekisho signal list --kind payout_account --since 2026-12-01T00:00:00+09:00 \\\n    --reason 週次確認 --as sato")]
    List {
        /// Of this customer only, as applications name them
        #[arg(long, value_name = "REFERENCE")]
        customer: Option<String>,
        /// Of this kind only
        #[arg(long)]
        kind: Option<Shared>,
        /// Raised at or after this moment, such as 2026-12-01T09:00:00+09:00
        #[arg(long, value_name = "MOMENT")]
        since: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100)]
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
}
