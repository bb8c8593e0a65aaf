//! What leaves for the archive.
//!
//! **Invariant:** a row of the history goes only if it is in a part that was kept, and is counted
//! there.

use crate::sql::Write;
use sekisho_core::archive::{Kept, PartKept};
use sekisho_core::change::ArchiveChange;
use sekisho_core::moment::Moment;

/// The rows are found through their entries, whose ids are in order of time.
const REMOVED: &str = "DELETE FROM access WHERE (customer, at, decision) IN \
     (SELECT e.customer, e.at, e.id FROM entry e WHERE e.id > ?1 AND e.id <= ?2)";

/// Before they go: a row that came between those that were counted stays, and they with it.
const GONE: &str = "UPDATE archive_part SET gone = gone + ?4 \
     WHERE kept = 'accesses' AND after = ?1 AND after <= ?2 AND upto >= ?3 AND ?4 = \
     (SELECT COUNT(*) FROM entry e JOIN access a ON a.customer = e.customer \
         AND a.at = e.at AND a.decision = e.id WHERE e.id > ?2 AND e.id <= ?3)";

const CLEARED: &str = "UPDATE archive_part SET removed = ?3 \
     WHERE kept = ?1 AND after = ?2 AND removed IS NULL \
     AND NOT EXISTS (SELECT 1 FROM entry e JOIN access a ON a.customer = e.customer \
         AND a.at = e.at AND a.decision = e.id \
         WHERE e.id > archive_part.after AND e.id <= archive_part.upto)";

pub(super) fn writes(change: &ArchiveChange) -> Vec<Write> {
    match change {
        ArchiveChange::Cleared { kept, part, at } => {
            let params = [kept.word().into(), (*part).into(), (*at).into()];
            vec![Write::one(CLEARED, params)]
        }
        ArchiveChange::Kept { kept, at } => vec![kept_part(kept, *at)],
        ArchiveChange::Removed {
            part,
            after,
            upto,
            rows,
        } => {
            let rows = i64::try_from(*rows).unwrap_or(i64::MAX);
            let span = [(*after).into(), (*upto).into()];
            let counted = [(*part).into(), (*after).into(), (*upto).into(), rows.into()];
            vec![Write::one(GONE, counted), Write::any(REMOVED, span)]
        }
    }
}

fn kept_part(kept: &PartKept, at: Moment) -> Write {
    let rows = i64::try_from(kept.rows).unwrap_or(i64::MAX);
    // Decisions are copied: nothing of them is ever to be removed.
    let removed = (kept.part.kept == Kept::Decisions).then_some(at);
    Write::one(
        "INSERT INTO archive_part (kept, after, upto, day, held, digest, at, removed) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (kept, after) DO NOTHING",
        [
            kept.part.kept.word().into(),
            kept.after.into(),
            kept.upto.into(),
            kept.part.day.map(|day| day.begins()).into(),
            rows.into(),
            kept.digest.into(),
            at.into(),
            removed.into(),
        ],
    )
}
