//! A database of a test's own, on either backend, gone when dropped.
//!
//! PostgreSQL is tried when `SEKISHO_TEST_POSTGRES` holds the `postgres://` address of an account
//! that may create databases; otherwise each test says that it did without.
//!
//! **Invariant:** two places never share a database.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use rusqlite::types::ValueRef;
use sekisho_store::{FaultPlan, Flush, Store, StoreConfig};
use tempfile::TempDir;
use tokio_postgres::{NoTls, SimpleQueryMessage};

use crate::server::Database;

/// The environment variable with the address of a PostgreSQL server.
pub const SERVER: &str = "SEKISHO_TEST_POSTGRES";

/// A database.
pub struct Place {
    /// How to open it.
    pub config: StoreConfig,
    /// A folder of the test's own.
    pub folder: TempDir,
    database: Option<Database>,
}

/// How to open a database that dies with its test, on a machine that runs many tests at once: its
/// volume need not keep anything, and a moment in which it stands still is nobody's fault.
fn patient(url: String) -> StoreConfig {
    const PATIENCE: Duration = Duration::from_secs(60);
    let mut config = StoreConfig::new(url);
    config.sqlite_flush = Flush::DangerNever;
    config.busy_timeout = PATIENCE;
    config.pg_timeout = PATIENCE;
    config
}

/// Everything stored: table → its rows, sorted, as text.
pub type Contents = BTreeMap<String, Vec<String>>;

impl Place {
    /// An SQLite database that is not there yet.
    ///
    /// # Errors
    /// When no temporary folder can be made.
    pub fn sqlite() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite:{}", Self::file(&folder).display());
        Ok(Self {
            config: patient(url),
            folder,
            database: None,
        })
    }

    fn file(folder: &TempDir) -> PathBuf {
        folder.path().join("sekisho.db")
    }

    /// A PostgreSQL database with all tables and no row; `None`, said aloud, without a server.
    ///
    /// # Errors
    /// When there is a server and it refuses.
    pub async fn postgres() -> Result<Option<Self>> {
        Self::on_server(true).await
    }

    async fn on_server(is_migrated: bool) -> Result<Option<Self>> {
        let Ok(server) = std::env::var(SERVER) else {
            println!("SKIPPED on PostgreSQL: {SERVER} is not set");
            return Ok(None);
        };
        let database = Box::pin(Database::new(server, is_migrated)).await?;
        let mut config = patient(database.url()?);
        config.pg_connections = 8;
        Ok(Some(Self {
            config,
            folder: tempfile::tempdir()?,
            database: Some(database),
        }))
    }

    /// A place on each database that is at hand.
    ///
    /// # Errors
    /// Those of the two.
    pub async fn each() -> Result<Vec<Self>> {
        let mut places = vec![Self::sqlite()?];
        places.extend(Self::postgres().await?);
        Ok(places)
    }

    /// As [`Place::each`], before any migration.
    ///
    /// # Errors
    /// Those of the two.
    pub async fn each_empty() -> Result<Vec<Self>> {
        let mut places = vec![Self::sqlite()?];
        places.extend(Self::on_server(false).await?);
        Ok(places)
    }

    /// Opened and migrated.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn store(&self) -> Result<Store> {
        let store = Store::open(&self.config).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Opened and migrated, with commits that break on order.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn danger_store_with_faults(&self, plan: FaultPlan) -> Result<Store> {
        let store = Store::danger_open_with_faults(&self.config, plan).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Changes what is stored past the store, as somebody does who has the database and no key.
    ///
    /// # Errors
    /// Those of the drivers.
    pub async fn danger_run(&self, sql: &str) -> Result<()> {
        let Some(_) = &self.database else {
            let connection = rusqlite::Connection::open(Self::file(&self.folder))?;
            return Ok(connection.execute_batch(sql)?);
        };
        let (client, driver) = tokio_postgres::connect(&self.config.url, NoTls).await?;
        let driving = tokio::spawn(driver);
        client.batch_execute(sql).await?;
        drop(client);
        driving.await??;
        Ok(())
    }

    /// Everything that is stored, read past the store.
    ///
    /// # Errors
    /// Those of the drivers.
    pub async fn contents(&self, store: &Store) -> Result<Contents> {
        let tables: Vec<_> = store.schema().await?.tables.into_keys().collect();
        let mut contents = match &self.database {
            None => self.sqlite_rows(tables)?,
            Some(_) => self.postgres_rows(tables).await?,
        };
        contents.values_mut().for_each(|rows| rows.sort());
        Ok(contents)
    }

    fn sqlite_rows(&self, tables: Vec<String>) -> Result<Contents> {
        let connection = rusqlite::Connection::open(Self::file(&self.folder))?;
        let mut contents = Contents::new();
        for table in tables {
            let mut statement = connection.prepare(&everything(&table))?;
            let columns = statement.column_count();
            let rows = statement.query_map([], |row| {
                (0..columns)
                    .map(|place| row.get_ref(place).map(shown))
                    .collect::<Result<Vec<_>, _>>()
            })?;
            let rows = rows.map(|row| Ok(row?.join("|")));
            contents.insert(table, rows.collect::<Result<_>>()?);
        }
        Ok(contents)
    }

    async fn postgres_rows(&self, tables: Vec<String>) -> Result<Contents> {
        let (client, driver) = tokio_postgres::connect(&self.config.url, NoTls).await?;
        let driving = tokio::spawn(driver);
        let mut contents = Contents::new();
        for table in tables {
            let mut rows = Vec::new();
            for message in client.simple_query(&everything(&table)).await? {
                if let SimpleQueryMessage::Row(row) = message {
                    let cells = (0..row.len()).map(|place| row.get(place).unwrap_or("NULL"));
                    rows.push(cells.collect::<Vec<_>>().join("|"));
                }
            }
            contents.insert(table, rows);
        }
        drop(client);
        driving.await??;
        Ok(contents)
    }
}

fn everything(table: &str) -> String {
    format!("SELECT * FROM {table}")
}

fn shown(cell: ValueRef<'_>) -> String {
    match cell {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        // As PostgreSQL writes it.
        ValueRef::Blob(bytes) => bytes
            .iter()
            .fold("\\x".to_owned(), |text, byte| format!("{text}{byte:02x}")),
    }
}
