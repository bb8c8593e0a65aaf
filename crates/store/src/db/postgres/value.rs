//! Values as PostgreSQL wants them, and back.
//!
//! **Invariant:** a value is sent only as the type it is stored as; nothing is converted silently.

use super::faults::during;
use crate::fault::Fault;
use crate::sql::{Row, Sql, Value};
use std::error::Error;
use std::sync::Arc;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// Rewrites `?1` to `$1`, outside of quoted text.
pub(super) fn numbered(text: &str) -> String {
    let mut quoted = false;
    let rewrite = |letter| {
        quoted ^= letter == '\'';
        if letter == '?' && !quoted {
            '$'
        } else {
            letter
        }
    };
    text.chars().map(rewrite).collect()
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, ty) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(value), &Type::INT8) => value.to_sql(ty, out),
            (Value::Int(value), &Type::INT4) => i32::try_from(*value)?.to_sql(ty, out),
            (Value::Id(value), &Type::BYTEA) => value.as_slice().to_sql(ty, out),
            (Value::Bytes(value), &Type::BYTEA) => value.to_sql(ty, out),
            (Value::Text(value), &Type::TEXT) => value.to_sql(ty, out),
            _ => Err(format!("a parameter of another type than {ty}").into()),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::BYTEA, Type::TEXT].contains(ty)
    }

    to_sql_checked!();
}

pub(super) fn decode(
    row: &tokio_postgres::Row,
    sql: Sql,
    names: &Arc<[Box<str>]>,
) -> Result<Row, Fault> {
    let mut cells = Vec::with_capacity(names.len());
    for (place, column) in row.columns().iter().enumerate() {
        let cell = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(place).map(Value::from),
            Type::INT4 => row
                .try_get::<_, Option<i32>>(place)
                .map(|value| Value::from(value.map(i64::from))),
            Type::BOOL => row.try_get::<_, Option<bool>>(place).map(Value::from),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(place).map(Value::from),
            Type::TEXT => row.try_get::<_, Option<String>>(place).map(Value::from),
            _ => {
                let empty = Row::new(sql, Arc::clone(names), Vec::new());
                return Err(empty.corrupt(column.name(), "an integer, bytes or text"));
            }
        };
        cells.push(cell.map_err(during("read"))?);
    }
    Ok(Row::new(sql, Arc::clone(names), cells))
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn rewrites_placeholders_only() {
        let text = "SELECT '?1', x FROM t WHERE y = ?1 AND z = ?12";
        assert_eq!(
            numbered(text),
            "SELECT '?1', x FROM t WHERE y = $1 AND z = $12"
        );
    }
}
