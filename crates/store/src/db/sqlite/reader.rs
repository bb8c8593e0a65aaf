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

pub(super) fn run(connection: &Connection, queue: &flume::Receiver<Request>) {
    let mut columns = Columns::new();
    while let Ok(request) = queue.recv() {
        // Nobody waits any more for a request that was dropped: its page has timed out.
        if request.answer.is_closed() {
            continue;
        }
        let rows = snapshot(connection, &mut columns, &request.queries);
        // The asker may have gone meanwhile; there is nobody else to tell.
        let _ = request.answer.send(rows);
    }
}

fn snapshot(
    connection: &Connection,
    columns: &mut Columns,
    queries: &[Query],
) -> Result<Vec<Vec<Row>>, Fault> {
    if let [query] = queries {
        return Ok(vec![answer(connection, columns, query)?]);
    }
    run_cached(connection, "BEGIN")?;
    let rows = queries
        .iter()
        .map(|query| answer(connection, columns, query))
        .collect();
    let ended = run_cached(connection, "COMMIT");
    if ended.is_err() && !connection.is_autocommit() {
        run_cached(connection, "ROLLBACK")?;
    }
    rows
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
        ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes.to_vec())),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Value::Text(text.to_owned())),
            Err(_) => Err(strange("UTF-8")),
        },
        ValueRef::Real(_) => Err(strange("no floating point number")),
    }
}
