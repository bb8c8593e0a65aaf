//! `sekisho migrate`.
//!
//! **Invariant:** running it again, or on two nodes at once, changes nothing more.

use super::{Ended, Failure};
use crate::config::Config;
use crate::installation::open_store;

/// Brings the schema up to date.
pub async fn run(config: &Config) -> Result<Ended, Failure> {
    let store = open_store(config).await?;
    let versions = store.migrate().await?;
    store.close().await;
    match versions.last() {
        None => println!("nothing to do: the database is up to date"),
        Some(newest) => println!("the database is at version {newest} now"),
    }
    Ok(Ended::Done)
}
