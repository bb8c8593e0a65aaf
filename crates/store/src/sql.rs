//! SQL as data: a statement is a text and its values, written once and run by either database.
//!
//! Placeholders are `?1`, `?2`, …; the PostgreSQL side rewrites them when it prepares a statement.
//!
//! **Invariant:** a statement's text is always `&'static str`; nothing a caller sends becomes SQL.

use crate::fault::Fault;
use std::sync::Arc;

/// One cell. Everything stored is an integer, bytes, a text or nothing.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Int(i64),
    /// Sixteen bytes in place: ids, addresses and indexes, most of what is stored.
    Id([u8; 16]),
    Bytes(Vec<u8>),
    Text(String),
}

impl Value {
    /// The bytes, however they are held.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Id(bytes) => Some(bytes),
            Value::Bytes(bytes) => Some(bytes),
            Value::Null | Value::Int(_) | Value::Text(_) => None,
        }
    }
}

/// Bytes are equal however they are held.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Int(mine), Value::Int(theirs)) => mine == theirs,
            (Value::Text(mine), Value::Text(theirs)) => mine == theirs,
            _ => self.as_bytes().is_some() && self.as_bytes() == other.as_bytes(),
        }
    }
}

impl Eq for Value {}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Value::Int(i64::from(value))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Int(i64::from(value))
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Value::Bytes(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        match value.try_into() {
            Ok(id) => Value::Id(id),
            Err(_) => Value::Bytes(value.to_vec()),
        }
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        value.as_slice().into()
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::Text(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// A statement's text: one for both databases, or both side by side where they must differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sql {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl Sql {
    /// One text for both.
    pub const fn both(text: &'static str) -> Self {
        Sql {
            sqlite: text,
            postgres: text,
        }
    }

    /// The first table the text names, for reports.
    fn table(self) -> &'static str {
        let mut words = self.sqlite.split_whitespace();
        while let Some(word) = words.next() {
            if ["FROM", "INTO", "UPDATE"].contains(&word) {
                return words.next().unwrap_or("?");
            }
        }
        "?"
    }
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Sql::both(text)
    }
}

/// A question: its rows come back in the order asked.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub sql: Sql,
    pub params: Vec<Value>,
}

impl Query {
    pub fn new(sql: impl Into<Sql>, params: impl Into<Vec<Value>>) -> Self {
        Query {
            sql: sql.into(),
            params: params.into(),
        }
    }
}

/// How many rows a write has to change for its commit to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expect {
    /// Any number, none included.
    Any,
    /// Exactly one; otherwise the facts were stale.
    One,
}

/// One row-changing statement of a commit.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    pub sql: Sql,
    pub params: Vec<Value>,
    pub expect: Expect,
}

impl Write {
    /// A write that must change exactly one row.
    pub fn one(sql: impl Into<Sql>, params: impl Into<Vec<Value>>) -> Self {
        Write {
            sql: sql.into(),
            params: params.into(),
            expect: Expect::One,
        }
    }

    /// A write that may change any number of rows.
    pub fn any(sql: impl Into<Sql>, params: impl Into<Vec<Value>>) -> Self {
        Write {
            sql: sql.into(),
            params: params.into(),
            expect: Expect::Any,
        }
    }
}

/// One row of an answer, read by column name.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    sql: Sql,
    columns: Arc<[Box<str>]>,
    cells: Vec<Value>,
}

impl Row {
    pub fn new(sql: Sql, columns: Arc<[Box<str>]>, cells: Vec<Value>) -> Self {
        Row {
            sql,
            columns,
            cells,
        }
    }

    /// The fault for a column that is not as the code needs it.
    pub fn corrupt(&self, column: &str, expected: &str) -> Fault {
        let what = format!("column {column}: expected {expected}");
        Fault::Corrupt {
            table: self.sql.table(),
            what,
        }
    }

    fn cell(&self, column: &str) -> Result<&Value, Fault> {
        let place = self.columns.iter().position(|name| &**name == column);
        place
            .and_then(|place| self.cells.get(place))
            .ok_or_else(|| self.corrupt(column, "to be selected"))
    }

    pub fn int(&self, column: &str) -> Result<i64, Fault> {
        self.maybe_int(column)?
            .ok_or_else(|| self.corrupt(column, "an integer"))
    }

    pub fn maybe_int(&self, column: &str) -> Result<Option<i64>, Fault> {
        match self.cell(column)? {
            Value::Null => Ok(None),
            Value::Int(value) => Ok(Some(*value)),
            _ => Err(self.corrupt(column, "an integer")),
        }
    }

    /// An integer that has to fit the narrower type `T`.
    pub fn narrow<T: TryFrom<i64>>(&self, column: &str) -> Result<T, Fault> {
        T::try_from(self.int(column)?).map_err(|_| self.corrupt(column, "a smaller integer"))
    }

    pub fn flag(&self, column: &str) -> Result<bool, Fault> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.corrupt(column, "0 or 1")),
        }
    }

    pub fn bytes(&self, column: &str) -> Result<&[u8], Fault> {
        self.maybe_bytes(column)?
            .ok_or_else(|| self.corrupt(column, "bytes"))
    }

    pub fn maybe_bytes(&self, column: &str) -> Result<Option<&[u8]>, Fault> {
        match self.cell(column)? {
            Value::Null => Ok(None),
            value => value
                .as_bytes()
                .map(Some)
                .ok_or_else(|| self.corrupt(column, "bytes")),
        }
    }

    pub fn text(&self, column: &str) -> Result<&str, Fault> {
        self.maybe_text(column)?
            .ok_or_else(|| self.corrupt(column, "text"))
    }

    pub fn maybe_text(&self, column: &str) -> Result<Option<&str>, Fault> {
        match self.cell(column)? {
            Value::Null => Ok(None),
            Value::Text(value) => Ok(Some(value)),
            _ => Err(self.corrupt(column, "text")),
        }
    }

    /// Exactly `N` bytes: an id, a digest.
    pub fn fixed<const N: usize>(&self, column: &str) -> Result<[u8; N], Fault> {
        let bytes = self.bytes(column)?;
        bytes
            .try_into()
            .map_err(|_| self.corrupt(column, &format!("{N} bytes")))
    }

    pub fn maybe_fixed<const N: usize>(&self, column: &str) -> Result<Option<[u8; N]>, Fault> {
        match self.maybe_bytes(column)? {
            None => Ok(None),
            Some(bytes) => match bytes.try_into() {
                Ok(array) => Ok(Some(array)),
                Err(_) => Err(self.corrupt(column, &format!("{N} bytes"))),
            },
        }
    }

    pub fn id16(&self, column: &str) -> Result<[u8; 16], Fault> {
        self.fixed::<16>(column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        let columns: Arc<[Box<str>]> = ["id", "n", "name", "gone"].map(Box::from).into();
        let cells = vec![[7u8; 16].into(), 3i64.into(), "名".into(), Value::Null];
        Row::new(
            Sql::from("SELECT id, n, name, gone FROM traveller"),
            columns,
            cells,
        )
    }

    #[test]
    fn reads_each_kind_by_name() {
        let row = row();
        assert_eq!(row.id16("id").unwrap(), [7; 16]);
        assert_eq!(row.int("n").unwrap(), 3);
        assert_eq!(row.narrow::<u8>("n").unwrap(), 3);
        assert_eq!(row.text("name").unwrap(), "名");
        assert_eq!(row.maybe_int("gone").unwrap(), None);
    }

    #[test]
    fn names_the_table_and_column_but_never_the_value() {
        let told = row().int("name").unwrap_err().to_string();
        assert!(
            told.contains("traveller") && told.contains("column name"),
            "{told}"
        );
        assert!(!told.contains('名'), "{told}");
        for wrong in [
            row().flag("n").map(|_| ()),
            row().fixed::<8>("id").map(|_| ()),
            row().int("absent").map(|_| ()),
            row().text("gone").map(|_| ()),
        ] {
            assert!(matches!(
                wrong,
                Err(Fault::Corrupt {
                    table: "traveller",
                    ..
                })
            ));
        }
    }
}
