//! Claims of work.
//!
//! **Invariant:** a claim changes only as it was seen.

use crate::sql::Write;
use sekisho_core::change::Claimed;

pub(super) fn write(claimed: Claimed) -> Write {
    let Claimed { work, seen, until } = claimed;
    let word = work.word().into();
    match seen {
        None => Write::one(
            "INSERT INTO claim (work, until) VALUES (?1, ?2) ON CONFLICT (work) DO NOTHING",
            [word, until.into()],
        ),
        Some(seen) => Write::one(
            "UPDATE claim SET until = ?2 WHERE work = ?1 AND until = ?3",
            [word, until.into(), seen.into()],
        ),
    }
}
