//! A forest as bytes, to be kept with a rule set and read back anywhere.
//!
//! `SKIF`, version, number of columns and their numbers, rows of a sample and trees (16 bits each),
//! then the trees, each node before its left and its right side: 0 and the rows for a leaf; 1, the
//! rows, the column's place and the bits of the value for a split. Big-endian. Written forests are
//! the same on every machine.
//!
//! **Invariant:** what is read is a forest that could have been grown: any other bytes are refused,
//! and reading takes no more memory than the bytes themselves warrant.

use super::{Column, DEPTH, Forest, Node, SAMPLE, Split, TREES};

const MAGIC: &[u8; 4] = b"SKIF";
const VERSION: u8 = 1;

/// Bytes are no forest, for this reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an isolation forest: {0}")]
pub struct NotAForest(&'static str);

impl Forest {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.push(VERSION);
        out.push(self.columns.len() as u8);
        out.extend(self.columns.iter().map(|column| *column as u8));
        out.extend(self.sample.to_be_bytes());
        out.extend((self.trees.len() as u16).to_be_bytes());
        for node in self.trees.iter().flatten() {
            out.push(u8::from(node.split.is_some()));
            out.extend(node.size.to_be_bytes());
            if let Some(split) = &node.split {
                out.push(split.column);
                out.extend(split.at.to_bits().to_be_bytes());
            }
        }
        out
    }

    /// The forest of some bytes.
    ///
    /// # Errors
    /// [`NotAForest`] for anything that [`Forest::bytes`] did not write.
    pub fn read(bytes: &[u8]) -> Result<Self, NotAForest> {
        let mut reader = Reader { rest: bytes };
        if reader.take::<4>()? != *MAGIC {
            return Err(NotAForest("no forest at all"));
        }
        if reader.take::<1>()? != [VERSION] {
            return Err(NotAForest("of an unknown version"));
        }
        let columns = reader.columns()?;
        let sample = u16::from_be_bytes(reader.take()?);
        let trees = u16::from_be_bytes(reader.take()?);
        if !(2..=SAMPLE).contains(&usize::from(sample))
            || !(1..=TREES).contains(&usize::from(trees))
        {
            return Err(NotAForest("of an impossible size"));
        }
        let mut forest = Self {
            sample,
            trees: Vec::new(),
            columns,
        };
        for _ in 0..trees {
            let mut tree = Vec::new();
            if reader.node(&mut tree, forest.columns.len(), 0)? != sample {
                return Err(NotAForest("a tree of another sample"));
            }
            forest.trees.push(tree);
        }
        if reader.rest.is_empty() {
            Ok(forest)
        } else {
            Err(NotAForest("something follows it"))
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], NotAForest> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(NotAForest("cut off"))?;
        self.rest = rest;
        Ok(*taken)
    }

    fn columns(&mut self) -> Result<Vec<Column>, NotAForest> {
        let [count] = self.take()?;
        let mut columns = Vec::new();
        for _ in 0..count {
            let [code] = self.take()?;
            let column = Column::ALL.get(usize::from(code));
            let column = *column.ok_or(NotAForest("an unknown column"))?;
            if columns.contains(&column) {
                return Err(NotAForest("a column twice"));
            }
            columns.push(column);
        }
        if columns.is_empty() {
            return Err(NotAForest("no columns"));
        }
        Ok(columns)
    }

    /// One node with what lies below it; how many rows came to it. The rows of a split are those of
    /// its two sides and no side is empty, so the number of nodes is bounded by the sample.
    fn node(
        &mut self,
        tree: &mut Vec<Node>,
        columns: usize,
        depth: usize,
    ) -> Result<u16, NotAForest> {
        let [tag] = self.take()?;
        let size = u16::from_be_bytes(self.take()?);
        if tag > 1 || size == 0 || usize::from(size) > SAMPLE || depth > DEPTH {
            return Err(NotAForest("an impossible node"));
        }
        let place = tree.len();
        tree.push(Node { size, split: None });
        if tag == 0 {
            return Ok(size);
        }
        let [column] = self.take()?;
        let at = f64::from_bits(u64::from_be_bytes(self.take()?));
        if usize::from(column) >= columns || !at.is_finite() {
            return Err(NotAForest("an impossible split"));
        }
        let left = self.node(tree, columns, depth + 1)?;
        let split = Split {
            column,
            at,
            right: tree.len() as u16,
        };
        let right = self.node(tree, columns, depth + 1)?;
        if left + right != size {
            return Err(NotAForest("a split that loses rows"));
        }
        tree[place].split = Some(split);
        Ok(size)
    }
}
