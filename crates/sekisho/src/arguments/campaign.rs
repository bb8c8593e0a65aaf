//! `sekisho campaign …`
//!
//! **Invariant:** nothing is proposed or started from here: what two people agree to is a page.

use clap::Subcommand;
use sekisho_core::id::CampaignId;

use super::By;

/// `sekisho campaign …`
#[derive(Debug, Subcommand)]
pub enum CampaignCommand {
    /// List the newest campaigns, how far they are and who answers for them
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Stop a campaign at once; it goes on only if an approver starts it again
    #[command(
        after_help = "Example:\n  sekisho campaign stop cmp_01… --reason '文面の誤り' --as sato"
    )]
    Stop {
        /// The campaign
        campaign: CampaignId,
        /// Why; stays in the record in clear, so no mail address or phone number
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
}
