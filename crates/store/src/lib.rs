//! Facts out, changes in: the database of Sekisho behind one concrete [`Store`], SQLite or
//! PostgreSQL.
//!
//! Nothing here decides anything. A load answers a snapshot; a commit writes what a decision says
//! or, when the snapshot no longer stands, nothing.
//!
//! **Invariant:** every write goes through a commit, which is all or nothing and durable when
//! answered.

mod commit;
mod config;
mod db;
mod fault;
mod fault_plan;
mod load;
mod migrate;
mod migrations;
mod schema;
mod sql;

pub use config::{Flush, StoreConfig, WAITING_LIMIT};
pub use db::Committal;
pub use fault::{Fault, MigrationFault};
pub use fault_plan::{FaultPlan, FaultPoint};
pub use load::{
    AlertList, AlertPlace, AlertQuestion, AttemptPage, Backlog, CampaignMessages, CaseList,
    CasePlace, CaseQuestion, ConfirmKnown, HistoryPage, HourCounted, ImportKnown, JudgeKnown,
    LatelyCounted, Logged, MOST_COUNTED, MOST_LATELY, NoteKnown, NoticeCounts, OldPassword,
    OperateKnown, OverdueCounted, Placed, ProcedurePage, RedeemKnown, ReleaseKnown, RestrictKnown,
    RiskQuestion, SiemWaiting, SignInKnown, SignalQuestion, WaitingCounted,
};
pub use migrate::fingerprint;
pub use schema::{Column, Presence, Schema, Table, TypeClass};

use db::Db;
use sekisho_core::bytes::Sealed;
use sekisho_core::decision::Decision;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// A handle on the database. Cloning it is cheap and shares the connections.
#[derive(Clone)]
pub struct Store {
    db: Arc<Db>,
    /// Reads at once for all who look back together, so that the others are for whoever decides
    /// meanwhile.
    looking_back: Arc<Semaphore>,
}

impl Store {
    /// Connects; creates the file of an SQLite database that is not there. Does not migrate.
    ///
    /// # Errors
    /// [`Fault::Config`] for an address it cannot read, [`Fault::Unavailable`] for a database out
    /// of reach.
    pub async fn open(config: &StoreConfig) -> Result<Self, Fault> {
        Self::opened(config, None).await
    }

    /// As [`Store::open`], with commits that break where `plan` says. For tests.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn danger_open_with_faults(
        config: &StoreConfig,
        plan: FaultPlan,
    ) -> Result<Self, Fault> {
        Self::opened(config, Some(plan)).await
    }

    async fn opened(config: &StoreConfig, plan: Option<FaultPlan>) -> Result<Self, Fault> {
        let db = Db::open(config, plan).await?;
        let readers = match &db {
            Db::Sqlite(_) => config.readers,
            Db::Postgres(_) => config.pg_connections,
        };
        Ok(Store {
            db: Arc::new(db),
            // Two at once is what one sweep reads with.
            looking_back: Arc::new(Semaphore::new((readers / 2).clamp(1, 2))),
        })
    }

    /// Brings the schema to this binary's version and returns the versions that ran. Safe to run
    /// again and from several nodes at once; all of it happens or none.
    ///
    /// # Errors
    /// [`Fault::Migration`] when the database is newer than this binary or was migrated by altered
    /// texts.
    pub async fn migrate(&self) -> Result<Vec<i64>, Fault> {
        self.db.migrate(migrations::ALL).await
    }

    /// Writes everything that `decision` says, with the sealed content of each of its notices in
    /// order: all of it or, when a condition no longer holds, nothing. The answer comes when it is
    /// durable.
    ///
    /// # Errors
    /// After [`Fault::Ambiguous`] ask [`Store::entry_exists`]; after any other fault nothing was
    /// written.
    pub async fn commit(&self, decision: &Decision, sealed: &[Sealed]) -> Result<Committal, Fault> {
        self.db.commit(commit::writes(decision, sealed)?).await
    }

    /// Whether the database can be reached and has this binary's schema.
    ///
    /// # Errors
    /// Those of a read; [`Fault::Migration`] when `migrate` has to run first.
    pub async fn ready(&self) -> Result<(), Fault> {
        self.db.ready(migrations::ALL).await
    }

    /// The tables as they are in this database.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn schema(&self) -> Result<Schema, Fault> {
        self.db.schema().await
    }

    /// Writes a consistent copy of a running SQLite database to `path`, which must not exist, and
    /// flushes it.
    ///
    /// # Errors
    /// [`Fault::Elsewhere`] on PostgreSQL, whose own `pg_dump` and `pg_basebackup` do this.
    pub async fn backup_to(&self, path: &Path) -> Result<(), Fault> {
        self.db.backup_to(path).await
    }

    /// Waits for the commits that were accepted and releases the database. Later requests are
    /// refused.
    pub async fn close(&self) {
        self.db.close().await;
    }
}
