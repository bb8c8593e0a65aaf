//! `sekisho incident`: the whole answer to an incident elsewhere, in one command.
//!
//! **Invariant:** everything that can be wrong with what was asked is said before anything is done.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sekisho_core::notice::Locale;

use super::By;
use super::sweep::Found;

const ANSWER: &str = "\
In this order, each step told with the seconds that it took:

  1. a stop for every --kind, on every node, as sekisho stop add does it
  2. all operations of these kinds since --from, each with what its place was and who else was there,
     into operations.ndjson, as sekisho sweep operations does it
  3. all withdrawals since --from beside the change of the payout account before them, into
     withdrawals.ndjson
  4. a case for each that was found as --case says, and for each withdrawal that is an alarm; with --ask the
     customers of these cases are asked by message whether it was them
  5. report.md for people and report.jws, the same figures and the SHA-256 of the other files, signed by the
     installation's key

If a step fails, what was done stays done, and the command can be run again with --no-stop: a case is never
opened twice, and no customer is asked twice about one operation. Operations of the support desk have no place
and are not listed; what is held and released later is in the daily look. The role is operations.

Example:
  sekisho incident answer --kind payout_account_change --channel web --left desk --left paper \\
    --message-ja 'ウェブでの出金先口座の登録・変更を停止しています。' \\
    --message-en 'Payout accounts cannot be changed on the web at the moment.' \\
    --from 2026-09-12T00:00:00+09:00 --ask --folder incident-2026-121 \\
    --reason '他社での資金流出、案件 2026-121' --as sato";

/// `sekisho incident …`
#[derive(Debug, Subcommand)]
pub enum IncidentCommand {
    /// Stop, list, sweep, open cases, ask customers, report
    #[command(after_help = ANSWER)]
    Answer(Box<IncidentArguments>),
    /// Check that a report is of this installation, and the files beside it those that it names
    Verify {
        /// The folder of the report
        folder: PathBuf,
    },
}

/// The language of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English
    En,
    /// Japanese
    Ja,
}

impl Language {
    /// The same as pages have it.
    pub const fn locale(self) -> Locale {
        match self {
            Self::En => Locale::En,
            Self::Ja => Locale::Ja,
        }
    }
}

/// `sekisho incident answer`
#[derive(Args, Debug)]
pub struct IncidentArguments {
    /// The kind of operation that is stopped and looked at; may be repeated
    #[arg(long = "kind", value_name = "KIND", required = true)]
    pub kinds: Vec<String>,
    /// Stop only what is asked for by this channel, such as web
    #[arg(long)]
    pub channel: Option<String>,
    /// What customers are told of the stop in Japanese
    #[arg(long, value_name = "TEXT", required_unless_present = "no_stop")]
    pub message_ja: Option<String>,
    /// What customers are told of the stop in English
    #[arg(long, value_name = "TEXT", required_unless_present = "no_stop")]
    pub message_en: Option<String>,
    /// What is left to customers; may be repeated [default: nothing]
    #[arg(long = "left", value_name = "CHANNEL")]
    pub left: Vec<super::staff::Remaining>,
    /// Stop nothing: it is stopped already
    #[arg(long, conflicts_with_all = ["message_ja", "message_en", "left", "channel"])]
    pub no_stop: bool,
    /// Operations from this moment on [default: ten weeks ago]
    #[arg(long, value_name = "MOMENT")]
    pub from: Option<String>,
    /// A case is opened of what was found so; may be repeated [default: reported and touched]
    #[arg(long = "case", value_name = "FINDING")]
    pub cases: Vec<Found>,
    /// Ask the customers of the cases whether it was them
    #[arg(long)]
    pub ask: bool,
    /// The folder that is made for the report and its files
    #[arg(long, value_name = "FOLDER")]
    pub folder: PathBuf,
    /// The language of report.md
    #[arg(long, value_enum, default_value_t = Language::Ja)]
    pub language: Language,
    /// Why, for staff; stays in the record in clear, so no mail address or phone number
    #[arg(long)]
    pub reason: String,
    #[command(flatten)]
    pub by: By,
}
