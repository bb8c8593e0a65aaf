//! A row as cells, and the line that stands for it.
//!
//! **Invariant:** a row that was read fits its columns: each cell holds what its column holds.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Column, Holds, Kept, Presence};

/// One value of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// None.
    Nothing,
    /// Sixteen bytes.
    Bytes([u8; 16]),
    /// A number, or microseconds since 1970 in UTC.
    Number(i64),
    /// Text.
    Text(String),
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Sixteen bytes, if there are any.
    #[must_use]
    pub fn maybe_bytes(bytes: Option<[u8; 16]>) -> Self {
        bytes.map_or(Self::Nothing, Self::Bytes)
    }

    /// A text, if there is one.
    pub fn maybe_text(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Nothing, Self::text)
    }

    /// A number, if there is one.
    pub fn maybe_number(number: Option<impl Into<i64>>) -> Self {
        number.map_or(Self::Nothing, |number| Self::Number(number.into()))
    }

    fn fits(&self, column: &Column) -> bool {
        match self {
            Self::Nothing => column.presence == Presence::Sometimes,
            Self::Bytes(_) => column.holds == Holds::Bytes,
            Self::Number(_) => matches!(column.holds, Holds::Moment | Holds::Number),
            Self::Text(_) => column.holds == Holds::Text,
        }
    }
}

/// A row, in the order of its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells(Vec<Cell>);

/// Why something is no row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotARow {
    /// Not a JSON object.
    #[error("is not a JSON object: {0}")]
    NotAnObject(String),
    /// A member that no column has.
    #[error("there is no column {0:?}")]
    Unknown(String),
    /// A value that its column cannot hold, or none where there has to be one.
    #[error("column {column} needs {needs}")]
    Unfit {
        /// The column.
        column: &'static str,
        /// What it holds.
        needs: &'static str,
    },
}

impl Column {
    fn unfit(&self) -> NotARow {
        NotARow::Unfit {
            column: self.name,
            needs: match self.holds {
                Holds::Bytes => "32 hexadecimal digits",
                Holds::Moment => "microseconds since 1970 as a whole number",
                Holds::Number => "a whole number",
                Holds::Text => "a text",
            },
        }
    }
}

impl Cells {
    /// A row of what is kept.
    ///
    /// # Errors
    /// [`NotARow::Unfit`] if a cell is not what its column holds.
    pub fn of(kept: Kept, cells: Vec<Cell>) -> Result<Self, NotARow> {
        let columns = kept.columns();
        for (place, column) in columns.iter().enumerate() {
            let fits = cells.get(place).is_some_and(|cell| cell.fits(column));
            if !fits || cells.len() != columns.len() {
                return Err(column.unfit());
            }
        }
        Ok(Self(cells))
    }

    /// Reads a line: a JSON object with a member for each column, where ids and addresses are 32
    /// hexadecimal digits and moments microseconds. What is absent or null is nothing.
    ///
    /// # Errors
    /// See [`NotARow`].
    pub fn parse(kept: Kept, line: &str) -> Result<Self, NotARow> {
        let read: serde_json::Map<String, Value> =
            serde_json::from_str(line).map_err(|why| NotARow::NotAnObject(why.to_string()))?;
        let columns = kept.columns();
        if let Some(name) = read.keys().find(|name| kept.column(name).is_none()) {
            return Err(NotARow::Unknown(name.chars().take(40).collect()));
        }
        let cell = |column: &Column| match (read.get(column.name), column.holds) {
            (None | Some(Value::Null), _) => Ok(Cell::Nothing),
            (Some(Value::String(text)), Holds::Bytes) => {
                from_hex(text).map(Cell::Bytes).ok_or(column.unfit())
            }
            (Some(Value::String(text)), Holds::Text) => Ok(Cell::text(text.as_str())),
            (Some(Value::Number(number)), Holds::Moment | Holds::Number) => {
                number.as_i64().map(Cell::Number).ok_or(column.unfit())
            }
            _ => Err(column.unfit()),
        };
        let cells: Result<Vec<_>, _> = columns.iter().map(cell).collect();
        Self::of(kept, cells?)
    }

    /// The one line of this row, with its end.
    #[must_use]
    pub fn line(&self, kept: Kept) -> String {
        let mut line = String::with_capacity(320);
        for (column, cell) in kept.columns().iter().zip(&self.0) {
            line.push(if line.is_empty() { '{' } else { ',' });
            // Writing to a text never fails.
            let _ = write!(line, "\"{}\":", column.name);
            let _ = match cell {
                Cell::Nothing => write!(line, "null"),
                Cell::Bytes(bytes) => write!(line, "\"{:032x}\"", u128::from_be_bytes(*bytes)),
                Cell::Number(number) => write!(line, "{number}"),
                Cell::Text(text) => write!(line, "{}", Value::from(text.as_str())),
            };
        }
        line.push_str("}\n");
        line
    }

    /// The cells.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.0
    }

    /// By what rows are ordered.
    #[must_use]
    pub fn key(&self, kept: Kept) -> &[Cell] {
        self.0.get(..kept.key()).unwrap_or_default()
    }

    pub(super) fn bytes(&self, place: usize) -> Option<[u8; 16]> {
        match self.0.get(place) {
            Some(Cell::Bytes(bytes)) => Some(*bytes),
            _ => None,
        }
    }

    pub(super) fn number(&self, place: usize) -> Option<i64> {
        match self.0.get(place) {
            Some(Cell::Number(number)) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn text(&self, place: usize) -> Option<&str> {
        match self.0.get(place) {
            Some(Cell::Text(text)) => Some(text),
            _ => None,
        }
    }
}

fn from_hex(text: &str) -> Option<[u8; 16]> {
    let plain = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = plain.then(|| u128::from_str_radix(text, 16).ok())??;
    Some(number.to_be_bytes())
}
