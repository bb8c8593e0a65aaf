//! `sekisho network …`
//!
//! **Invariant:** a network is parsed here, so what is none is told before anything is asked.

use clap::{Args, Subcommand};
use sekisho_core::id::{AlertId, ListingId};
use sekisho_core::places::Network;

use super::By;

fn network(text: &str) -> Result<Network, String> {
    Network::parse(text).map_err(|why| format!("it {why}"))
}

/// A network to list.
#[derive(Args, Clone, Debug)]
pub struct NetworkArguments {
    /// An address, or a network such as 203.0.113.0/24 or 2001:db8::/48; /16 or /32 at most
    #[arg(value_parser = network)]
    pub network: Network,
    /// For so many hours; 720 at most
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=720))]
    pub hours: u16,
    /// So many customers, who were let in from there before, are meant, too; where there are more,
    /// nothing is done and the number is told
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub customers: u32,
    /// The alert that it answers, alr_…
    #[arg(long, value_name = "ALERT")]
    pub alert: Option<AlertId>,
    /// Why; stays in the record in clear, so no mail address or phone number
    #[arg(long)]
    pub reason: String,
    #[command(flatten)]
    pub by: By,
}

/// `sekisho network …`
#[derive(Debug, Subcommand)]
pub enum NetworkCommand {
    /// Ask those who come from a network for a second factor, unless they are on a known device
    #[command(
        after_help = "Example:\n  sekisho network ask 198.51.100.0/22 --hours 4 --reason '列挙攻撃 案件 7' --as sato"
    )]
    Ask(NetworkArguments),
    /// Refuse those who come from a network, whatever they prove
    #[command(
        after_help = "Example:\n  sekisho network deny 203.0.113.7 --reason '列挙攻撃 案件 7' --as sato"
    )]
    Deny(NetworkArguments),
    /// Take one off before its time
    End {
        /// Its id, lst_…
        id: ListingId,
        /// Why; stays in the record in clear, so no mail address or phone number
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// List the networks, newest first, with those that stand no more
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
}
