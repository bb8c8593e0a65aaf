//! Where the database is and how much of it the store may use at once.
//!
//! **Invariant:** the database's password is never shown by `Debug` nor by a fault.

use crate::fault::Fault;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Requests that may wait for the database before the store answers [`Fault::Overloaded`].
pub const WAITING_LIMIT: usize = 4096;

/// What [`Store::open`](crate::Store::open) needs to know.
#[derive(Clone)]
pub struct StoreConfig {
    /// `sqlite:PATH` or `postgres://user@host/database`.
    pub url: String,
    /// Threads that read from SQLite, each with its own connection. Default 4.
    pub readers: usize,
    /// Connections to PostgreSQL. Default 16.
    pub pg_connections: usize,
    /// Whose certificates PostgreSQL may have, as PEM. With it every connection is encrypted and
    /// the server's certificate must name the host of the URL (what libpq calls `verify-full`).
    /// Without it nothing is encrypted: keep it on a private network, a Unix socket or a tunnel.
    pub pg_authority: Option<PathBuf>,
    /// How long one request to PostgreSQL may take in all, waiting for a connection included.
    /// Default 5 s.
    pub pg_timeout: Duration,
    /// How long SQLite waits for another process that holds the write lock. Default 5 s.
    pub busy_timeout: Duration,
    /// SQLite stops growing at this many pages of 4096 bytes (`None`: the volume is the bound).
    pub sqlite_max_pages: Option<u32>,
    /// Whether SQLite flushes before it answers. Default yes.
    pub sqlite_flush: Flush,
}

/// Whether a commit is on the volume when it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flush {
    /// It is.
    Always,
    /// The operating system writes it when it likes; a crash of the machine may break the file. For
    /// a database that is thrown away with the process that made it.
    DangerNever,
}

impl StoreConfig {
    /// The defaults for the database at `url`.
    pub fn new(url: impl Into<String>) -> Self {
        StoreConfig {
            url: url.into(),
            readers: 4,
            pg_connections: 16,
            pg_authority: None,
            pg_timeout: Duration::from_secs(5),
            busy_timeout: Duration::from_secs(5),
            sqlite_max_pages: None,
            sqlite_flush: Flush::Always,
        }
    }

    pub(crate) fn place(&self) -> Result<Place, Fault> {
        let wrong = |what: &str| {
            Err(Fault::Config {
                what: what.to_owned(),
            })
        };
        if self.readers == 0 || self.pg_connections == 0 {
            return wrong("at least one reader and one connection are needed");
        }
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.starts_with(':') {
                return wrong("sqlite: needs the path of a file");
            }
            return Ok(Place::Sqlite(PathBuf::from(path)));
        }
        if self.url.starts_with("postgres://") || self.url.starts_with("postgresql://") {
            return Ok(Place::Postgres(self.url.clone()));
        }
        wrong("the database has to be sqlite:PATH or postgres://…")
    }
}

impl fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = match self.url.split_once('@') {
            Some((head, tail)) => {
                let scheme = head.split("//").next().unwrap_or_default();
                format!("{scheme}//…@{tail}")
            }
            None => self.url.clone(),
        };
        let url = url.split('?').next().unwrap_or_default();
        f.debug_struct("StoreConfig")
            .field("url", &url)
            .field("readers", &self.readers)
            .field("pg_connections", &self.pg_connections)
            .finish_non_exhaustive()
    }
}

/// A database's place, as parsed from the URL.
pub(crate) enum Place {
    Sqlite(PathBuf),
    Postgres(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_shows_the_password() {
        let config = StoreConfig::new("postgres://sekisho:tanuki@db.internal/sekisho");
        let shown = format!("{config:?}");
        assert!(!shown.contains("tanuki"), "{shown}");
        assert!(shown.contains("db.internal"), "{shown}");
    }

    #[test]
    fn refuses_what_is_neither() {
        for url in ["", "sqlite:", "sqlite::memory:", "mysql://x", "/var/db"] {
            assert!(
                matches!(StoreConfig::new(url).place(), Err(Fault::Config { .. })),
                "{url}"
            );
        }
        let place = StoreConfig::new("sqlite:///var/lib/sekisho/sekisho.db").place();
        assert!(matches!(place, Ok(Place::Sqlite(path)) if path.is_absolute()));
    }
}
