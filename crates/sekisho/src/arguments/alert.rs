//! `sekisho alert …`
//!
//! **Invariant:** customers are named as applications name them.

use clap::Subcommand;
use sekisho_core::id::AlertId;

use super::By;

/// `sekisho alert …`
#[derive(Debug, Subcommand)]
pub enum AlertCommand {
    /// Close an alert; it opens again if the attack goes on
    #[command(
        after_help = "Example:\n  sekisho alert close alr_01… --reason '遮断済み 案件 2026-130' \
        --as sato"
    )]
    Close {
        /// The alert
        alert: AlertId,
        /// Why; stays in the record in clear, so no mail address or phone number
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// List attacks that were found, the newest first
    #[command(
        after_help = "Example:\n  sekisho alert list --since 2026-12-01T00:00:00+09:00 \
        --reason 朝の確認 --as sato"
    )]
    List {
        /// Those that were closed, too
        #[arg(long)]
        closed: bool,
        /// Whose last attempt was at or after this moment, such as 2026-12-01T09:00:00+09:00
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
    /// Show an alert with the customers it touched, who was entered first; 1,000 at most
    #[command(
        after_help = "Example:\n  sekisho alert show alr_01… --reason '案件 2026-130' --as sato"
    )]
    Show {
        /// The alert
        alert: AlertId,
        /// Print one JSON object a line: the alert, then a customer each
        #[arg(long)]
        json: bool,
        /// Why; stays in the record in clear, so no mail address or phone number
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
}
