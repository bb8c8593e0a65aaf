//! `sekisho staff` and `sekisho stop`: people of the firm, and what they switch off.
//!
//! **Invariant:** a secret is never an argument, where everybody on the machine could read it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sekisho_core::id::{ApplicationId, StopId};
use sekisho_core::known::{Left, StaffRole};

/// What a person of the firm may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Adds people, and says what each may do
    Administrator,
    /// Agrees to what another person did
    Approver,
    /// Reads in the console what was found and done, and does nothing
    Auditor,
    /// Does for a caller what the web has stopped
    Desk,
    /// Watches in the console, and writes notes
    Monitor,
    /// Responds: works alerts and cases, stops operations, and lifts stops
    #[value(alias = "responder")]
    Operations,
    /// Writes rules, and tries them
    RuleAuthor,
}

impl From<Role> for StaffRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Administrator => Self::Administrator,
            Role::Approver => Self::Approver,
            Role::Auditor => Self::Auditor,
            Role::Desk => Self::Desk,
            Role::Monitor => Self::Monitor,
            Role::Operations => Self::Operations,
            Role::RuleAuthor => Self::RuleAuthor,
        }
    }
}

/// A channel that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Remaining {
    /// The app on a phone
    App,
    /// A branch of the firm
    Branch,
    /// The support desk, by telephone
    Desk,
    /// A form on paper
    Paper,
    /// The web
    Web,
}

impl From<Remaining> for Left {
    fn from(left: Remaining) -> Self {
        match left {
            Remaining::App => Self::App,
            Remaining::Branch => Self::Branch,
            Remaining::Desk => Self::Desk,
            Remaining::Paper => Self::Paper,
            Remaining::Web => Self::Web,
        }
    }
}

/// Who does it.
#[derive(Args, Clone, Debug)]
pub struct By {
    /// Your name, as in `sekisho staff list`; the secret is read from SEKISHO_STAFF_SECRET, from
    /// --secret-file, or from standard input
    #[arg(id = "as", long = "as", value_name = "NAME")]
    pub name: String,
    /// A file that holds your secret, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
}

/// Who answers for it, where there is somebody who could.
#[derive(Args, Clone, Debug)]
pub struct AnsweredBy {
    /// Your name, of another person than the one it is about; needed once there is one. Your own
    /// secret you rotate yourself. The secret is read from SEKISHO_STAFF_SECRET, from
    /// --secret-file, or from standard input
    #[arg(id = "as", long = "as", value_name = "NAME")]
    name: Option<String>,
    /// A file that holds your secret, or - for standard input
    #[arg(long, value_name = "FILE", requires = "as")]
    secret_file: Option<PathBuf>,
}

impl AnsweredBy {
    /// Who, if it was said.
    pub fn said(self) -> Option<By> {
        Some(By {
            name: self.name?,
            secret_file: self.secret_file,
        })
    }
}

/// `sekisho staff …`
#[derive(Debug, Subcommand)]
pub enum StaffCommand {
    /// Add a person and print the secret, once; once there is a person, one who is not of the desk
    /// alone answers for the next
    #[command(
        after_help = "Example:\n  sekisho staff add sato --role operations --role approver\n  \
        sekisho staff add tanaka --role operations --as sato"
    )]
    Add {
        /// A name to sign in with: a-z, 0-9, '.', '_' and '-'; no mail address
        name: String,
        /// What the person may do; may be repeated
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<Role>,
        #[command(flatten)]
        by: AnsweredBy,
    },
    /// Say what a person may do from now on, for which another one answers; their sessions in the
    /// console end
    #[command(after_help = "Example:\n  sekisho staff assign tanaka --role monitor --as sato")]
    Assign {
        /// Who
        name: String,
        /// What the person may do, and nothing else; may be repeated
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<Role>,
        #[command(flatten)]
        by: AnsweredBy,
    },
    /// Let a person do nothing any more, for which another one answers; what they did keeps their
    /// name
    Disable {
        /// Who
        name: String,
        #[command(flatten)]
        by: AnsweredBy,
    },
    /// List the people, since when each has their secret, and from when on they count as one of
    /// the two people of what takes two
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Give a person another secret and print it, once; tries that were wrong are forgotten. With
    /// --as of their own name people renew their secret, which counts as long as before; one that
    /// another person gives counts as one of two after a week
    Rotate {
        /// Who
        name: String,
        #[command(flatten)]
        by: AnsweredBy,
    },
}

/// What is to be stopped.
#[derive(Args, Debug)]
pub struct StopArguments {
    /// The kind of operation [default: every kind]
    #[arg(long)]
    pub kind: Option<String>,
    /// Only what this application asks for
    #[arg(long, value_name = "ID")]
    pub application: Option<ApplicationId>,
    /// Only what is asked for by this channel, such as web; also what does not say its channel
    #[arg(long)]
    pub channel: Option<String>,
    /// Only for customers of this segment; also where nothing is said of segments
    #[arg(long)]
    pub segment: Option<String>,
    /// Why, for staff; stays in the record in clear, so no mail address or phone number
    #[arg(long)]
    pub reason: String,
    /// What customers are told in Japanese
    #[arg(long, value_name = "TEXT")]
    pub message_ja: String,
    /// What customers are told in English
    #[arg(long, value_name = "TEXT")]
    pub message_en: String,
    /// What is left to customers; may be repeated [default: nothing]
    #[arg(long = "left", value_name = "CHANNEL")]
    pub left: Vec<Remaining>,
    /// When it begins, such as 2026-12-01T09:00:00+09:00 [default: at once]
    #[arg(long, value_name = "MOMENT")]
    pub from: Option<String>,
    /// When it ends by itself [default: when two people lift it]
    #[arg(long, value_name = "MOMENT")]
    pub until: Option<String>,
    #[command(flatten)]
    pub by: By,
}

const STOP: &str = "\
It holds on every node from the moment this command ends, for operations that are under way as well.

Example:
  sekisho stop add --kind payout_account_change --channel web --left desk --left paper \\
    --reason '他社での資金流出、案件 2026-121' \\
    --message-ja 'ウェブでの出金先口座の登録・変更を停止しています。' \\
    --message-en 'Payout accounts cannot be changed on the web at the moment.' --as sato";

/// `sekisho stop …`
#[derive(Debug, Subcommand)]
pub enum StopCommand {
    /// Switch operations off
    #[command(after_help = STOP)]
    Add(Box<StopArguments>),
    /// Give a stop a later end, or none; an earlier one lifts it
    Extend {
        /// Its id, stp_…
        id: StopId,
        /// The later end [default: none]
        #[arg(long, value_name = "MOMENT")]
        until: Option<String>,
        #[command(flatten)]
        by: By,
    },
    /// Switch operations on again: the first person asks for it, and a second one agrees with the
    /// same command within a day
    #[command(
        after_help = "Example:\n  sekisho stop lift stp_… --as sato\n  sekisho stop lift stp_… --as tanaka"
    )]
    Lift {
        /// Its id, stp_…
        id: StopId,
        /// Not at once, but at this moment, which is before its end
        #[arg(long, value_name = "MOMENT")]
        at: Option<String>,
        #[command(flatten)]
        by: By,
    },
    /// List the stops, newest first, with those that are over
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
}
