//! `sekisho operation …`
//!
//! **Invariant:** whoever releases, refuses or reads says who they are and why.

use clap::Subcommand;
use sekisho_core::id::OperationId;

use super::By;

/// `sekisho operation …`
#[derive(Debug, Subcommand)]
pub enum OperationCommand {
    /// List the operations that are held, those first that end first; payees are masked
    List {
        /// Those that are held; there are no others to list yet
        #[arg(long, required = true)]
        held: bool,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
        most: u32,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
        /// For what it is needed; stays in the record in clear, so no mail address or phone number
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// Show one operation; its payee is masked
    Show {
        /// Its id, opr_…
        id: OperationId,
        /// For what it is needed; stays in the record in clear, so no mail address or phone number
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// Release a held operation: it goes on as it was confirmed, or waits for its customer
    #[command(after_help = "Example, after the customer was called back:\n  \
        sekisho operation release opr_… --as sato \\\n    \
        --reason '登録番号へ折り返し、本人と確認、案件 2026-120'")]
    Release {
        /// Its id, opr_…
        id: OperationId,
        /// How it was made sure that it is the customer's will; stays in the record in clear, so no
        /// mail address or phone number
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// Refuse a held operation
    #[command(after_help = "Example:\n  \
        sekisho operation refuse opr_… --as sato --reason '本人は申し込んでいない、案件 2026-121'")]
    Refuse {
        /// Its id, opr_…
        id: OperationId,
        /// Why; stays in the record in clear, so no mail address or phone number
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// Read word for word what its customer was shown each time they confirmed it: personal data,
    /// so who reads it and why is recorded first
    #[command(after_help = "Example:\n  \
        sekisho operation statement opr_… --as sato --reason '本人からの申し出、案件 2026-122'")]
    Statement {
        /// Its id, opr_…
        id: OperationId,
        /// For what it is needed; stays in the record in clear, so no mail address or phone number
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
}
