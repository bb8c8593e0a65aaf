//! The log: its leaves, its tiles and where it ends.
//!
//! **Invariant:** leaves come behind those that are there, and the end moves with them.

use crate::sql::{Value, Write};
use sekisho_core::log::{Leaf, LogChange, LogGrown, LogKnown, LogMended};
use sekisho_core::tlog::{LEVELS, Tile};

const GROWN: &str = "UPDATE log_head SET size = ?2, head = ?3, note = ?4, at = ?5 \
     WHERE number = 1 AND size = ?1";

const MENDED: &str = "UPDATE log_head SET size = ?2, head = ?3, note = ?4, at = ?5 \
     WHERE number = 1 AND note = ?1";

const TILE: &str = "INSERT INTO log_tile (level, number, hashes) VALUES (?1, ?2, ?3)";

const TILE_AGAIN: &str = "INSERT INTO log_tile (level, number, hashes) VALUES (?1, ?2, ?3) \
     ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes";

const TILES_BEHIND: &str = "DELETE FROM log_tile WHERE level = ?1 AND number >= ?2";

pub(super) fn writes(change: &LogChange) -> Vec<Write> {
    match change {
        LogChange::Began(log) => vec![began(log)],
        LogChange::Grown(grown) => {
            let tiles = tiles(TILE, grown);
            std::iter::once(ends(GROWN, number(grown.from), grown))
                .chain(leaves(grown))
                .chain(tiles)
                .collect()
        }
        LogChange::Mended(mended) => {
            let LogMended { seen, grown } = &**mended;
            std::iter::once(ends(MENDED, seen.as_str().into(), grown))
                .chain((0..LEVELS).map(|level| behind(level, size(grown))))
                .chain(leaves(grown))
                .chain(tiles(TILE_AGAIN, grown))
                .collect()
        }
    }
}

fn leaves(grown: &LogGrown) -> impl Iterator<Item = Write> {
    let leaves = (grown.from..).zip(&grown.leaves);
    leaves.map(|(place, leaf)| added(place, leaf))
}

fn tiles(text: &'static str, grown: &LogGrown) -> impl Iterator<Item = Write> {
    let tiles = grown.tiles.iter();
    tiles.map(move |(tile, hashes)| filled(text, tile, hashes))
}

/// Tiles that are not full any more.
fn behind(level: u32, size: u64) -> Write {
    let full = size.checked_shr(8 * (level + 1)).unwrap_or_default();
    Write::any(TILES_BEHIND, [i64::from(level).into(), number(full)])
}

fn size(grown: &LogGrown) -> u64 {
    let new = u64::try_from(grown.leaves.len()).unwrap_or(u64::MAX);
    grown.from.saturating_add(new)
}

fn began(log: &LogKnown) -> Write {
    Write::one(
        "INSERT INTO log_head (number, origin, key, verifier, size, head, note, at) \
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        [
            log.origin.as_str().into(),
            (&log.key).into(),
            log.verifier.as_str().into(),
            number(log.size),
            log.head.clone().into(),
            log.note.as_str().into(),
            log.at.into(),
        ],
    )
}

fn ends(text: &'static str, condition: Value, grown: &LogGrown) -> Write {
    Write::one(
        text,
        [
            condition,
            number(size(grown)),
            grown.head.clone().into(),
            grown.note.as_str().into(),
            grown.at.into(),
        ],
    )
}

fn added(place: u64, leaf: &Leaf) -> Write {
    Write::one(
        "INSERT INTO log_leaf (position, decision, salt, data) VALUES (?1, ?2, ?3, ?4)",
        [
            number(place),
            leaf.decision.into(),
            leaf.salt.0.into(),
            leaf.data.as_str().into(),
        ],
    )
}

fn filled(text: &'static str, tile: &Tile, hashes: &[u8]) -> Write {
    Write::one(
        text,
        [
            i64::from(tile.level).into(),
            number(tile.index),
            hashes.to_vec().into(),
        ],
    )
}

/// No log is so long that this matters; one that says so has a size that no other fits.
fn number(count: u64) -> Value {
    i64::try_from(count).unwrap_or(i64::MAX).into()
}
