//! How much goes into one part.
//!
//! **Invariant:** a part has a row at least, however long that is.

use super::{Cell, Cells};

/// What one cell takes beside its text, rounded up.
const CELL: usize = 24;

/// The room of a part: it is held in memory while it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// How many rows more.
    pub rows: usize,
    /// How many bytes more, as rows are held.
    pub bytes: usize,
}

impl Room {
    /// One row goes in; whether there is room for another one then.
    pub fn take(&mut self, row: &Cells) -> bool {
        let of = |cell: &Cell| match cell {
            Cell::Text(text) => CELL.saturating_add(text.len()),
            _ => CELL,
        };
        let bytes: usize = row.cells().iter().map(of).sum();
        self.rows = self.rows.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
        self.rows > 0 && self.bytes > 0
    }
}
