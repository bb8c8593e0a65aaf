//! `sekisho application webhook …`
//!
//! **Invariant:** what prints a secret says so in its help.

use clap::Subcommand;
use sekisho_core::id::ApplicationId;

/// `sekisho application webhook …`
#[derive(Debug, Subcommand)]
pub enum WebhookCommand {
    /// Tell an application there what becomes of its operations; prints the secret, once
    #[command(
        after_help = "Operations that are asked for from now on are told. A webhook that was there, and its secret,\n\
        count no more.\n\n\
        Example:\n  sekisho application webhook set app_… --url https://broker.example/hooks/sekisho"
    )]
    Set {
        /// Which application
        id: ApplicationId,
        /// Where it is told: https://…; it may lead into your own network
        #[arg(long)]
        url: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Sign with a new secret; the one before signs as well for a day. Prints the secret, once
    Rotate {
        /// Which application
        id: ApplicationId,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Tell an application nothing any more
    Remove {
        /// Which application
        id: ApplicationId,
    },
    /// List the webhooks: what waits, the last failure, what was given up
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Post a message of the type test, and say what was answered
    Test {
        /// Which application
        id: ApplicationId,
    },
}
