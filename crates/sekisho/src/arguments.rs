//! The command line: commands, options, and what each is for.
//!
//! **Invariant:** every command says in its help what it does, with an example where one helps.

mod address;
mod alert;
mod archive;
mod campaign;
mod case;
mod desk;
mod incident;
mod judge;
mod log;
mod network;
mod operation;
mod rules;
mod siem;
mod signal;
mod staff;
mod sweep;
mod webhook;

pub use address::AddressOf;
pub use alert::AlertCommand;
pub use archive::{ArchiveArguments, ArchiveCommand};
pub use campaign::CampaignCommand;
pub use case::{CaseCommand, OfCase};
pub use desk::DeskCommand;
pub use incident::{IncidentArguments, IncidentCommand, Language};
pub use judge::JudgeArguments;
pub use log::LogCommand;
pub use network::{NetworkArguments, NetworkCommand};
pub use siem::SiemCommand;
pub use signal::SignalCommand;
pub use staff::{By, Role, StaffCommand, StopArguments, StopCommand};
pub use sweep::{
    AddressArguments, ListedArguments, Place, SweepArguments, SweepCommand, WithdrawalArguments,
};

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sekisho_core::id::{ApiCredentialId, ApplicationId, NoticeId};
use sekisho_core::known::{ApiScope, NoticeState};

pub use operation::OperationCommand;
pub use rules::{BacktestArguments, ExplainArguments, RulesCommand};

pub use webhook::WebhookCommand;

use crate::config::Asked;

/// Account protection for online finance: proves who is there, judges what they are about to do.
#[derive(Debug, Parser)]
#[command(name = "sekisho", version, after_help = FIRST_STEPS)]
pub struct Arguments {
    #[command(flatten)]
    pub options: Options,
    #[command(subcommand)]
    pub command: Command,
}

const FIRST_STEPS: &str = "\
The first steps on a new machine:
  sekisho keys new sekisho.keys
  sekisho config check
  sekisho migrate
  sekisho application add --name 'My shop' --redirect-uri https://shop.example/callback
  sekisho serve

Exit codes:
  0  done
  1  something failed: the database, a file, the network; or it was stopped early
  2  the command line or the configuration is wrong
  3  done, but some lines of the input were not accepted";

const BACKTEST: &str = "\
Example:
  sekisho backtest --rules mine.toml --from 2026-11-01T00:00:00+09:00";

/// Options that every command takes.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The configuration [default: sekisho.toml, or else /etc/sekisho/sekisho.toml]
    #[arg(long, global = true, value_name = "FILE", env = "SEKISHO_CONFIG")]
    pub config: Option<PathBuf>,
    /// The database, in place of the configured one: sqlite:PATH or postgres://…
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
}

impl From<Options> for Asked {
    fn from(options: Options) -> Self {
        Self {
            file: options.config,
            database: options.database,
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tell what the address files say of an address, each and settled; or how the files are
    #[command(after_help = address::ADDRESS)]
    Address(AddressOf),
    /// Register applications: OpenID Connect clients and owners of API credentials
    #[command(subcommand)]
    Application(ApplicationCommand),
    /// Move history of days that are long over into files that stay readable
    #[command(subcommand)]
    Archive(ArchiveCommand),
    /// Copy a running SQLite database; for PostgreSQL, say what to run
    #[command(after_help = "Example:\n  sekisho backup /backup/sekisho-$(date +%F).db")]
    Backup {
        /// Where the copy goes; nothing is overwritten
        file: PathBuf,
    },
    /// Try rules on what was recorded: which verdicts would be others, and who would be disturbed
    #[command(after_help = BACKTEST)]
    Backtest(BacktestArguments),
    /// Tell why a decision was taken, and whether its rules say the same again
    Explain(ExplainArguments),
    /// See messages that go to many customers, and stop them
    #[command(subcommand)]
    Campaign(CampaignCommand),
    /// See, take and close what was found that somebody has to look into
    #[command(subcommand)]
    Case(CaseCommand),
    /// Check the configuration, or show what is in effect
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Issue, list and revoke API credentials
    #[command(subcommand)]
    Credential(CredentialCommand),
    /// Build the list of passwords that nobody may set, or try one
    #[command(subcommand)]
    DenyList(DenyListCommand),
    /// Thaw the account of a customer who proved who they are, open locked factors again, or remove
    /// lost passkeys
    #[command(subcommand)]
    Customer(CustomerCommand),
    /// Do for a caller what the web has stopped: who calls is proved, and a second person agrees
    #[command(subcommand)]
    Desk(DeskCommand),
    /// The whole answer to an incident elsewhere: stop, list, sweep, cases, messages, report
    #[command(subcommand)]
    Incident(IncidentCommand),
    /// Take over customers of another system
    #[command(subcommand)]
    Import(ImportCommand),
    /// Judge a recorded log by the same decision as live
    Judge(JudgeArguments),
    /// Make master keys
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Bring the database's schema up to date; safe to run again and from several nodes at once
    Migrate,
    /// Remind customers of what has become old
    #[command(subcommand)]
    Remind(RemindCommand),
    /// Ask those who come from a network for more, or refuse them, for a time
    #[command(subcommand)]
    Network(NetworkCommand),
    /// See operations that are held, release or refuse them
    #[command(subcommand)]
    Operation(OperationCommand),
    /// Look at messages to customers, and send those again that were given up
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Check rules, keep drafts, try them in shadow, and let them go live by a second person
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Serve pages and API until SIGTERM or SIGINT, then finish what is under way
    Serve(ServeArguments),
    /// Rotate or list the keys by which push services know us
    #[command(subcommand)]
    PushKey(PushKeyCommand),
    /// See attacks across customers that were found, whom they touched, and close them
    #[command(subcommand)]
    Alert(AlertCommand),
    /// Check the log of decisions, and let others check it
    #[command(subcommand)]
    Log(LogCommand),
    /// Try the way by which decisions reach a SIEM
    #[command(subcommand)]
    Siem(SiemCommand),
    /// See what customers registered that was seen with others before
    #[command(subcommand)]
    Signal(SignalCommand),
    /// Rotate or list the keys that sign tokens and grants
    #[command(subcommand)]
    SigningKey(SigningKeyCommand),
    /// Add, disable and list people of the firm, who prove by a secret who they are
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Switch operations off, and on again by two people; works also when no server runs
    #[command(subcommand)]
    Stop(StopCommand),
    /// After an incident: which operations were done from a place that was not the customer's, and
    /// who was at an address
    #[command(subcommand)]
    Sweep(SweepCommand),
}

/// `sekisho config …`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Tell everything that is wrong, at once; exits with 2 if anything is
    Check,
    /// Print every setting with its value and where it comes from; secrets are masked
    Show,
}

/// `sekisho deny-list …`
#[derive(Debug, Subcommand)]
pub enum DenyListCommand {
    /// Make a list from passwords, one a line, of any number; nothing is overwritten
    #[command(after_help = DENY_LIST)]
    Build {
        /// The passwords, or - for standard input
        from: PathBuf,
        /// The list to make
        to: PathBuf,
        /// Where lines that are not accepted are told [default: standard error]
        #[arg(long, value_name = "FILE")]
        errors: Option<PathBuf>,
        /// Print the summary as JSON
        #[arg(long)]
        json: bool,
    },
    /// Tell of each line of standard input whether it is on the list, by its number
    #[command(after_help = "Example:\n  sekisho deny-list probe passwords.deny < one-line.txt")]
    Probe {
        /// The list
        list: PathBuf,
        /// Measure how long a probe takes, and read nothing
        #[arg(long)]
        measure: bool,
    },
}

const DENY_LIST: &str = "\
Passwords are normalised as a customer's would be (NFKC), and letter case does not count. The list has
about 4.3 bytes for each and holds none of them in clear; of other passwords it takes fewer than one in
268 million for one of its own. Name it in the configuration, passwords.deny_list, and start again.

Example:
  sekisho deny-list build 10_million_password_list_top_1M.txt passwords.deny --errors refused.txt";

/// `sekisho serve`
#[derive(Args, Debug)]
pub struct ServeArguments {
    /// Bring the database's schema up to date before serving
    #[arg(long)]
    pub migrate: bool,
}

/// `sekisho keys …`
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a key file that only its owner can read; nothing is overwritten
    #[command(after_help = "Example:\n  sekisho keys new /etc/sekisho/sekisho.keys")]
    New {
        /// The file to make
        file: PathBuf,
        /// The key's name, which stands in clear beside what it sealed [default: the month, such as
        /// 2026-11]
        #[arg(long)]
        kid: Option<String>,
    },
}

/// `sekisho application …`
#[derive(Debug, Subcommand)]
pub enum ApplicationCommand {
    /// Register an application and print its client id and secret, once
    #[command(
        after_help = "Example:\n  sekisho application add --name 'ひので証券' \\\n    \
        --redirect-uri https://hinode.example/callback --post-logout-uri https://hinode.example/"
    )]
    Add {
        /// The name that customers see
        #[arg(long)]
        name: String,
        /// Where the browser may return to after signing in, exactly; may be repeated
        #[arg(long = "redirect-uri", value_name = "URI")]
        redirect_uris: Vec<String>,
        /// Where the browser may return to after signing out, exactly; may be repeated
        #[arg(long = "post-logout-uri", value_name = "URI")]
        post_logout_uris: Vec<String>,
        /// It runs in a browser or on a phone and cannot keep a secret: PKCE alone
        #[arg(long)]
        public: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the applications
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Tell applications what becomes of their operations
    #[command(subcommand)]
    Webhook(WebhookCommand),
}

/// A scope of an API credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scope {
    /// POST /v1/decisions and outcomes
    Decisions,
    /// /v1/operations and /v1/grants
    Operations,
    /// POST /v1/sweeps: who was where, of every customer of every application; for the monitoring
    /// team's own programs
    Sweeps,
}

impl From<Scope> for ApiScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Decisions => Self::Decisions,
            Scope::Operations => Self::Operations,
            Scope::Sweeps => Self::Sweeps,
        }
    }
}

/// `sekisho credential …`
#[derive(Debug, Subcommand)]
pub enum CredentialCommand {
    /// Issue a credential and print it, once
    #[command(
        after_help = "Example:\n  sekisho credential add --application app_… \\\n    \
        --name backend --scope decisions --scope operations"
    )]
    Add {
        /// Whose
        #[arg(long, value_name = "ID")]
        application: ApplicationId,
        /// A name for people
        #[arg(long)]
        name: String,
        /// What it may do; may be repeated
        #[arg(long = "scope", value_name = "SCOPE", required = true)]
        scopes: Vec<Scope>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the credentials, also those that were revoked
    List {
        /// Of one application only
        #[arg(long, value_name = "ID")]
        application: Option<ApplicationId>,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Revoke a credential; it stops working within a second on every node
    Revoke {
        /// Its id, key_…
        id: ApiCredentialId,
    },
}

/// `sekisho customer …`
#[derive(Debug, Subcommand)]
pub enum CustomerCommand {
    /// Remove the passkeys that a customer lost; sessions end, every verified channel is told
    #[command(
        after_help = "Example, after the window has seen a driving licence:\n  \
        sekisho customer discard-passkeys C-000123 --reason '窓口で運転免許証を確認、案件 2026-116'"
    )]
    DiscardPasskeys {
        /// How applications name the customer
        reference: String,
        /// How it was made sure who asks; stays in the record in clear, so no mail address or phone
        /// number
        #[arg(long)]
        reason: String,
    },
    /// Open password and codes again that too many failures locked; every verified channel is told
    #[command(
        after_help = "Example, after the window has seen a driving licence:\n  \
        sekisho customer reopen C-000123 --reason '窓口で運転免許証を確認、案件 2026-115'"
    )]
    Reopen {
        /// How applications name the customer
        reference: String,
        /// How it was made sure who asks; stays in the record in clear, so no mail address or phone
        /// number
        #[arg(long)]
        reason: String,
    },
    /// Switch a frozen account on again; every verified channel of the customer is told
    #[command(
        after_help = "Example, after the window has seen a driving licence:\n  \
        sekisho customer thaw C-000123 --reason '窓口で運転免許証を確認、案件 2026-114'"
    )]
    Thaw {
        /// How applications name the customer
        reference: String,
        /// How it was made sure who asks; stays in the record in clear, so no mail address or phone
        /// number
        #[arg(long)]
        reason: String,
    },
}

/// `sekisho push-key …`
#[derive(Debug, Subcommand)]
pub enum PushKeyCommand {
    /// List the keys that phones know
    List,
    /// Give phones that are added from now on a new key; those of before keep theirs
    Rotate,
}

/// `sekisho signing-key …`
#[derive(Debug, Subcommand)]
pub enum SigningKeyCommand {
    /// List the keys that are published
    List,
    /// Sign with a new key from now on; the old one stays published while its tokens live
    Rotate,
}

/// The state of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum State {
    /// Given up after the last try
    Dead,
    /// Accepted by the next server
    Sent,
    /// Waits for its next try
    Waiting,
}

impl From<State> for NoticeState {
    fn from(state: State) -> Self {
        match state {
            State::Dead => Self::Dead,
            State::Sent => Self::Sent,
            State::Waiting => Self::Waiting,
        }
    }
}

/// `sekisho outbox …`
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// List messages; destination and text are sealed and not shown
    List {
        /// Which
        #[arg(long, value_enum, default_value_t = State::Dead)]
        state: State,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
        most: u32,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Show one message
    Show {
        /// Its id, ntc_…
        id: NoticeId,
    },
    /// Let a message that was given up wait for its next try
    #[command(
        after_help = "Example, after the mail server is back:\n  sekisho outbox resend --all-dead"
    )]
    #[group(required = true)]
    Resend {
        /// Its id, ntc_…
        id: Option<NoticeId>,
        /// All that were given up
        #[arg(long, conflicts_with = "id")]
        all_dead: bool,
    },
}

/// `sekisho remind …`
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum RemindCommand {
    /// Tell customers whose password is old, where the policy asks for it
    #[command(
        after_help = "Each is told once within password.remind_after_days, however often this runs and on how many\n\
        machines; so it can be stopped and begun again, or run every night. Most profiles remind nobody.\n\n\
        Example:\n  sekisho remind passwords --dry-run"
    )]
    Passwords {
        /// Count whom it would tell, and tell nobody
        #[arg(long)]
        dry_run: bool,
    },
}

/// `sekisho import …`
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Take over customers with the hashes of their passwords
    #[command(after_help = IMPORT)]
    Customers(ImportArguments),
}

const IMPORT: &str = "\
Each line is a JSON object:
  {\"reference\": \"C-1\", \"mail\": \"taro@example.jp\", \"password_hash\": \"$2b$12$…\",
   \"verified\": \"2024-04-01T09:00:00+09:00\", \"locale\": \"ja\"}

  reference      your customer number: letters, digits, '.', '_', ':', '-'
  mail or phone  what the customer signs in with
  password_hash  argon2, bcrypt, scrypt or PBKDF2; may be missing. It is hashed anew at the next sign-in
  transaction_pin_hash
                 the same of a second password for trade and withdrawal, where the policy has a PIN
  verified       true, false, or when your system verified the address or number; false if missing
  locale         ja or en; ja if missing

Lines that are there already are counted and not changed, so it can be run again. On SIGINT it finishes
what is under way and says the line to go on from.

Examples:
  sekisho import customers customers.ndjson --errors refused.txt
  zcat customers.ndjson.gz | sekisho import customers - --json";

/// `sekisho import customers`
#[derive(Args, Debug)]
pub struct ImportArguments {
    /// The file, or - for standard input
    pub file: PathBuf,
    /// Begin at this line
    #[arg(long, value_name = "N", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub from_line: u64,
    /// Where lines that are not accepted are told [default: standard error]
    #[arg(long, value_name = "FILE")]
    pub errors: Option<PathBuf>,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
