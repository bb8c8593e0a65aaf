//! A database of a test's own, on either backend, gone when dropped.
//!
//! PostgreSQL is tried when `SEKISHO_TEST_POSTGRES` holds the `postgres://` address of an account
//! that may create databases; otherwise each test says that it did without.
//!
//! **Invariant:** two places never share a database.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result};
use rusqlite::types::ValueRef;
use sekisho_store::{FaultPlan, Store, StoreConfig};
use tempfile::TempDir;
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// The environment variable with the address of a PostgreSQL server.
pub const SERVER: &str = "SEKISHO_TEST_POSTGRES";

/// A database.
pub struct Place {
    /// How to open it.
    pub config: StoreConfig,
    /// A folder of the test's own.
    pub folder: TempDir,
    server: Option<(String, String)>,
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
        let config = StoreConfig::new(format!("sqlite:{}", Self::file(&folder).display()));
        Ok(Self {
            config,
            folder,
            server: None,
        })
    }

    fn file(folder: &TempDir) -> PathBuf {
        folder.path().join("sekisho.db")
    }

    /// An empty PostgreSQL database; `None`, said aloud, without a server.
    ///
    /// # Errors
    /// When there is a server and it refuses.
    pub async fn postgres() -> Result<Option<Self>> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var(SERVER) else {
            println!("SKIPPED on PostgreSQL: {SERVER} is not set");
            return Ok(None);
        };
        let number = COUNT.fetch_add(1, Ordering::SeqCst);
        let name = format!("sim_{}_{number}", std::process::id());
        on_server(&server, &format!("CREATE DATABASE {name}")).await?;
        let (base, _) = server
            .rsplit_once('/')
            .context("an address without a database")?;
        let mut config = StoreConfig::new(format!("{base}/{name}"));
        config.pg_connections = 8;
        Ok(Some(Self {
            config,
            folder: tempfile::tempdir()?,
            server: Some((server, name)),
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

    /// Everything that is stored, read past the store.
    ///
    /// # Errors
    /// Those of the drivers.
    pub async fn contents(&self, store: &Store) -> Result<Contents> {
        let mut contents = Contents::new();
        for table in store.schema().await?.tables.into_keys() {
            let text = format!("SELECT * FROM {table}");
            let mut rows = match &self.server {
                None => self.sqlite_rows(&text)?,
                Some(_) => self.postgres_rows(&text).await?,
            };
            rows.sort();
            contents.insert(table, rows);
        }
        Ok(contents)
    }

    fn sqlite_rows(&self, text: &str) -> Result<Vec<String>> {
        let connection = rusqlite::Connection::open(Self::file(&self.folder))?;
        let mut statement = connection.prepare(text)?;
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            (0..columns)
                .map(|place| row.get_ref(place).map(shown))
                .collect::<Result<Vec<_>, _>>()
        })?;
        rows.map(|row| Ok(row?.join("|"))).collect()
    }

    async fn postgres_rows(&self, text: &str) -> Result<Vec<String>> {
        let (client, driver) = tokio_postgres::connect(&self.config.url, NoTls).await?;
        let driving = tokio::spawn(driver);
        let mut rows = Vec::new();
        for message in client.simple_query(text).await? {
            if let SimpleQueryMessage::Row(row) = message {
                let cells = (0..row.len()).map(|place| row.get(place).unwrap_or("NULL"));
                rows.push(cells.collect::<Vec<_>>().join("|"));
            }
        }
        drop(client);
        driving.await??;
        Ok(rows)
    }
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

impl Drop for Place {
    fn drop(&mut self) {
        let Some((server, name)) = self.server.take() else {
            return;
        };
        let dropping = std::thread::spawn(move || -> Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let text = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            runtime.block_on(on_server(&server, &text))
        });
        if !matches!(dropping.join(), Ok(Ok(()))) {
            eprintln!("a test's database was left behind");
        }
    }
}

async fn on_server(url: &str, text: &str) -> Result<()> {
    let (client, driver) = tokio_postgres::connect(url, NoTls).await?;
    let driving = tokio::spawn(driver);
    client.batch_execute(text).await?;
    drop(client);
    driving.await??;
    Ok(())
}
