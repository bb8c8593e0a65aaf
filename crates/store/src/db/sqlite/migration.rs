//! Runs migrations on SQLite.
//!
//! **Invariant:** all pending migrations land in one transaction under the write lock, so that a
//! second process that waits for the lock finds nothing left to do.

use super::faults::during;
use crate::fault::Fault;
use crate::migrate::{Dialect, Migration, RECORDED, REMEMBER, pending};
use rusqlite::{Connection, TransactionBehavior};

pub(super) fn run(
    connection: &mut Connection,
    migrations: &'static [Migration],
) -> Result<Vec<i64>, Fault> {
    let failed = during("migrate");
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Exclusive)
        .map_err(&failed)?;
    transaction
        .execute_batch(&Dialect::Sqlite.record())
        .map_err(&failed)?;
    let recorded = {
        let mut statement = transaction.prepare(RECORDED).map_err(&failed)?;
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(&failed)?;
        rows.collect::<Result<Vec<_>, _>>().map_err(&failed)?
    };
    let mut ran = Vec::new();
    for migration in pending(migrations, &recorded)? {
        transaction
            .execute_batch(&Dialect::Sqlite.render(migration.text))
            .map_err(&failed)?;
        transaction
            .execute(
                REMEMBER,
                (migration.version, migration.name, migration.checksum()),
            )
            .map_err(&failed)?;
        ran.push(migration.version);
    }
    transaction.commit().map_err(&failed)?;
    Ok(ran)
}
