//! The two databases behind the store, run by the same statements.
//!
//! **Invariant:** what one database answers to a read or a commit, the other answers too.

pub(crate) mod postgres;
pub(crate) mod sqlite;
#[cfg(test)]
mod tests;

use crate::config::{Place, StoreConfig};
use crate::fault::{Fault, MigrationFault};
use crate::fault_plan::FaultPlan;
use crate::migrate::{Migration, RECORDED, pending};
use crate::schema::Schema;
use crate::sql::{Query, Row, Write};
use std::path::Path;

/// How a commit ended when nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a stale commit wrote nothing"]
pub enum Committal {
    /// All of it is durable.
    Committed,
    /// A row was not as the snapshot had it, or somebody took the place first. Nothing was written.
    Stale,
}

/// The backend in use.
pub(crate) enum Db {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Db {
    pub async fn open(config: &StoreConfig, plan: Option<FaultPlan>) -> Result<Self, Fault> {
        match config.place()? {
            Place::Sqlite(path) => Ok(Db::Sqlite(sqlite::Sqlite::open(path, config, plan).await?)),
            Place::Postgres(url) => Ok(Db::Postgres(
                postgres::Postgres::open(&url, config, plan).await?,
            )),
        }
    }

    /// All queries see one snapshot; their rows come back in the order asked.
    pub async fn read(&self, queries: Vec<Query>) -> Result<Vec<Vec<Row>>, Fault> {
        match self {
            Db::Sqlite(sqlite) => sqlite.read(queries).await,
            Db::Postgres(postgres) => postgres.read(queries).await,
        }
    }

    /// All writes or none; answered when they are durable.
    pub async fn commit(&self, writes: Vec<Write>) -> Result<Committal, Fault> {
        match self {
            Db::Sqlite(sqlite) => sqlite.commit(writes).await,
            Db::Postgres(postgres) => postgres.commit(writes).await,
        }
    }

    /// Runs those of `migrations` that this database has not seen, all in one transaction.
    pub async fn migrate(&self, migrations: &'static [Migration]) -> Result<Vec<i64>, Fault> {
        match self {
            Db::Sqlite(sqlite) => sqlite.migrate(migrations).await,
            Db::Postgres(postgres) => postgres.migrate(migrations).await,
        }
    }

    /// Fails unless every one of `migrations` ran here.
    pub async fn ready(&self, migrations: &'static [Migration]) -> Result<(), Fault> {
        let known = migrations.last().map_or(0, |newest| newest.version);
        let recorded = match self.read(vec![Query::new(RECORDED, [])]).await {
            Ok(rows) => rows,
            // Without its table there is no record, and nothing ran.
            Err(Fault::Driver { .. }) => Vec::new(),
            Err(fault) => return Err(fault),
        };
        let recorded = recorded.iter().flatten();
        let recorded: Vec<_> = recorded
            .map(|row| Ok((row.int("version")?, row.int("checksum")?)))
            .collect::<Result<_, Fault>>()?;
        let found = recorded.last().map_or(0, |(version, _)| *version);
        if pending(migrations, &recorded)?.is_empty() {
            Ok(())
        } else {
            Err(MigrationFault::Pending { found, known }.into())
        }
    }

    pub async fn schema(&self) -> Result<Schema, Fault> {
        match self {
            Db::Sqlite(sqlite) => sqlite.schema().await,
            Db::Postgres(postgres) => postgres.schema().await,
        }
    }

    pub async fn backup_to(&self, path: &Path) -> Result<(), Fault> {
        match self {
            Db::Sqlite(sqlite) => sqlite.backup_to(path).await,
            Db::Postgres(_) => Err(Fault::Elsewhere {
                what: "use pg_dump or pg_basebackup",
            }),
        }
    }

    /// Waits for the commits that were accepted and releases the database.
    pub async fn close(&self) {
        match self {
            Db::Sqlite(sqlite) => sqlite.close().await,
            Db::Postgres(postgres) => postgres.close().await,
        }
    }
}
