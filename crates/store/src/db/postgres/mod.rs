//! PostgreSQL, shared by any number of nodes.
//!
//! **Invariant:** a connection goes back to the pool only when no transaction is open on it; every
//! other one is closed, which makes the server roll back.

mod commit;
mod faults;
mod pipeline;
mod pool;
mod read;
mod schema;
mod tls;
mod value;

use crate::config::StoreConfig;
use crate::db::Committal;
use crate::fault::Fault;
use crate::fault_plan::FaultPlan;
use crate::migrate::{Dialect, Migration, RECORDED, REMEMBER, pending};
use crate::schema::Schema;
use crate::sql::{Query, Row, Write};
use faults::during;
use pool::{Connection, Pool};
use std::sync::Arc;
use std::time::Duration;

/// How often a commit that the server gave up in favour of another is tried again.
const TRIES: u32 = 5;

/// Nobody else's: "sekisho" in ASCII. Two nodes that migrate at once wait for each other on it.
const MIGRATION_LOCK: i64 = 0x0073_656b_6973_686f;

/// The shared backend.
pub(crate) struct Postgres {
    pool: Arc<Pool>,
    timeout: Duration,
    plan: Option<FaultPlan>,
}

impl Postgres {
    /// Connects once, so that a wrong address or password is told at the start.
    pub async fn open(
        url: &str,
        config: &StoreConfig,
        plan: Option<FaultPlan>,
    ) -> Result<Self, Fault> {
        let pool = Pool::new(url, config)?;
        let postgres = Postgres {
            pool: Arc::new(pool),
            timeout: config.pg_timeout,
            plan,
        };
        postgres
            .within(async {
                postgres.pool.borrow().await?.give_back();
                Ok(())
            })
            .await?;
        Ok(postgres)
    }

    pub async fn read(&self, queries: Vec<Query>) -> Result<Vec<Vec<Row>>, Fault> {
        self.within(async {
            let mut loan = self.pool.borrow().await?;
            let rows = read::snapshot(loan.connection(), &queries).await?;
            loan.give_back();
            Ok(rows)
        })
        .await
    }

    pub async fn commit(&self, writes: Vec<Write>) -> Result<Committal, Fault> {
        let fault = self.plan.as_ref().and_then(FaultPlan::take);
        let progress = commit::Progress::default();
        let run = async {
            for attempt in 1..=TRIES {
                let mut loan = self.pool.borrow().await?;
                match commit::attempt(loan.connection(), &writes, fault, &progress).await? {
                    commit::Outcome::Settled(committal) => {
                        loan.give_back();
                        return Ok(committal);
                    }
                    commit::Outcome::GivenUp => {
                        loan.give_back();
                        tokio::time::sleep(Duration::from_millis(2) * attempt).await;
                    }
                }
            }
            Err(Fault::unavailable(
                "the commit lost to others every time it was tried",
            ))
        };
        match tokio::time::timeout(self.timeout, run).await {
            Ok(ended) => ended,
            Err(_) => Err(progress.fault_of("no answer in time")),
        }
    }

    pub async fn migrate(&self, migrations: &'static [Migration]) -> Result<Vec<i64>, Fault> {
        let mut connection = self.pool.connect_patiently().await?;
        let transaction = connection
            .client
            .transaction()
            .await
            .map_err(during("migrate"))?;
        transaction
            .execute("SELECT pg_advisory_xact_lock($1)", &[&MIGRATION_LOCK])
            .await
            .map_err(during("migrate"))?;
        let record = Dialect::Postgres.record();
        transaction
            .batch_execute(&record)
            .await
            .map_err(during("migrate"))?;
        let rows = transaction
            .query(RECORDED, &[])
            .await
            .map_err(during("migrate"))?;
        let recorded: Vec<(i64, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let remember = value::numbered(REMEMBER);
        let mut ran = Vec::new();
        for migration in pending(migrations, &recorded)? {
            let text = Dialect::Postgres.render(migration.text);
            transaction
                .batch_execute(&text)
                .await
                .map_err(during("migrate"))?;
            let (version, checksum) = (migration.version, migration.checksum());
            transaction
                .execute(&remember, &[&version, &migration.name, &checksum])
                .await
                .map_err(during("migrate"))?;
            ran.push(version);
        }
        transaction.commit().await.map_err(during("migrate"))?;
        Ok(ran)
    }

    pub async fn schema(&self) -> Result<Schema, Fault> {
        self.within(async {
            let mut loan = self.pool.borrow().await?;
            let schema = schema::read(&loan.connection().client).await?;
            loan.give_back();
            Ok(schema)
        })
        .await
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn within<T>(&self, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        match tokio::time::timeout(self.timeout, work).await {
            Ok(ended) => ended,
            Err(_) => Err(Fault::unavailable("no answer in time")),
        }
    }
}
