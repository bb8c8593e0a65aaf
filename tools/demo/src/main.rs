//! `sekisho-demo`: Sekisho on SQLite, a demo brokerage that is a genuine client over HTTP, and a
//! message box, in one process.
//!
//! **Invariant:** nothing in here is part of the product, and nothing leaves this machine.

mod address_file;
mod announce;
mod args;
mod brokerage;
mod cast;
mod drills;
mod folder;
mod installation;
mod messages;
mod page;
mod seed;
mod stage;
mod story;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::args::Args;
use crate::stage::Stage;

#[tokio::main]
async fn main() -> ExitCode {
    let wanted = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(wanted)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match run(Args::parse()).await {
        Ok(code) => code,
        Err(why) => {
            eprintln!("error: {why:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let stop = CancellationToken::new();
    let asked = asked_to_end()?;
    tokio::pin!(asked);
    let stage = tokio::select! {
        stage = Stage::set(&args, stop.clone()) => stage?,
        () = &mut asked => return Ok(ExitCode::SUCCESS),
    };
    let code = if args.check {
        tokio::select! {
            played = story::play(&stage) => verdict(played),
            () = asked => ExitCode::FAILURE,
        }
    } else {
        match &args.serve_json {
            Some(file) => announce::write(&stage, file)?,
            None => announce::tell(&stage),
        }
        asked.await;
        eprintln!("ending");
        ExitCode::SUCCESS
    };
    stage.strike().await;
    Ok(code)
}

fn verdict(played: anyhow::Result<()>) -> ExitCode {
    match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("\nnot every step was seen\n{why:#}");
            ExitCode::FAILURE
        }
    }
}

/// Ends when the process is asked to.
fn asked_to_end() -> anyhow::Result<impl Future<Output = ()>> {
    let catch = |kind| signal(kind).context("a signal cannot be caught");
    let (mut interrupt, mut terminate) = (
        catch(SignalKind::interrupt())?,
        catch(SignalKind::terminate())?,
    );
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
