//! What is counted of everybody.
//!
//! **Invariant:** counts change together with the mark, and only from the epoch that was read.

use crate::sql::Write;
use sekisho_core::change::PopulationChange;
use sekisho_core::known::{Census, ForestKnown, Headcount};

pub(super) fn writes(change: &PopulationChange) -> Vec<Write> {
    match change {
        PopulationChange::Counted { seen, to, more } => {
            let moved = Write::one(
                "UPDATE population_mark SET epoch = epoch + 1, mark = ?2 \
                 WHERE one = 1 AND epoch = ?1",
                [(*seen).into(), (*to).into()],
            );
            let counts = more.iter().map(|(what, count)| counted(*what, *count));
            std::iter::once(moved).chain(counts).collect()
        }
        PopulationChange::Grown(forest) => grown(forest),
    }
}

fn counted(what: Census, count: Headcount) -> Write {
    let (kind, value) = what.key();
    let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    Write::one(
        "INSERT INTO population (kind, value, logins, customers) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (kind, value) DO UPDATE SET \
         logins = population.logins + excluded.logins, \
         customers = population.customers + excluded.customers",
        [
            kind.into(),
            value.into(),
            whole(count.logins).into(),
            whole(count.customers).into(),
        ],
    )
}

fn grown(forest: &ForestKnown) -> Vec<Write> {
    let kept = Write::one(
        "INSERT INTO forest (version, digest, bytes, grown, grown_from) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
        [
            forest.version.into(),
            forest.digest.into(),
            forest.bytes.as_slice().into(),
            forest.grown.into(),
            forest.rows.into(),
        ],
    );
    let before = forest.version - 1;
    let old = Write::any("DELETE FROM forest WHERE version < ?1", [before.into()]);
    vec![kept, old]
}
