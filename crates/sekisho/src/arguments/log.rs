//! `sekisho log …`
//!
//! **Invariant:** nothing here changes what was logged.

use std::path::PathBuf;

use clap::Subcommand;
use sekisho_core::id::DecisionId;

pub const VERIFY: &str = "\
Example:
  sekisho log checkpoint > kept.txt      # and take it where nobody of this machine can write
  sekisho log verify --checkpoint kept.txt

Exit codes:
  0  the log is what was signed, and the record what was logged
  1  it is not, or it could not be read";

pub const EXPORT: &str = "\
The folder is as C2SP tlog-tiles has it: checkpoint, tile/…, tile/entries/…, and log.vkey, the key to verify by.
What is there and full already is left as it is, so that a second export is quick.

Example:
  sekisho log export /backup/log";

/// `sekisho log …`
#[derive(Debug, Subcommand)]
pub enum LogCommand {
    /// Print the newest checkpoint, to be kept elsewhere
    Checkpoint,
    /// Print the key by which everybody verifies checkpoints
    Key,
    /// Read the whole log and the whole record, and say whether they are what was signed
    #[command(after_help = VERIFY)]
    Verify {
        /// A checkpoint of before: finds a log that was cut off or written anew
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
    },
    /// Print the proof that a decision is in the log (C2SP tlog-proof)
    #[command(after_help = "Example:\n  sekisho log prove dec_01… > decision.tlog-proof")]
    Prove {
        /// The decision
        decision: DecisionId,
        /// Print the leaf that is proved in place of the proof
        #[arg(long)]
        leaf: bool,
    },
    /// Write the log into a folder, for those who check it with programs of their own
    #[command(after_help = EXPORT)]
    Export {
        /// The folder
        folder: PathBuf,
    },
}
