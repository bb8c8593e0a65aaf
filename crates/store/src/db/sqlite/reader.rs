//! The loop of one reader thread.
//!
//! **Invariant:** the queries of one request see one snapshot.

use super::faults::during;
use crate::fault::Fault;
use crate::sql::{Query, Row, Sql, Value};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Queries that wait for a reader.
pub(super) struct Request {
    pub queries: Vec<Query>,
    pub answer: oneshot::Sender<Result<Vec<Vec<Row>>, Fault>>,
}

/// Column names by statement, so that rows share them.
type Columns = HashMap<&'static str, Arc<[Box<str>]>>;

/// Requests that share a snapshot at most; see [`run`].
const SHARED: usize = 8;

/// Serves until the last store handle is gone.
///
/// A commit makes every reader's cache worthless, so requests that wait together are answered
/// together: the upper pages of the trees are then read once for all of them. Only what waits
/// already when the snapshot is taken may share it, so that whoever was told of a commit sees it.
/// Half of it is left to the other readers.
pub(super) fn run(connection: &Connection, queue: &flume::Receiver<Request>) {
    let mut columns = Columns::new();
    let mut waiting = Vec::with_capacity(SHARED);
    while let Ok(first) = queue.recv() {
        let more = queue.len().div_ceil(2).min(SHARED - 1);
        waiting.push(first);
        waiting.extend(queue.try_iter().take(more));
        // Nobody waits any more for a request that was dropped: its page has timed out.
        waiting.retain(|request| !request.answer.is_closed());
        serve(connection, &mut columns, &mut waiting);
    }
}

fn serve(connection: &Connection, columns: &mut Columns, waiting: &mut Vec<Request>) {
    // A single query is a snapshot by itself.
    let together = waiting
        .iter()
        .map(|request| request.queries.len())
        .sum::<usize>()
        > 1;
    let begun = if together {
        run_cached(connection, "BEGIN")
    } else {
        Ok(())
    };
    for request in waiting.drain(..) {
        let rows = begun.clone().and_then(|()| {
            let queries = request.queries.iter();
            queries
                .map(|query| answer(connection, columns, query))
                .collect()
        });
        // The asker may have gone meanwhile; there is nobody else to tell.
        let _ = request.answer.send(rows);
    }
    if !connection.is_autocommit()
        && let Err(fault) =
            run_cached(connection, "COMMIT").or_else(|_| run_cached(connection, "ROLLBACK"))
    {
        tracing::error!(%fault, "a reader cannot let go of its snapshot");
    }
}

pub(super) fn run_cached(connection: &Connection, text: &'static str) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached(text).map_err(during(text))?;
    statement.execute([]).map(|_| ()).map_err(during(text))
}

fn answer(
    connection: &Connection,
    columns: &mut Columns,
    query: &Query,
) -> Result<Vec<Row>, Fault> {
    let mut statement = connection
        .prepare_cached(query.sql.sqlite)
        .map_err(during("prepare"))?;
    let names = columns
        .entry(query.sql.sqlite)
        .or_insert_with(|| statement.column_names().map(Box::from).collect());
    let mut found = statement
        .query(params_from_iter(&query.params))
        .map_err(during("read"))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(during("read"))? {
        let mut cells = Vec::with_capacity(names.len());
        for (place, name) in names.iter().enumerate() {
            let raw = row.get_ref(place).map_err(during("read"))?;
            cells.push(cell(raw, query.sql, name)?);
        }
        rows.push(Row::new(query.sql, Arc::clone(names), cells));
    }
    Ok(rows)
}

fn cell(raw: ValueRef<'_>, sql: Sql, column: &str) -> Result<Value, Fault> {
    let strange =
        |expected: &str| Row::new(sql, Arc::new([]), Vec::new()).corrupt(column, expected);
    match raw {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(value) => Ok(Value::Int(value)),
        ValueRef::Blob(bytes) => Ok(Value::from(bytes)),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Value::Text(text.to_owned())),
            Err(_) => Err(strange("UTF-8")),
        },
        ValueRef::Real(_) => Err(strange("no floating point number")),
    }
}
