//! What can go wrong below the decision: the world failed, the rules did not say no.
//!
//! **Invariant:** a fault never carries a stored value, only names, codes and counts, so it may be
//! logged.

use std::error::Error;
use std::sync::Arc;

/// Why the store could not do what it was asked. A refusal is never a fault, and a commit that lost
/// a race is not one either: that is [`Committal::Stale`](crate::Committal::Stale).
///
/// Faults are cheap to clone since one failed flush answers a whole batch.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The database cannot be reached now. Nothing was written; asking again later is safe.
    #[error("the database cannot be reached: {what}")]
    Unavailable {
        /// What was tried, and how it failed.
        what: String,
    },
    /// More requests wait than the store is willing to hold. Nothing was written.
    #[error("{limit} requests wait for the database already")]
    Overloaded {
        /// The bound that was reached, in requests.
        limit: usize,
    },
    /// The volume (or the configured bound) of the database is full. Nothing was written.
    #[error("no space is left for the database")]
    DiskFull,
    /// It is unknown whether the commit landed: ask
    /// [`Store::entry_exists`](crate::Store::entry_exists).
    #[error("the answer to a commit was lost: {what}")]
    Ambiguous {
        /// How the answer was lost.
        what: String,
    },
    /// A row holds what this version of the code does not know.
    #[error("table {table} holds what this version does not know: {what}")]
    Corrupt {
        /// The table (or the first table of the query).
        table: &'static str,
        /// The column and what was expected of it; never the value.
        what: String,
    },
    /// The schema cannot be brought to, or is not at, the version of this binary.
    #[error("the schema: {0}")]
    Migration(#[from] MigrationFault),
    /// The configuration asks for what cannot be.
    #[error("the store's configuration: {what}")]
    Config {
        /// What is wrong with it, in a sentence for the operator.
        what: String,
    },
    /// The backend in use does this by other means (see the runbook).
    #[error("not done by the store on this database: {what}")]
    Elsewhere {
        /// What to use instead.
        what: &'static str,
    },
    /// A change that cannot be written, found before any of it was.
    #[error("a change that cannot be stored: {what}")]
    Unstorable {
        /// The field and its bound.
        what: String,
    },
    /// Any other failure of the driver or the database.
    #[error("the database failed during {during}")]
    Driver {
        /// Which step was under way.
        during: &'static str,
        /// The driver's own account of it.
        #[source]
        source: Arc<dyn Error + Send + Sync>,
    },
    /// A failure that a test asked for.
    #[error("a fault that was asked for, {at}")]
    Injected {
        /// Where it struck.
        at: &'static str,
    },
}

/// Why a migration was refused or failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MigrationFault {
    /// The database was migrated by a newer binary.
    #[error(
        "the database is at version {found}, this binary knows versions up to {known}: \
         start the newer binary, or restore the backup taken before the upgrade"
    )]
    Newer {
        /// The database's version.
        found: i64,
        /// The newest version that this binary carries.
        known: i64,
    },
    /// A migration that ran before is not the one this binary carries under the same number.
    #[error("migration {version} ({name}) was changed after it ran on this database")]
    Altered {
        /// The migration's number.
        version: i64,
        /// Its name in this binary.
        name: &'static str,
    },
    /// Migrations of this binary have not run yet.
    #[error("the database is at version {found}, this binary needs {known}: run `sekisho migrate`")]
    Pending {
        /// The database's version; 0 for an empty database.
        found: i64,
        /// The version that is needed.
        known: i64,
    },
}

/// A driver's account in words of our own, since the drivers' texts may quote stored values.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct Reported {
    pub code: String,
    pub message: String,
}

impl Fault {
    pub(crate) fn driver(during: &'static str, source: impl Error + Send + Sync + 'static) -> Self {
        Fault::Driver {
            during,
            source: Arc::new(source),
        }
    }

    pub(crate) fn unavailable(what: impl Into<String>) -> Self {
        Fault::Unavailable { what: what.into() }
    }
}
