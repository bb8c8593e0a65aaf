//! The command line: commands, options, and what each is for.
//!
//! **Invariant:** every command says in its help what it does, with an example that works as
//! written.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::Asked;

/// Account protection for online finance: proves who is there, judges what they are about to do.
#[derive(Debug, Parser)]
#[command(name = "sekisho", version, after_help = AFTER)]
pub struct Arguments {
    #[command(flatten)]
    pub asked: Options,
    #[command(subcommand)]
    pub command: Command,
}

const AFTER: &str = "\
The first steps on a new machine:
  sekisho keys new sekisho.keys
  sekisho config check
  sekisho migrate
  sekisho application add --name 'My shop' --redirect-uri https://shop.example/callback
  sekisho serve

Exit codes:
  0  done
  1  something failed: the database, a file, the network
  2  the command line or the configuration is wrong
  3  done, but some lines of the input were not accepted";

/// Options that every command takes.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The configuration [default: sekisho.toml, or else /etc/sekisho/sekisho.toml]
    #[arg(long, global = true, value_name = "FILE", env = "SEKISHO_CONFIG")]
    pub config: Option<PathBuf>,
    /// The database, in place of the configured one: sqlite:PATH or postgres://…
    #[arg(long, global = true, value_name = "URL", hide_env_values = true)]
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
    /// Check the configuration, or show what is in effect
    #[command(subcommand)]
    Config(ConfigCommand),
}

/// `sekisho config …`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Tell everything that is wrong, at once; exits with 2 if anything is
    Check,
    /// Print every setting with its value and where it comes from; secrets are masked
    Show,
}
