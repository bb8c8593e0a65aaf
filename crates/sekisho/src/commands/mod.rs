//! What each command does, one file for each word.
//!
//! **Invariant:** a command either did what its help says, or ends with a [`Failure`] or an
//! [`Ended`] that says it did not.

mod address;
mod alert;
mod application;
mod archive;
mod backtest;
mod backup;
mod campaign;
mod case;
mod config;
mod credential;
mod customer;
mod deny_list;
mod desk;
mod import;
mod incident;
mod judge;
mod keys;
mod log;
mod migrate;
mod network;
mod operation;
mod outbox;
mod push_key;
mod remind;
mod rules;
mod serve;
mod siem;
mod signal;
mod signing_key;
mod staff;
mod stop;
mod sweep;
mod webhook;

use std::fmt;
use std::process::ExitCode;

use crate::arguments::{Arguments, Command, ImportCommand, RulesCommand};
use crate::config::{Asked, Unusable};
use crate::installation::Installation;
use crate::logging;

/// How a command ended that was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All of it.
    Done,
    /// Some lines of its input were not accepted.
    SomeRefused,
}

/// The request cannot be carried out as it was made; nothing was tried.
#[derive(Debug)]
pub struct Misuse(pub String);

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

/// Why a command was not carried out.
pub type Failure = anyhow::Error;

/// The exit code, after what went wrong was told.
pub fn exit(result: Result<Ended, Failure>) -> ExitCode {
    match result {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::SomeRefused) => ExitCode::from(3),
        Err(why) => {
            eprintln!("sekisho: {}", told(&why));
            let wrong = why.is::<Misuse>() || why.is::<Unusable>();
            ExitCode::from(if wrong { 2 } else { 1 })
        }
    }
}

/// The chain of causes. A cause that the sentence before it repeats is left out.
fn told(why: &Failure) -> String {
    let mut told = why.to_string();
    for cause in why.chain().skip(1) {
        let cause = cause.to_string();
        if !told.contains(&cause) {
            told.push_str(": ");
            told.push_str(&cause);
        }
    }
    told
}

/// Carries out what was asked for.
pub fn run(arguments: Arguments) -> Result<Ended, Failure> {
    let asked = arguments.options.into();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let ended = runtime.block_on(carry_out(arguments.command, &asked));
    // What still waits for standard input is not waited for.
    runtime.shutdown_background();
    ended
}

async fn carry_out(command: Command, asked: &Asked) -> Result<Ended, Failure> {
    let settings = || crate::config::load(asked);
    if !matches!(command, Command::Serve(_)) {
        logging::begin_quietly();
    }
    match command {
        Command::Address(asked_of) => address::run(&settings().written()?, &asked_of).await,
        Command::Application(command) => application::run(&here(asked).await?, command).await,
        Command::Archive(command) => archive::run(&here(asked).await?.gate, command).await,
        Command::Backup { file } => backup::run(&settings().written()?, &file).await,
        Command::Backtest(arguments) => backtest::run(&here(asked).await?.gate, &arguments).await,
        Command::Explain(arguments) => {
            backtest::explain(&here(asked).await?.gate, &arguments).await
        }
        Command::Campaign(command) => campaign::run(&here(asked).await?.gate, command).await,
        Command::Case(command) => case::run(&here(asked).await?.gate, command).await,
        Command::Config(command) => config::run(&command, asked),
        Command::Credential(command) => credential::run(&here(asked).await?.gate, command).await,
        Command::DenyList(command) => deny_list::run(command),
        Command::Customer(command) => customer::run(&here(asked).await?.gate, command).await,
        Command::Desk(command) => desk::run(&here(asked).await?.gate, command).await,
        Command::Incident(command) => incident::run(&here(asked).await?.gate, command).await,
        Command::Import(ImportCommand::Customers(arguments)) => {
            import::run(&here(asked).await?, arguments).await
        }
        Command::Alert(command) => alert::run(&here(asked).await?.gate, command).await,
        Command::Judge(arguments) => judge::run(asked, arguments).await,
        Command::Keys(command) => keys::run(&command),
        Command::Log(command) => log::run(&here(asked).await?.gate, command).await,
        Command::Migrate => migrate::run(&settings().written()?).await,
        Command::Network(command) => network::run(&here(asked).await?.gate, command).await,
        Command::Operation(command) => operation::run(&here(asked).await?.gate, command).await,
        Command::Outbox(command) => outbox::run(&here(asked).await?, command).await,
        Command::PushKey(command) => push_key::run(&here(asked).await?, command).await,
        Command::Remind(command) => remind::run(&here(asked).await?.gate, command).await,
        Command::Rules(RulesCommand::Check { file }) => rules::check(&file),
        Command::Rules(command) => rules::run(&here(asked).await?.gate, command).await,
        Command::Serve(arguments) => serve::run(&settings().usable()?, &arguments).await,
        Command::Siem(command) => siem::run(&settings().usable()?, &command).await,
        Command::Signal(command) => signal::run(&here(asked).await?.gate, command).await,
        Command::SigningKey(command) => signing_key::run(&here(asked).await?, command).await,
        Command::Staff(command) => staff::run(&here(asked).await?.gate, command).await,
        Command::Stop(command) => stop::run(&here(asked).await?.gate, command).await,
        Command::Sweep(command) => sweep::run(&here(asked).await?.gate, command).await,
    }
}

/// The installation that the command is about.
async fn here(asked: &Asked) -> Result<Installation, Failure> {
    Installation::open(&crate::config::load(asked).usable()?).await
}
