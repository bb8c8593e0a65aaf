//! The command line.
//!
//! **Invariant:** every command says in its help what it does, with an example where one helps.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sekisho_archive::append::Whole;
use sekisho_core::archive::{Day, Kept};
use sekisho_core::id::{ApplicationId, CustomerId};
use sekisho_core::policy::Policy;
use sekisho_core::sighting::TraitKind;

/// Keeps history beyond the hot window as Parquet files, and answers questions over them.
#[derive(Debug, Parser)]
#[command(name = "sekisho-archive", version, after_help = EXIT)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT: &str = "\
`sekisho archive run` calls this program; the other commands are for people.

Exit codes:
  0  done
  1  something failed: a file, the folder
  2  the command line is wrong
  3  verify or erase found what is not as its receipt says";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Keep rows: JSON lines on standard input, sorted by their key, become one file
    #[command(after_help = APPEND)]
    Append {
        #[command(flatten)]
        of: OfPart,
        #[command(flatten)]
        whole: OfWhole,
    },
    /// Try rules on the decisions in the archive: which verdicts would be others, and who would be
    /// disturbed
    #[command(after_help = BACKTEST)]
    Backtest {
        /// The rules
        #[arg(long, value_name = "FILE")]
        rules: PathBuf,
        /// By whose thresholds: the name of a profile, or a file
        #[arg(long, value_name = "POLICY", default_value = Policy::DEFAULT)]
        policy: String,
        /// From this moment on, with an offset: 2026-12-01T09:00:00+09:00
        #[arg(long, value_name = "MOMENT")]
        from: Option<String>,
        /// Before this one
        #[arg(long, value_name = "MOMENT")]
        to: Option<String>,
        /// Write JSON
        #[arg(long)]
        json: bool,
        /// The archive
        folder: PathBuf,
    },
    /// Take a customer out of every file that holds them; run it again if it was interrupted
    Erase {
        /// The customer: cus_…
        #[arg(long)]
        customer: CustomerId,
        /// Write JSON
        #[arg(long)]
        json: bool,
        /// The archive
        folder: PathBuf,
    },
    /// Read one file back and say what it holds
    Receipt(OfPart),
    /// One stage of a sweep over rows on standard input: the job for Spark calls it, see spark/
    #[command(after_help = STAGE)]
    Stage(StageArguments),
    /// After an incident: which operations of a time were done from a place that was not the
    /// customer's, and who else was there
    #[command(after_help = SWEEP)]
    Sweep(SweepArguments),
    /// Read everything back and compare it with the receipts
    Verify {
        /// Write JSON
        #[arg(long)]
        json: bool,
        /// The archive
        folder: PathBuf,
    },
}

const APPEND: &str = "\
Ids and addresses are 32 hexadecimal digits, moments microseconds since 1970 in UTC; docs/archive.md
has the columns. What is not in order, of another day or no row is refused, and nothing is kept then.
Standard output has the receipt as one line of JSON.

Example:
  sekisho-archive append --kind accesses --day 2026-03-01 /archive < rows.ndjson";

const BACKTEST: &str = "\
The same answer as `sekisho backtest`, from the decisions in the archive. What rules of your own said before that
was recorded with the decision is not known here, and left out.

Example:
  sekisho-archive backtest --rules mine.toml --policy jsda-2025 /archive";

const SWEEP: &str = "\
The same lines as `sekisho sweep operations`, from the accesses and the voided traits in the archive alone: run
verify first, and `sekisho sweep` for what the database has. Nobody is asked who they are: whoever can read the
folder can read it with any other program, too.

Example:
  sekisho-archive sweep --kind payout_account_change --from 2026-08-01T00:00:00+09:00 /archive > found.ndjson";

const STAGE: &str = "\
Lines in, lines out; the last line in says `end` and how many there were, and without it there is an error.
Options are those of `sweep`, the same for every stage. docs/archive.md has the stages.

Example:
  sekisho-archive stage question --kind payout_account_change --from 2026-08-01T00:00:00+09:00";

/// Which stage, and what is looked for.
#[derive(Args, Debug)]
pub struct StageArguments {
    /// The stage
    pub stage: Stage,
    /// The places that are asked about, for `show` and `void`
    #[arg(long, value_name = "FILE")]
    pub asked: Option<PathBuf>,
    #[command(flatten)]
    pub question: QuestionArguments,
}

/// A stage of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Stage {
    /// Say the question as an object: which acts, from when, until when
    Question,
    /// Rows of accesses: the procedures among them
    List,
    /// Procedures: their places
    Ask,
    /// Rows of what is voided: those of places that are asked about
    Void,
    /// Rows of accesses: what they show of places that are asked about
    Show,
    /// Everything of each place, sorted: what it says
    Gather,
    /// Procedures and what their places say, sorted: what was found
    Judge,
}

/// Over what, and how it is written.
#[derive(Args, Debug)]
pub struct SweepArguments {
    #[command(flatten)]
    pub question: QuestionArguments,
    /// Lines of JSON or of CSV
    #[arg(long, value_enum, default_value_t = Form::Ndjson)]
    pub out: Form,
    /// The archive
    pub folder: PathBuf,
}

/// What is looked for.
#[derive(Args, Debug)]
pub struct QuestionArguments {
    /// A kind of operation; may be given again
    #[arg(long = "kind", value_name = "KIND", required = true)]
    pub kinds: Vec<String>,
    /// From this moment on, with an offset: 2026-12-01T09:00:00+09:00
    #[arg(long, value_name = "MOMENT")]
    pub from: String,
    /// Before this one [default: to the end]
    #[arg(long, value_name = "MOMENT")]
    pub until: Option<String>,
    /// Only of this application
    #[arg(long, value_name = "ID")]
    pub application: Option<ApplicationId>,
    /// What is compared; may be given again [default: address and device]
    #[arg(long = "place", value_name = "PLACE")]
    pub places: Vec<Place>,
    /// How long before the operation the customer must have got in somewhere for it to be theirs
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    pub familiar_hours: u16,
    /// The same where others were, too, and how old a place of many must be
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub settled_days: u16,
    /// Others are named up to this many
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub shared_from: u16,
    /// Write only these findings: reported, touched, new, shared, unknown, usual
    #[arg(long, value_name = "FINDING")]
    pub only: Vec<String>,
}

/// How lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// A header and comma-separated lines
    Csv,
    /// One JSON object a line
    Ndjson,
}

/// A trait of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Place {
    /// The address
    Address,
    /// The browser or app that was remembered
    Device,
    /// The /24 (IPv4) or /48 (IPv6) network
    Network,
}

impl From<Place> for TraitKind {
    fn from(place: Place) -> Self {
        match place {
            Place::Address => Self::Address,
            Place::Device => Self::Device,
            Place::Network => Self::Network,
        }
    }
}

/// What is to come, so that an input that was cut off is not taken for all of it.
#[derive(Args, Debug)]
pub struct OfWhole {
    /// How many rows there are; with others nothing is kept
    #[arg(long, value_name = "N", requires = "rows_sha256")]
    pub rows: Option<u64>,
    /// SHA-256 over their lines
    #[arg(long, value_name = "HEX", requires = "rows")]
    pub rows_sha256: Option<String>,
    /// Put them in place of other rows of the part: whoever kept those was interrupted
    #[arg(long, requires = "rows")]
    pub again: bool,
}

impl OfWhole {
    /// As the library has it.
    pub fn said(self) -> Option<Whole> {
        Some(Whole {
            rows: self.rows?,
            rows_sha256: self.rows_sha256?,
            again: self.again,
        })
    }
}

/// One part of an archive.
#[derive(Args, Debug)]
pub struct OfPart {
    /// What it holds
    #[arg(long)]
    pub kind: Kind,
    /// The day in UTC on which its decisions were made
    #[arg(long)]
    pub day: Option<Day>,
    /// The name of the part within its day
    #[arg(long, default_value = "all")]
    pub part: String,
    /// The archive
    pub folder: PathBuf,
}

/// What is kept.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Kind {
    /// The history of accesses
    Accesses,
    /// Decisions with what they were judged by
    Decisions,
    /// Traits that stand for fraud of a customer
    Voided,
}

impl From<Kind> for Kept {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Accesses => Self::Accesses,
            Kind::Decisions => Self::Decisions,
            Kind::Voided => Self::Voided,
        }
    }
}
