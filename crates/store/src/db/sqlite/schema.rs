//! Reads SQLite's catalogue.
//!
//! **Invariant:** reports declared facts only; SQLite's own tables are left out.

use super::faults::during;
use crate::fault::Fault;
use crate::schema::{Column, Presence, Schema, Table, TypeClass};
use rusqlite::Connection;

pub(super) fn read(connection: &Connection) -> Result<Schema, Fault> {
    let mut schema = Schema::default();
    let names = texts(
        connection,
        "SELECT name FROM sqlite_schema WHERE type = ?1 AND name NOT LIKE 'sqlite_%'",
        "table",
    )?;
    for name in names {
        let table = table(connection, &name)?;
        schema.tables.insert(name, table);
    }
    Ok(schema)
}

fn table(connection: &Connection, name: &str) -> Result<Table, Fault> {
    let mut table = Table::default();
    let mut statement = connection
        .prepare("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1) ORDER BY cid")
        .map_err(during("schema"))?;
    let mut rows = statement.query([name]).map_err(during("schema"))?;
    let mut key = Vec::new();
    while let Some(row) = rows.next().map_err(during("schema"))? {
        let read = (|| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get(2)?,
                row.get(3)?,
            ))
        })();
        let (name, class, required, place): (String, String, bool, i64) =
            read.map_err(during("schema"))?;
        if place > 0 {
            key.push((place, name.clone()));
        }
        let presence = Presence::required(required || place > 0);
        table.columns.push(Column {
            name,
            class: TypeClass::named(&class),
            presence,
        });
    }
    key.sort();
    if !key.is_empty() {
        table
            .unique
            .insert(key.into_iter().map(|(_, name)| name).collect());
    }
    for index in texts(
        connection,
        "SELECT name FROM pragma_index_list(?1) WHERE \"unique\" = 1",
        name,
    )? {
        table.unique.insert(index_columns(connection, &index)?);
    }
    for index in texts(
        connection,
        "SELECT name FROM pragma_index_list(?1) WHERE \"unique\" = 0",
        name,
    )? {
        table.indexed.insert(index_columns(connection, &index)?);
    }
    Ok(table)
}

fn index_columns(connection: &Connection, index: &str) -> Result<Vec<String>, Fault> {
    texts(
        connection,
        "SELECT name FROM pragma_index_info(?1) ORDER BY seqno",
        index,
    )
}

fn texts(connection: &Connection, text: &str, param: &str) -> Result<Vec<String>, Fault> {
    let mut statement = connection.prepare(text).map_err(during("schema"))?;
    let rows = statement
        .query_map([param], |row| row.get(0))
        .map_err(during("schema"))?;
    rows.collect::<Result<_, _>>().map_err(during("schema"))
}
