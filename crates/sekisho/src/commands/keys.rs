//! `sekisho keys new`.
//!
//! **Invariant:** a key file is never overwritten, and never readable by anybody but its owner.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use sekisho_gate::{Clock, Dice};
use sekisho_seal::{KeyRing, Kid};

use super::{Ended, Failure, Misuse};
use crate::arguments::KeysCommand;

/// Makes a key file.
pub fn run(command: &KeysCommand) -> Result<Ended, Failure> {
    let KeysCommand::New { file, kid } = command;
    let kid = match kid {
        Some(kid) => kid.clone(),
        None => this_month(),
    };
    let kid = Kid::parse(&kid).map_err(|why| Misuse(format!("--kid: {why}")))?;
    let line = KeyRing::generate_line(&kid, Dice::system().bytes()?);
    let mut to = create(file)?;
    writeln!(
        to,
        "# Master keys of Sekisho, the current one first. Keep a copy apart from the database.\n{}",
        line.expose_secret()
    )
    .and_then(|()| to.sync_all())
    .with_context(|| file.display().to_string())?;
    println!("{} holds the new key {kid}", file.display());
    println!("Keep a copy of it apart from the database: without it the sealed data is lost.");
    Ok(Ended::Done)
}

/// The year and month, such as `2026-11`.
fn this_month() -> String {
    let today = Clock::system().now().to_string();
    today.get(..7).unwrap_or("first").to_owned()
}

fn create(path: &Path) -> Result<File, Failure> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map_err(|why| match why.kind() {
        ErrorKind::AlreadyExists => {
            let text = format!(
                "{} is there already and is not overwritten: without its keys the data sealed \
                 under them is lost. Name another file; to rotate, put the new line on top of the \
                 old ones",
                path.display()
            );
            Misuse(text).into()
        }
        _ => Failure::from(why).context(path.display().to_string()),
    })
}
