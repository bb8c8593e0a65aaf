//! The isolation forest that is kept, and as a node holds it.
//!
//! **Invariant:** what is kept is bytes; a node that cannot read them goes on without a forest.

use std::sync::Arc;

use crate::bytes::Digest;
use crate::moment::Moment;
use crate::risk::rare::Forest;

/// A forest as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForestKnown {
    /// Counts up from 1.
    pub version: i64,
    /// The digest of the bytes.
    pub digest: Digest,
    /// What [`Forest::bytes`] wrote.
    pub bytes: Vec<u8>,
    /// When it was grown.
    pub grown: Moment,
    /// From how many accesses.
    pub rows: u32,
}

/// A forest that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Grown {
    /// Its version.
    pub version: i64,
    /// The forest.
    pub forest: Arc<Forest>,
}

impl ForestKnown {
    /// The forest, if these are its bytes and this version can read them.
    #[must_use]
    pub fn read(&self) -> Option<Grown> {
        if Digest::of(&self.bytes) != self.digest {
            return None;
        }
        Some(Grown {
            version: self.version,
            forest: Arc::new(Forest::read(&self.bytes).ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::rare::{Column, Row};

    #[test]
    fn what_was_altered_is_not_read() {
        let rows: Vec<[Option<f64>; 1]> = (0..99).map(|row| [Some(f64::from(row))]).collect();
        let rows: Vec<&Row> = rows.iter().map(|row| row.as_slice()).collect();
        let forest = Forest::train(&[Column::Hour], &rows, 1).unwrap();
        let mut known = ForestKnown {
            version: 3,
            digest: Digest::of(&forest.bytes()),
            bytes: forest.bytes(),
            grown: Moment(0),
            rows: 99,
        };
        let read = known.read().unwrap();
        assert_eq!((read.version, read.forest.as_ref()), (3, &forest));
        let last = known.bytes.len() - 1;
        known.bytes[last] ^= 1;
        assert_eq!(known.read(), None);
        known.bytes.clear();
        known.digest = Digest::of(&[]);
        assert_eq!(known.read(), None);
    }
}
