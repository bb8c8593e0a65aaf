//! `sekisho sweep`: who was where, after an incident.
//!
//! **Invariant:** whoever sweeps says who they are and why.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sekisho_core::id::ApplicationId;
use sekisho_core::moment::Span;
use sekisho_core::sighting::TraitKind;
use sekisho_core::sweep::{Finding, Look, Suspicion};

use super::By;
use crate::judge::output::Form;

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

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Found {
    /// Not the customer's place, and nobody else's
    New,
    /// Not the customer's place, and so many others' that it says nothing
    Shared,
    /// Not the customer's place, and a few others were seen there too, or many as in an attack
    Touched,
    /// Fraud was reported from there
    Reported,
    /// Nothing was recorded by which to tell
    Unknown,
    /// The customer's own place
    Usual,
}

impl From<Found> for Finding {
    fn from(found: Found) -> Self {
        match found {
            Found::New => Self::New,
            Found::Reported => Self::Reported,
            Found::Shared => Self::Shared,
            Found::Touched => Self::Touched,
            Found::Unknown => Self::Unknown,
            Found::Usual => Self::Usual,
        }
    }
}

const OPERATIONS: &str = "\
One line for each operation of the time that was confirmed here, allowed by POST /v1/decisions or reported as
carried out, with what was found of the place it was done from:

  reported  somebody reported fraud from there: look at these first
  touched   not the customer's, and a few others were seen there too; or many, of whom most never got in, or
            none came before --settled-days
  new       not the customer's, and nobody else's
  shared    not the customer's, and more than --shared-from others': a carrier, an office, an aggregator
  unknown   nothing was recorded by which to tell
  usual     the customer had been there, and got in, --familiar-hours before; where others were as well,
            --settled-days before

For an IPv6 address stands its /48. Operations of the support desk have no place and are not listed.

Others are looked for in everything that is kept. They are named up to --shared-from of them, counted up to
1,000. A summary goes to standard error. Who sweeps, why, what was asked, the counts and the SHA-256 of what
was written stay in the record; the role is operations.

Example:
  sekisho sweep operations --kind payout_account_change --from 2026-07-01T00:00:00+09:00 \\
    --reason '他社での資金流出、案件 2026-121' --as sato --out csv > changes.csv
  sha256sum changes.csv";

const ADDRESSES: &str = "\
One address a line, or a network of the size that is kept: /24 for IPv4, /48 for IPv6; what stands behind a #
is left out, and /32 or /128 is one address. Or a file of threat indicators, STIX 2.1 or CSV as in the
section addresses of the configuration, those that have expired included; what of them cannot be asked is
counted. One line is written for each customer who was seen at each of them, with since when, until when
and how often. Who swept, why, the first hundred of
the list, its digest and that of what was written stay in the record.

Example:
  sekisho sweep addresses reported.txt --reason 'アドレス情報の共有、案件 2026-122' --as sato --out csv";

const PROCEDURES: &str = "\
For what was done where Sekisho was not asked: a list with a header, in which the columns reference (what
your application calls the customer), at (a date and time with an offset) and address are found by their names;
others are left out. At most 64 MiB and 1,000,000 lines. A list with a wrong line is refused as a whole. Findings
are those of sekisho sweep operations; a customer who is not known here has been nowhere. The line stands
where operations have their decision.

Example:
  sekisho sweep procedures changes.csv --reason '他社での資金流出、案件 2026-121' --as sato \\
    --only reported --only touched --out csv > touched.csv";

const WITHDRAWALS: &str = "\
One line for each withdrawal or transfer of the time, beside the last change of the payout account before it:

  alarm   the account was changed from a strange place (new or touched, see sekisho sweep operations --help),
          and the money sent from a strange place or from that very one
  look    one of them was done from a strange place
  none    neither was

Meant for every morning; whatever ran twice says the same twice, and days that were missed are named by
--from and --until.

Example:
  sekisho sweep withdrawals --from 2026-11-20T00:00:00+09:00 --until 2026-11-21T00:00:00+09:00 \\
    --reason 日次照合 --as sato --only alarm --only look --out csv";

/// `sekisho sweep …`
#[derive(Debug, Subcommand)]
pub enum SweepCommand {
    /// Which customers were seen at these addresses
    #[command(after_help = ADDRESSES)]
    Addresses(AddressArguments),
    /// Which operations of a time were done from a place that was not the customer's, and who else
    /// was there
    #[command(after_help = OPERATIONS)]
    Operations(Box<SweepArguments>),
    /// The same of procedures that another system lists (CSV)
    #[command(after_help = PROCEDURES)]
    Procedures(ListedArguments),
    /// Which withdrawals went to an account that was changed from a strange place
    #[command(after_help = WITHDRAWALS)]
    Withdrawals(WithdrawalArguments),
}

/// What a withdrawal and the change before it say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Suspected {
    /// Both were done from a strange place
    Alarm,
    /// One of them was
    Look,
    /// Neither was
    None,
}

impl From<Suspected> for Suspicion {
    fn from(suspected: Suspected) -> Self {
        match suspected {
            Suspected::Alarm => Self::Alarm,
            Suspected::Look => Self::Look,
            Suspected::None => Self::None,
        }
    }
}

/// To whom what was found is handed out, and why.
#[derive(Args, Debug)]
pub struct Handed {
    /// The form of the lines on standard output
    #[arg(long, value_enum, default_value_t = Form::Ndjson)]
    pub out: Form,
    /// Why; stays in the record in clear, so no mail address or phone number
    #[arg(long)]
    pub reason: String,
    #[command(flatten)]
    pub by: By,
}

/// `sekisho sweep withdrawals`
#[derive(Args, Debug)]
pub struct WithdrawalArguments {
    /// From this moment on [default: a day before --until]
    #[arg(long, value_name = "MOMENT")]
    pub from: Option<String>,
    /// Before this moment [default: now]
    #[arg(long, value_name = "MOMENT")]
    pub until: Option<String>,
    /// How many days before a withdrawal a change of the payout account is looked for
    #[arg(long, value_name = "N", default_value_t = 90)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=400))]
    pub back_days: u16,
    /// Write only these; may be repeated [default: everything]
    #[arg(long, value_name = "SUSPICION")]
    pub only: Vec<Suspected>,
    /// Open a case of these; may be repeated
    #[arg(long = "case", value_name = "SUSPICION")]
    pub cases: Vec<Suspected>,
    /// Ask the customers of the cases by message whether it was them
    #[arg(long, requires = "cases")]
    pub ask: bool,
    #[command(flatten)]
    pub to: Handed,
}

/// `sekisho sweep addresses`
#[derive(Args, Debug)]
pub struct AddressArguments {
    /// The list, or - for standard input
    pub file: PathBuf,
    /// Seen there last at this moment or later, such as 2026-07-01T00:00:00+09:00 [default: ever]
    #[arg(long, value_name = "MOMENT")]
    pub since: Option<String>,
    #[command(flatten)]
    pub to: Handed,
}

/// How others at a place are weighed.
#[derive(Args, Clone, Copy, Debug)]
pub struct Weighed {
    /// How long before the operation the customer must have been there for the place to be theirs
    #[arg(long, value_name = "N", default_value_t = 24)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=8_760))]
    pub familiar_hours: u16,
    /// The same where others were, too; and how old a place of many must be to be a carrier's
    #[arg(long, value_name = "N", default_value_t = 30)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=400))]
    pub settled_days: u16,
    /// Others are named up to this many; a place of more is shared
    #[arg(long, value_name = "N", default_value_t = 20)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=100))]
    pub shared_from: u16,
}

impl Weighed {
    /// As core has it.
    pub fn look(self) -> Look {
        Look {
            familiar: Span::hours(i64::from(self.familiar_hours)),
            settled: Span::days(i64::from(self.settled_days)),
            shared_from: u32::from(self.shared_from),
        }
    }
}

/// `sekisho sweep procedures`
#[derive(Args, Debug)]
pub struct ListedArguments {
    /// The list (CSV, UTF-8), or - for standard input
    pub file: PathBuf,
    /// Compare the /24 (IPv4) or /48 (IPv6) network, and not the address
    #[arg(long)]
    pub network: bool,
    #[command(flatten)]
    pub look: Weighed,
    /// Write only what was found so; may be repeated [default: everything]
    #[arg(long, value_name = "FINDING")]
    pub only: Vec<Found>,
    #[command(flatten)]
    pub to: Handed,
}

/// `sekisho sweep operations`
#[derive(Args, Debug)]
pub struct SweepArguments {
    /// The kind of operation; may be repeated
    #[arg(long = "kind", value_name = "KIND", required = true)]
    pub kinds: Vec<String>,
    /// From this moment on, such as 2026-07-01T00:00:00+09:00
    #[arg(long, value_name = "MOMENT")]
    pub from: String,
    /// Before this moment [default: now]
    #[arg(long, value_name = "MOMENT")]
    pub until: Option<String>,
    /// Only what this application asked for
    #[arg(long, value_name = "ID")]
    pub application: Option<ApplicationId>,
    /// What is compared; may be repeated [default: address and device]
    #[arg(long = "by", value_name = "PLACE")]
    pub places: Vec<Place>,
    #[command(flatten)]
    pub look: Weighed,
    /// Write only what was found so; may be repeated [default: everything]
    #[arg(long, value_name = "FINDING")]
    pub only: Vec<Found>,
    /// Open a case of what was found so; may be repeated
    #[arg(long = "case", value_name = "FINDING")]
    pub cases: Vec<Found>,
    /// Ask the customers of the cases by message whether it was them
    #[arg(long, requires = "cases")]
    pub ask: bool,
    #[command(flatten)]
    pub to: Handed,
}
