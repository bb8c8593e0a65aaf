//! SQLite, embedded: reader threads with a connection each, and one committer.
//!
//! **Invariant:** only the committer (and a migration) writes; readers cannot.

mod committer;
mod faults;
mod migration;
mod reader;
mod schema;

use crate::config::{Flush, StoreConfig, WAITING_LIMIT};
use crate::db::Committal;
use crate::fault::Fault;
use crate::fault_plan::FaultPlan;
use crate::migrate::Migration;
use crate::schema::Schema;
use crate::sql::{Query, Row, Value, Write};
use faults::{during, spawn_fault};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::oneshot;

/// Statements kept prepared per connection; more than the store has texts.
const STATEMENTS: usize = 512;

/// The embedded backend.
pub(crate) struct Sqlite {
    path: PathBuf,
    busy_timeout: Duration,
    reads: flume::Sender<reader::Request>,
    commits: flume::Sender<committer::Request>,
    plan: Option<FaultPlan>,
}

impl Sqlite {
    pub async fn open(
        path: PathBuf,
        config: &StoreConfig,
        plan: Option<FaultPlan>,
    ) -> Result<Self, Fault> {
        let (count, busy_timeout) = (config.readers, config.busy_timeout);
        let settings = config.clone();
        let place = path.clone();
        let opened = tokio::task::spawn_blocking(move || {
            let writer = connect_writer(&place, &settings)?;
            let readers = (0..count).map(|_| connect_reader(&place, busy_timeout));
            Ok::<_, Fault>((writer, readers.collect::<Result<Vec<_>, _>>()?))
        });
        let (writer, readers) = opened.await.map_err(|e| Fault::driver("open", e))??;

        let (reads, read_queue) = flume::bounded(WAITING_LIMIT);
        let (commits, commit_queue) = flume::bounded(WAITING_LIMIT);
        for connection in readers {
            let queue = read_queue.clone();
            thread("store-reader", move || reader::run(&connection, &queue))?;
        }
        thread("store-committer", move || {
            committer::run(writer, &commit_queue)
        })?;
        Ok(Sqlite {
            path,
            busy_timeout,
            reads,
            commits,
            plan,
        })
    }

    pub async fn read(&self, queries: Vec<Query>) -> Result<Vec<Vec<Row>>, Fault> {
        let (answer, answered) = oneshot::channel();
        self.reads
            .try_send(reader::Request { queries, answer })
            .map_err(refused)?;
        answered
            .await
            .map_err(|_| Fault::unavailable("the reader has stopped"))?
    }

    pub async fn commit(&self, writes: Vec<Write>) -> Result<Committal, Fault> {
        let fault = self.plan.as_ref().and_then(FaultPlan::take);
        let (answer, answered) = oneshot::channel();
        let request = committer::Request::Commit(committer::Commit {
            writes,
            fault,
            answer,
        });
        self.commits.try_send(request).map_err(refused)?;
        answered
            .await
            .map_err(|_| Fault::unavailable("the committer has stopped"))?
    }

    pub async fn migrate(&self, migrations: &'static [Migration]) -> Result<Vec<i64>, Fault> {
        self.aside("migrate", move |connection| {
            migration::run(connection, migrations)
        })
        .await
    }

    pub async fn schema(&self) -> Result<Schema, Fault> {
        self.aside("schema", |connection| schema::read(connection))
            .await
    }

    /// A consistent copy of the database, written beside the running service and flushed.
    pub async fn backup_to(&self, path: &Path) -> Result<(), Fault> {
        let target = path.to_owned();
        self.aside("backup", move |connection| {
            let name = target.to_str().ok_or_else(|| Fault::Config {
                what: "the backup's path has to be UTF-8".to_owned(),
            })?;
            // Made before it is filled, since SQLite would let everybody read it.
            let mut made = OpenOptions::new();
            let file = made.write(true).create_new(true).mode(0o600).open(&target);
            let file = file.map_err(|e| Fault::driver("backup", e))?;
            let copied = connection
                .execute("VACUUM INTO ?1", [name])
                .map_err(during("backup"));
            if let Err(fault) = copied {
                // Half a copy is worse than none; the fault is what matters.
                let _ = std::fs::remove_file(&target);
                return Err(fault);
            }
            file.sync_all().map_err(|e| Fault::driver("backup", e))
        })
        .await
    }

    pub async fn close(&self) {
        let (answer, answered) = oneshot::channel();
        if self
            .commits
            .send_async(committer::Request::Close(answer))
            .await
            .is_ok()
        {
            // An error means that the committer has stopped already, which is what is asked for.
            let _ = answered.await;
        }
    }

    /// Runs rare work on a connection of its own, off the queues.
    async fn aside<T: Send + 'static>(
        &self,
        what: &'static str,
        work: impl FnOnce(&mut Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (path, busy_timeout) = (self.path.clone(), self.busy_timeout);
        let task = tokio::task::spawn_blocking(move || {
            let mut connection = connect(&path, busy_timeout)?;
            work(&mut connection)
        });
        task.await.map_err(|e| Fault::driver(what, e))?
    }
}

fn thread(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), Fault> {
    let builder = std::thread::Builder::new().name(name.to_owned());
    builder.spawn(body).map(|_| ()).map_err(|e| spawn_fault(&e))
}

fn refused<T>(error: flume::TrySendError<T>) -> Fault {
    match error {
        flume::TrySendError::Full(_) => Fault::Overloaded {
            limit: WAITING_LIMIT,
        },
        flume::TrySendError::Disconnected(_) => Fault::unavailable("the store is closed"),
    }
}

/// Between two tries to turn the write-ahead log on.
const WRITE_AHEAD_PAUSE: Duration = Duration::from_millis(5);

/// A connection as every one of them has to be: durable, checked, patient.
///
/// Pages are read, not mapped: a reader gives its mapping up whenever somebody else has committed,
/// and mapping again costs more than reading.
///
/// The log is folded in every 32 MiB (8192 pages of 4 KiB) instead of SQLite's 4: a batch of 128
/// decisions touches about a thousand pages, so that the default would write each page twice.
fn connect(path: &Path, busy_timeout: Duration) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(during("open"))?;
    connection
        .busy_timeout(busy_timeout)
        .map_err(during("open"))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without it a statement whose LIMIT is a parameter is planned anew each time it is bound.
    let set = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true);
    set.map_err(during("open"))?;
    write_ahead(&connection, busy_timeout)?;
    connection
        .execute_batch(
            "PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA trusted_schema = OFF;
             PRAGMA wal_autocheckpoint = 8192;",
        )
        .map_err(during("open"))?;
    Ok(connection)
}

/// Turns the write-ahead log on, which stays on in the file. On a file that is new SQLite does not
/// wait for others who do the same, since all would wait for each other: so it is tried again.
fn write_ahead(connection: &Connection, patience: Duration) -> Result<(), Fault> {
    let mut left = patience.as_millis() / WRITE_AHEAD_PAUSE.as_millis();
    loop {
        let set = connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()));
        match set {
            Err(error) if left > 0 && faults::is_busy(&error) => {
                left -= 1;
                std::thread::sleep(WRITE_AHEAD_PAUSE);
            }
            set => return set.map_err(during("open")),
        }
    }
}

fn connect_writer(path: &Path, config: &StoreConfig) -> Result<Connection, Fault> {
    // The file holds sealed values and hashes; nobody but the service's account needs to open it.
    let created = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path);
    created.map_err(|error| {
        Fault::unavailable(format!(
            "{} cannot be opened: {}",
            path.display(),
            error.kind()
        ))
    })?;
    let connection = connect(path, config.busy_timeout)?;
    connection
        .pragma_update(None, "cache_size", -65_536)
        .map_err(during("open"))?;
    if config.sqlite_flush == Flush::DangerNever {
        let set = connection.pragma_update(None, "synchronous", "OFF");
        set.map_err(during("open"))?;
    }
    if let Some(pages) = config.sqlite_max_pages {
        let set = connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()));
        set.map_err(during("open"))?;
    }
    Ok(connection)
}

fn connect_reader(path: &Path, busy_timeout: Duration) -> Result<Connection, Fault> {
    let connection = connect(path, busy_timeout)?;
    connection
        .execute_batch("PRAGMA cache_size = -16384; PRAGMA query_only = ON;")
        .map_err(during("open"))?;
    Ok(connection)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Id(value) => ValueRef::Blob(value),
            Value::Bytes(value) => ValueRef::Blob(value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
        }))
    }
}
