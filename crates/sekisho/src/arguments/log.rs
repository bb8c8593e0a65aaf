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

pub const MEND: &str = "\
First keep what is there as evidence: a backup, the output of `sekisho log verify`, the checkpoints that you have. No leaf is
changed, and that it was mended is the next one. A checkpoint that was kept tells whether the leaves are still those of then.

Example:
  sekisho log mend --reason 'end lost with the volume, case 2026-130'";

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
    /// Sign the leaves that are there, where the end of the log is not what was signed
    #[command(after_help = MEND)]
    Mend {
        /// Why, in a line that names nobody: it is recorded
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Write the log into a folder, for those who check it with programs of their own
    #[command(after_help = EXPORT)]
    Export {
        /// The folder
        folder: PathBuf,
    },
}
