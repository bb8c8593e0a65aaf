//! `sekisho config check` and `sekisho config show`.
//!
//! **Invariant:** what is printed holds no secret.

use std::fmt::Write as _;

use super::{Ended, Failure};
use crate::arguments::ConfigCommand;
use crate::config::{self, Asked, Loaded, Origin};

/// Checks or shows.
pub fn run(command: &ConfigCommand, asked: &Asked) -> Result<Ended, Failure> {
    let loaded = config::load(asked);
    match command {
        ConfigCommand::Check => {
            let file = loaded.file.clone();
            loaded.usable()?;
            match file {
                Some(file) => println!("{} and the environment are in order", file.display()),
                None => println!("there is no file; the defaults and the environment are in order"),
            }
            Ok(Ended::Done)
        }
        ConfigCommand::Show => {
            print!("{}", shown(&loaded));
            loaded.usable()?;
            Ok(Ended::Done)
        }
    }
}

/// The effective configuration as TOML, each key with its origin.
fn shown(loaded: &Loaded) -> String {
    let mut text = String::new();
    let mut section = "";
    for row in &loaded.rows {
        let (above, key) = row.key.rsplit_once('.').unwrap_or(("", row.key));
        if above != section {
            let gap = if section.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{gap}[{above}]");
            section = above;
        }
        let _ = match (&row.shown, &row.origin) {
            (Some(value), Origin::Default) => writeln!(text, "{key} = {value}"),
            (Some(value), origin) => writeln!(text, "{key} = {value}  # {origin}"),
            (None, _) => writeln!(text, "#{key} is not set"),
        };
    }
    text
}
