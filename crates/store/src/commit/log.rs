//! The log: its leaves, its tiles and where it ends.
//!
//! **Invariant:** leaves come behind those that are there, and the end moves with them.

use crate::sql::{Value, Write};
use sekisho_core::log::{Leaf, LogChange, LogGrown, LogKnown};
use sekisho_core::tlog::Tile;

const GROWN: &str = "UPDATE log_head SET size = ?2, head = ?3, note = ?4, at = ?5 \
     WHERE number = 1 AND size = ?1";

pub(super) fn writes(change: &LogChange) -> Vec<Write> {
    match change {
        LogChange::Began(log) => vec![began(log)],
        LogChange::Grown(grown) => {
            let leaves = (grown.from..).zip(&grown.leaves);
            let leaves = leaves.map(|(place, leaf)| added(place, leaf));
            let tiles = grown
                .tiles
                .iter()
                .map(|(tile, hashes)| filled(tile, hashes));
            std::iter::once(ends(grown))
                .chain(leaves)
                .chain(tiles)
                .collect()
        }
    }
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

fn ends(grown: &LogGrown) -> Write {
    let new = u64::try_from(grown.leaves.len()).unwrap_or(u64::MAX);
    Write::one(
        GROWN,
        [
            number(grown.from),
            number(grown.from.saturating_add(new)),
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

fn filled(tile: &Tile, hashes: &[u8]) -> Write {
    Write::one(
        "INSERT INTO log_tile (level, number, hashes) VALUES (?1, ?2, ?3)",
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
