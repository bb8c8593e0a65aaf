//! Signals, and what is registered.
//!
//! **Invariant:** a customer has one row for each trait, whatever is tried how often.

use crate::sql::Write;
use sekisho_core::change::{SignalChange, SignalRaised};

pub(super) fn writes(change: &SignalChange) -> Vec<Write> {
    vec![match change {
        SignalChange::Raised(signal) => raised(signal),
        // On PostgreSQL the row is locked, so that a second registration counts the first.
        SignalChange::Registered { seen, registered } => Write::one(
            "INSERT INTO registration (kind, value, revision) VALUES (?1, ?2, 1) \
             ON CONFLICT (kind, value) DO UPDATE SET revision = registration.revision + 1 \
             WHERE registration.revision = ?3",
            [
                seen.kind.code().into(),
                seen.value.into(),
                (*registered).into(),
            ],
        ),
    }]
}

fn raised(signal: &SignalRaised) -> Write {
    let crowd = &signal.crowd;
    Write::one(
        "INSERT INTO signal (customer, kind, value, others, first_at, reported, act, entry, \
         raised, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9) \
         ON CONFLICT (customer, kind, value) DO UPDATE SET others = excluded.others, \
         first_at = excluded.first_at, reported = excluded.reported, act = excluded.act, \
         entry = excluded.entry, at = excluded.at",
        [
            signal.customer.into(),
            crowd.seen.kind.code().into(),
            crowd.seen.value.into(),
            crowd.others.into(),
            crowd.first.into(),
            crowd.reported.into(),
            signal.act.word().into(),
            signal.entry.into(),
            signal.at.into(),
        ],
    )
}
