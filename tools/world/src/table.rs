//! The small tab-separated tables of `data/`, compiled in.
//!
//! **Invariant:** a row with the wrong number of cells is named by file and line, never skipped.

use crate::config::WorldFault;

/// One table; `#` begins a comment line.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

/// One row of a table, with its place for the error message.
pub(crate) struct Row<const N: usize> {
    pub(crate) cells: [&'static str; N],
    table: &'static str,
    line: usize,
}

impl Table {
    pub(crate) fn rows<const N: usize>(&self) -> Result<Vec<Row<N>>, WorldFault> {
        let lines = self.text.lines().enumerate();
        lines
            .filter(|(_, text)| !text.is_empty() && !text.starts_with('#'))
            .map(|(index, text)| {
                let cells: Vec<&'static str> = text.split('\t').collect();
                let (table, line) = (self.name, index + 1);
                match cells.try_into() {
                    Ok(cells) => Ok(Row { cells, table, line }),
                    Err(_) => Err(WorldFault::Table {
                        table,
                        line,
                        reason: "number of cells",
                    }),
                }
            })
            .collect()
    }
}

impl<const N: usize> Row<N> {
    pub(crate) fn fault(&self, reason: &'static str) -> WorldFault {
        WorldFault::Table {
            table: self.table,
            line: self.line,
            reason,
        }
    }

    /// The cell at `index`, parsed.
    pub(crate) fn parse<T: core::str::FromStr>(
        &self,
        index: usize,
        reason: &'static str,
    ) -> Result<T, WorldFault> {
        self.cells[index].parse().map_err(|_| self.fault(reason))
    }
}
