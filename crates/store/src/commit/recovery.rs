//! Recoveries in course.
//!
//! **Invariant:** a customer has one recovery of a kind at most, and one that is over gives
//! nothing.

use crate::sql::Write;
use sekisho_core::change::Change;
use sekisho_core::known::RecoveryKnown;

pub(super) fn writes(change: &Change) -> Option<Vec<Write>> {
    let write = match change {
        Change::RecoveryBegun(recovery) => begun(recovery),
        Change::RecoveryEnded(recovery) => ended(recovery),
        _ => return None,
    };
    Some(vec![write])
}

fn begun(recovery: &RecoveryKnown) -> Write {
    Write::one(
        "INSERT INTO recovery (customer, kind, decision, begun, due, expires) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT (customer, kind) DO UPDATE SET decision = excluded.decision, \
         begun = excluded.begun, due = excluded.due, expires = excluded.expires \
         WHERE recovery.expires <= excluded.begun",
        [
            recovery.customer.into(),
            recovery.kind.word().into(),
            recovery.decision.into(),
            recovery.begun.into(),
            recovery.due.into(),
            recovery.expires.into(),
        ],
    )
}

fn ended(recovery: &RecoveryKnown) -> Write {
    Write::one(
        "DELETE FROM recovery WHERE customer = ?1 AND decision = ?2",
        [recovery.customer.into(), recovery.decision.into()],
    )
}
