//! `sekisho desk`: the support desk does for a caller what the web has stopped.
//!
//! **Invariant:** every command says who of the firm does it.

use std::path::PathBuf;

use clap::Subcommand;
use sekisho_core::id::{ApplicationId, CallId, OperationId};

use super::By;

/// `sekisho desk …`
#[derive(Debug, Subcommand)]
pub enum DeskCommand {
    /// A second, different person agrees to an operation that the desk asked for
    Approve {
        /// Its id, opr_…
        operation: OperationId,
        /// What you looked at, where rules hold it; stays in the record in clear, so no mail
        /// address or phone number
        #[arg(long)]
        reason: Option<String>,
        #[command(flatten)]
        by: By,
    },
    /// Call a customer back: a code goes to their phone by text message, which they read to you
    #[command(
        after_help = "It works in this call of yours alone, and not when the phone was changed a \
        short time ago.\n\nExample:\n  sekisho desk call C-000123 --as suzuki\n  \
        sekisho desk identify C-000123 --call cal_… --code 123456 --as suzuki"
    )]
    Call {
        /// How applications name the customer
        reference: String,
        #[command(flatten)]
        by: By,
    },
    /// Make sure who calls: the code that the customer reads from /security/telephone-code, or from
    /// the text message of `sekisho desk call`
    #[command(
        after_help = "What a caller knows is no proof, and there is no way in by it.\n\n\
        Example:\n  sekisho desk identify C-000123 --code 123456 --as suzuki"
    )]
    Identify {
        /// How applications name the customer
        reference: String,
        /// The code, as it was read out; it works once
        #[arg(long)]
        code: String,
        /// The call back in which it was sent, cal_… [default: it is from the page]
        #[arg(long, value_name = "CALL")]
        call: Option<CallId>,
        #[command(flatten)]
        by: By,
    },
    /// Ask for an operation in the caller's name; money and payout accounts wait for a second
    /// person, and the customer is told at once
    #[command(
        after_help = "The file holds the fields as JSON, as POST /v1/operations takes them.\n\n\
        Example:\n  sekisho desk operate cal_… --kind payout_account_change --application app_… \\\n    \
        --fields account.json --as suzuki"
    )]
    Operate {
        /// The call, cal_…
        call: CallId,
        /// The kind of operation
        #[arg(long)]
        kind: String,
        /// The application that carries it out
        #[arg(long, value_name = "ID")]
        application: ApplicationId,
        /// A file with its fields
        #[arg(long, value_name = "FILE")]
        fields: PathBuf,
        #[command(flatten)]
        by: By,
    },
    /// Show the caller, with everything masked; that you looked is recorded
    Show {
        /// The call, cal_…
        call: CallId,
        #[command(flatten)]
        by: By,
    },
}
