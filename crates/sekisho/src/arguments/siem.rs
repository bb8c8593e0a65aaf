//! `sekisho siem …`
//!
//! **Invariant:** nothing here changes what is stored.

use clap::Subcommand;

/// `sekisho siem …`
#[derive(Debug, Subcommand)]
pub enum SiemCommand {
    /// Send one event of the activity test the configured way, and say what happened
    Check,
}
