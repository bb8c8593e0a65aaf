//! The tree of a transparency log: RFC 6962 section 2.1, cut into tiles as C2SP tlog-tiles has
//! them.
//!
//! A writer keeps the end of the tree alone: at each level the tile that is not full yet. From that
//! follow the root, and what the next leaves make of it.
//!
//! **Invariant:** the root depends on the leaves and their order alone, however they were added.

mod proof;
mod tile;

pub use proof::{Missing, Tiles, consistency, inclusion, verify_consistency, verify_inclusion};
pub use tile::{MOST_BYTES, Tile, bundle, path_of_entries, unbundle};

use crate::bytes::{Digest, Digesting};

/// Hashes of a full tile (tlog-tiles: "Tiles are 256 hashes wide").
pub const WIDTH: usize = 256;
/// Levels of tiles at most: 256 to the eighth is more than any log holds.
pub const LEVELS: u32 = 8;

/// The hash of a leaf.
#[must_use]
pub fn leaf(data: &[u8]) -> Digest {
    let mut digesting = Digesting::default();
    digesting.take(&[0]);
    digesting.take(data);
    digesting.end()
}

/// The hash of two that stand side by side.
#[must_use]
pub fn node(left: &Digest, right: &Digest) -> Digest {
    let mut digesting = Digesting::default();
    digesting.take(&[1]);
    digesting.take(&left.0);
    digesting.take(&right.0);
    digesting.end()
}

/// The root over hashes of one level, the last of which may be of fewer leaves than the others.
#[must_use]
pub fn root(hashes: &[Digest]) -> Digest {
    match hashes {
        [] => Digest::of(&[]),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(split(more.len() as u64) as usize);
            node(&root(left), &root(right))
        }
    }
}

/// The largest power of two that is smaller than `count`, which is two or more.
const fn split(count: u64) -> u64 {
    match count {
        0..=2 => 1,
        more => 1 << (u64::BITS - 1 - (more - 1).leading_zeros()),
    }
}

/// The end of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    size: u64,
    /// Of each level of tiles, from the leaves up, the hashes of the tile that is not full.
    rows: Vec<Vec<Digest>>,
}

impl Head {
    /// How many leaves there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hash of the whole tree.
    #[must_use]
    pub fn root(&self) -> Digest {
        let mut below = None;
        for row in &self.rows {
            let hashes: Vec<_> = row.iter().copied().chain(below).collect();
            below = (!hashes.is_empty()).then(|| root(&hashes));
        }
        below.unwrap_or_else(|| root(&[]))
    }

    /// Adds leaves, by their hashes, and answers the tiles that are full now.
    pub fn grow(&mut self, leaves: impl IntoIterator<Item = Digest>) -> Vec<(Tile, Vec<u8>)> {
        let mut full = Vec::new();
        for leaf in leaves {
            self.size += 1;
            let mut carried = Some(leaf);
            let mut level = 0;
            while let Some(hash) = carried.take() {
                carried = self.push(level, hash, &mut full);
                level += 1;
            }
        }
        full
    }

    /// Adds a hash to a level; answers that of its tile if it is full by it.
    fn push(
        &mut self,
        level: usize,
        hash: Digest,
        full: &mut Vec<(Tile, Vec<u8>)>,
    ) -> Option<Digest> {
        if self.rows.len() <= level {
            self.rows.resize(level + 1, Vec::new());
        }
        let row = self.rows.get_mut(level)?;
        row.push(hash);
        if row.len() < WIDTH {
            return None;
        }
        let hashes = std::mem::take(row);
        let covered = 1_u64.checked_shl(8 * (u32::try_from(level).ok()? + 1))?;
        let tile = Tile {
            level: u8::try_from(level).ok()?,
            index: self.size / covered - 1,
            width: 256,
        };
        full.push((tile, flat(&hashes)));
        Some(root(&hashes))
    }

    /// The tiles that are not full.
    #[must_use]
    pub fn partial(&self) -> Vec<(Tile, Vec<u8>)> {
        let rows = (0_u8..).zip(&self.rows).filter(|(_, row)| !row.is_empty());
        rows.map(|(level, row)| {
            let tile = Tile {
                level,
                index: self.size >> (8 * (u32::from(level) + 1)),
                width: u16::try_from(row.len()).unwrap_or(256),
            };
            (tile, flat(row))
        })
        .collect()
    }

    /// As it is stored: the size, and all hashes behind it. How many are of which level follows
    /// from the size.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let hashes = self.rows.iter().flat_map(|row| flat(row));
        self.size.to_be_bytes().into_iter().chain(hashes).collect()
    }

    /// Reads what [`Self::to_bytes`] wrote; `None` if it cannot have.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (size, mut rest) = bytes.split_first_chunk::<8>()?;
        let size = u64::from_be_bytes(*size);
        let mut rows = Vec::new();
        for level in 0..LEVELS {
            let above = size >> (8 * level);
            if above == 0 {
                break;
            }
            let (row, behind) = rest.split_at_checked((above % 256) as usize * 32)?;
            rows.push(hashes(row)?);
            rest = behind;
        }
        rest.is_empty().then_some(Self { size, rows })
    }
}

/// Hashes one behind the other.
fn flat(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The hashes of a tile; `None` if it ends within one.
fn hashes(bytes: &[u8]) -> Option<Vec<Digest>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    let hashes = hashes.iter().map(|hash| Digest(*hash)).collect();
    rest.is_empty().then_some(hashes)
}

#[cfg(test)]
mod tests;
