//! Reads PostgreSQL's catalogue.
//!
//! **Invariant:** reports the tables of the connection's own schema only.

use super::faults::during;
use crate::fault::Fault;
use crate::schema::{Column, Presence, Schema, TypeClass};
use tokio_postgres::Client;

const COLUMNS: &str = "
    SELECT c.table_name::text, c.column_name::text, c.data_type::text, c.is_nullable::text
      FROM information_schema.columns c
      JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
     ORDER BY c.table_name, c.ordinal_position";

const INDEXES: &str = "
    SELECT t.relname::text, i.indisunique,
           array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum))
      FROM pg_index i
      JOIN pg_class t ON t.oid = i.indrelid
      JOIN pg_namespace n ON n.oid = t.relnamespace
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey::int2[])
     WHERE n.nspname = current_schema() AND t.relkind = 'r'
     GROUP BY t.relname, i.indexrelid, i.indisunique";

pub(super) async fn read(client: &Client) -> Result<Schema, Fault> {
    let mut schema = Schema::default();
    for row in client.query(COLUMNS, &[]).await.map_err(during("schema"))? {
        let text = |place: usize| row.try_get::<_, String>(place).map_err(during("schema"));
        schema
            .tables
            .entry(text(0)?)
            .or_default()
            .columns
            .push(Column {
                name: text(1)?,
                class: TypeClass::named(&text(2)?),
                presence: Presence::required(text(3)? == "NO"),
            });
    }
    for row in client.query(INDEXES, &[]).await.map_err(during("schema"))? {
        let name: String = row.try_get(0).map_err(during("schema"))?;
        let unique: bool = row.try_get(1).map_err(during("schema"))?;
        let columns: Vec<String> = row.try_get(2).map_err(during("schema"))?;
        let table = schema.tables.entry(name).or_default();
        let place = if unique {
            &mut table.unique
        } else {
            &mut table.indexed
        };
        place.insert(columns);
    }
    Ok(schema)
}
