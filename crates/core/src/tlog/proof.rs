//! Proofs that a leaf is in a tree, and that a tree is the beginning of another: RFC 9162 section
//! 2.1.
//!
//! **Invariant:** what is made from tiles is what the recursion of the RFC makes from leaves; and
//! verifying takes no more steps than a proof of the size that is named can have.

use super::{Digest, Head, Tile, WIDTH, hashes, node, root, split};
use std::collections::BTreeMap;

/// Tiles that were read so far, by level and index.
pub type Tiles = BTreeMap<(u8, u64), Vec<u8>>;

/// A tile that has to be read first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Its level.
    pub level: u8,
    /// Which of these.
    pub index: u64,
}

/// Where hashes come from: full tiles that were read, and the end of the tree.
struct Source<'a> {
    head: &'a Head,
    tiles: &'a Tiles,
}

/// The proof that the leaf at `index` is in the tree that `head` ends; `Ok(None)` if it is not.
///
/// # Errors
/// [`Missing`] while a tile is needed that is not in `tiles`.
pub fn inclusion(head: &Head, tiles: &Tiles, index: u64) -> Result<Option<Vec<Digest>>, Missing> {
    if index >= head.size() {
        return Ok(None);
    }
    let source = Source { head, tiles };
    let mut path = Vec::new();
    let (mut begin, mut end) = (0, head.size());
    while end - begin > 1 {
        let middle = begin + split(end - begin);
        let other = if index < middle {
            source.range(middle, end)?
        } else {
            source.range(begin, middle)?
        };
        path.push(other);
        if index < middle {
            end = middle;
        } else {
            begin = middle;
        }
    }
    path.reverse();
    Ok(Some(path))
}

/// The proof that the first `size` leaves are the beginning of the tree that `head` ends;
/// `Ok(None)` if there are not so many.
///
/// # Errors
/// [`Missing`] while a tile is needed that is not in `tiles`.
pub fn consistency(head: &Head, tiles: &Tiles, size: u64) -> Result<Option<Vec<Digest>>, Missing> {
    if size > head.size() {
        return Ok(None);
    }
    let source = Source { head, tiles };
    let mut path = Vec::new();
    let (mut begin, mut end, mut whole) = (0, head.size(), true);
    while size != 0 && size != end {
        let middle = begin + split(end - begin);
        if size <= middle {
            path.push(source.range(middle, end)?);
            end = middle;
        } else {
            path.push(source.range(begin, middle)?);
            (begin, whole) = (middle, false);
        }
    }
    if size != 0 && !whole {
        path.push(source.range(begin, end)?);
    }
    path.reverse();
    Ok(Some(path))
}

impl Source<'_> {
    /// The root of the leaves from `begin` up to `end`, as they stand in the tree.
    fn range(&self, begin: u64, end: u64) -> Result<Digest, Missing> {
        let count = end - begin;
        if count.is_power_of_two() {
            return self.perfect(begin, count);
        }
        let middle = begin + split(count);
        Ok(node(&self.range(begin, middle)?, &self.range(middle, end)?))
    }

    /// The root of a power of two of leaves that begins at a multiple of it.
    fn perfect(&self, begin: u64, count: u64) -> Result<Digest, Missing> {
        let height = count.trailing_zeros();
        let level = u8::try_from(height / 8).unwrap_or(u8::MAX);
        let first = begin >> (8 * u32::from(level));
        let tile = Missing {
            level,
            index: first / WIDTH as u64,
        };
        let (offset, many) = ((first % WIDTH as u64) as usize, 1_usize << (height % 8));
        let found = self.row(tile)?;
        let some = found.get(offset..offset + many).ok_or(tile)?;
        Ok(root(some))
    }

    fn row(&self, tile: Missing) -> Result<Vec<Digest>, Missing> {
        if let Some(bytes) = self.tiles.get(&(tile.level, tile.index)) {
            return hashes(bytes).ok_or(tile);
        }
        // A level has one tile that is not full, and that is the end's.
        let last = self.head.size() >> (8 * (u32::from(tile.level) + 1));
        let row = self.head.rows.get(usize::from(tile.level));
        row.filter(|_| last == tile.index).cloned().ok_or(tile)
    }
}

impl From<Tile> for Missing {
    fn from(tile: Tile) -> Self {
        Self {
            level: tile.level,
            index: tile.index,
        }
    }
}

/// Whether `leaf` stands at `index` in the tree of `size` leaves with this root (RFC 9162 section
/// 2.1.3.2).
#[must_use]
pub fn verify_inclusion(
    leaf: &Digest,
    (index, size): (u64, u64),
    proof: &[Digest],
    expected: &Digest,
) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for other in proof {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            hash = node(other, &hash);
            while at.is_multiple_of(2) && at != 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            hash = node(&hash, other);
        }
        (at, last) = (at / 2, last / 2);
    }
    last == 0 && hash == *expected
}

/// Whether the tree of `from` leaves is the beginning of that of `to` (RFC 9162 section 2.1.4.2).
/// The empty tree is the beginning of every tree, and needs no proof.
#[must_use]
pub fn verify_consistency(
    (from, from_root): (u64, &Digest),
    (to, to_root): (u64, &Digest),
    proof: &[Digest],
) -> bool {
    if from == 0 || from == to {
        let empty = from != 0 || *from_root == root(&[]);
        return empty && from <= to && proof.is_empty() && (from == 0 || from_root == to_root);
    }
    if from > to {
        return false;
    }
    let whole = from.is_power_of_two().then_some(from_root);
    let mut proof = whole.into_iter().chain(proof);
    let Some(first) = proof.next() else {
        return false;
    };
    let shift = (from - 1).trailing_ones();
    let (mut at, mut last) = ((from - 1) >> shift, (to - 1) >> shift);
    let (mut old, mut new) = (*first, *first);
    for other in proof {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            old = node(other, &old);
            new = node(other, &new);
            while at.is_multiple_of(2) && at != 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            new = node(&new, other);
        }
        (at, last) = (at / 2, last / 2);
    }
    last == 0 && old == *from_root && new == *to_root
}
