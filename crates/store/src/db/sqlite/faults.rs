//! SQLite's result codes in the store's words.
//!
//! **Invariant:** SQLite's own message is kept only where it cannot quote a value.

use crate::fault::{Fault, Reported};
use rusqlite::ErrorCode;
use rusqlite::ffi::{
    SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_UNIQUE,
};

/// Names the step for [`fault`], in the form `map_err` wants.
pub(super) fn during(step: &'static str) -> impl Fn(rusqlite::Error) -> Fault {
    move |error| fault(step, &error)
}

pub(super) fn fault(step: &'static str, error: &rusqlite::Error) -> Fault {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Fault::DiskFull,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Fault::unavailable("another process holds the write lock of the database")
        }
        Some(ErrorCode::CannotOpen) => Fault::unavailable("the database file cannot be opened"),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Fault::Corrupt {
            table: "(file)",
            what: "the file is damaged or no database".to_owned(),
        },
        _ => Fault::driver(step, reported(error)),
    }
}

/// Somebody else holds a lock.
pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

/// Somebody else took the unique place first.
pub(super) fn is_taken(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|e| {
        [
            SQLITE_CONSTRAINT_UNIQUE,
            SQLITE_CONSTRAINT_PRIMARYKEY,
            SQLITE_CONSTRAINT_ROWID,
        ]
        .contains(&e.extended_code)
    })
}

pub(super) fn spawn_fault(error: &std::io::Error) -> Fault {
    Fault::unavailable(format!("a thread cannot be started: {}", error.kind()))
}

/// SQLite's messages name tables and columns, never values; the driver's conversion errors may.
fn reported(error: &rusqlite::Error) -> Reported {
    match error {
        rusqlite::Error::SqliteFailure(code, message) => Reported {
            code: format!("SQLite {}", code.extended_code),
            message: message.clone().unwrap_or_default(),
        },
        rusqlite::Error::SqlInputError { error, msg, .. } => Reported {
            code: format!("SQLite {}", error.extended_code),
            message: msg.clone(),
        },
        _ => Reported {
            code: "rusqlite".to_owned(),
            message: "unexpected use".to_owned(),
        },
    }
}
