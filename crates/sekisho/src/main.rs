//! The `sekisho` command: configuration, wiring, commands.
//!
//! **Invariant:** nothing is decided here; whatever concerns a customer is asked of gate.

mod arguments;
mod commands;
mod config;
mod deny;
mod import;
mod input;
mod installation;
mod judge;
mod lines;
mod logging;
mod nearest;
mod progress;
mod stop;
mod turns;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    commands::exit(commands::run(arguments))
}
