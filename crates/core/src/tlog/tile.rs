//! Tiles and bundles of entries: where they stand and how they are written (C2SP tlog-tiles).
//!
//! **Invariant:** a tile has one path and a path is of one tile.

use std::fmt::Write as _;

/// The longest entry: its length is written in two bytes.
pub const MOST_BYTES: usize = u16::MAX as usize;

/// A tile of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// 0 for hashes of leaves; each level is 256 times fewer.
    pub level: u8,
    /// Which of its level, from 0 on.
    pub index: u64,
    /// How many hashes it holds: 256 if it is full.
    pub width: u16,
}

impl Tile {
    /// Its path, as `tile/0/x001/x234/067` or `tile/0/001.p/5`.
    #[must_use]
    pub fn path(&self) -> String {
        numbered(format!("tile/{}", self.level), self.index, self.width)
    }

    /// The tile of a path; `None` if that is none or not the one way of writing it.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok()?),
            None => (rest, 256),
        };
        let mut index = 0_u64;
        for part in number.split('/') {
            let digits = part.strip_prefix('x').unwrap_or(part);
            let part: u64 = digits.parse().ok()?;
            index = index.checked_mul(1_000)?.checked_add(part)?;
        }
        let tile = Self {
            level: level.parse().ok()?,
            index,
            width,
        };
        let fits = (1..=256).contains(&width) && tile.level < 8 && tile.path() == path;
        fits.then_some(tile)
    }
}

/// Where the bundle of the entries of a tile of leaves stands.
#[must_use]
pub fn path_of_entries(index: u64, width: u16) -> String {
    numbered("tile/entries".to_owned(), index, width)
}

/// Three digits a part, all but the last behind an x.
fn numbered(mut path: String, index: u64, width: u16) -> String {
    let (mut parts, mut rest) = (vec![index % 1_000], index / 1_000);
    while rest > 0 {
        parts.push(rest % 1_000);
        rest /= 1_000;
    }
    while let Some(part) = parts.pop() {
        let mark = if parts.is_empty() { "" } else { "x" };
        // Writing to a string fails never.
        let _written = write!(path, "/{mark}{part:03}");
    }
    if width < 256 {
        let _written = write!(path, ".p/{width}");
    }
    path
}

/// Entries as a bundle: each behind its length. `None` if one is too long.
#[must_use]
pub fn bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
    let mut bundle = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len()).ok()?;
        bundle.extend(length.to_be_bytes());
        bundle.extend(entry);
    }
    Some(bundle)
}

/// The entries of a bundle; `None` if it ends within one.
#[must_use]
pub fn unbundle(mut bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while !bundle.is_empty() {
        let (length, rest) = bundle.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        entries.push(entry);
        bundle = rest;
    }
    Some(entries)
}
