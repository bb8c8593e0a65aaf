//! The `sekisho` command: configuration, wiring, commands.
//!
//! **Invariant:** nothing is decided here; whatever concerns a customer is asked of gate.

#![allow(
    dead_code,
    unused_imports,
    reason = "the commands that use the readers and the settings land with gate"
)]

mod arguments;
mod commands;
mod config;
mod judge;
mod lines;
mod nearest;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let Arguments { asked, command } = Arguments::parse();
    let asked = asked.into();
    commands::exit(match command {
        Command::Config(command) => commands::config::run(&command, &asked),
    })
}
