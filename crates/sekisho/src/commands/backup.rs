//! `sekisho backup`.
//!
//! **Invariant:** a backup that was reported is complete and flushed; nothing is overwritten.

use std::path::Path;

use anyhow::Context as _;

use super::{Ended, Failure, Misuse};
use crate::config::Config;
use crate::installation::open_store;

/// Copies the database while it runs.
pub async fn run(config: &Config, file: &Path) -> Result<Ended, Failure> {
    if file.exists() {
        return Err(Misuse(format!("{} is there already", file.display())).into());
    }
    let url = &config.database.url;
    if url.expose().starts_with("postgres") {
        return Err(elsewhere(file, &url.masked()).into());
    }
    let store = open_store(config).await?;
    let copied = store.backup_to(file).await;
    store.close().await;
    copied.with_context(|| file.display().to_string())?;
    println!(
        "{} is a copy of the database as it was just now",
        file.display()
    );
    println!("It is of no use without the key file, which is kept elsewhere.");
    Ok(Ended::Done)
}

/// What to run instead.
fn elsewhere(file: &Path, url: &str) -> Misuse {
    Misuse(format!(
        "PostgreSQL makes its own backups, also while Sekisho runs:\n  \
         pg_dump --format=custom --file={} {url}\nand for restoring to a point in time \
         pg_basebackup with archived WAL. The key file is backed up apart from it.",
        file.display()
    ))
}
