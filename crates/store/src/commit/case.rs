//! Cases, and how far the daily look has got.
//!
//! **Invariant:** a case that is closed stays as it is.

use crate::sql::Write;
use sekisho_core::change::{CaseChange, CaseOpened};

pub(super) fn write(change: &CaseChange) -> Write {
    match change {
        CaseChange::Asked { about, worry } => Write::one(
            "UPDATE case_file SET asked = 1, revision = revision + 1 \
             WHERE about = ?1 AND source = ?2 AND asked = 0",
            [(*about).into(), worry.source().into()],
        ),
        CaseChange::Closed {
            id,
            revision,
            by,
            at,
            end,
        } => Write::one(
            "UPDATE case_file SET closed_by = ?3, closed = ?4, ending = ?5, \
             revision = revision + 1 WHERE id = ?1 AND revision = ?2 AND closed IS NULL",
            [
                (*id).into(),
                (*revision).into(),
                (*by).into(),
                (*at).into(),
                end.word().into(),
            ],
        ),
        CaseChange::Looked { seen, until } => Write::one(
            "UPDATE daily_look SET until = ?2 WHERE one = 1 AND COALESCE(until, ?3) = ?1",
            [
                seen.map_or(i64::MIN, |seen| seen.0).into(),
                (*until).into(),
                i64::MIN.into(),
            ],
        ),
        CaseChange::Noted {
            id,
            decision,
            by,
            at,
            sealed,
        } => Write::one(
            "INSERT INTO case_note (decision, case_file, staff, at, sealed) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
            [
                (*decision).into(),
                (*id).into(),
                (*by).into(),
                (*at).into(),
                sealed.into(),
            ],
        ),
        CaseChange::Opened(case) => opened(case),
        CaseChange::Taken {
            id,
            revision,
            by,
            at,
        } => Write::one(
            "UPDATE case_file SET taken_by = ?3, taken = ?4, revision = revision + 1 \
             WHERE id = ?1 AND revision = ?2 AND closed IS NULL",
            [(*id).into(), (*revision).into(), (*by).into(), (*at).into()],
        ),
    }
}

fn opened(case: &CaseOpened) -> Write {
    Write::one(
        "INSERT INTO case_file (id, customer, source, found, place, about, act, done, opened, \
         opened_by, asked, revision) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1) \
         ON CONFLICT (about, source) DO NOTHING",
        [
            case.id.into(),
            case.customer.into(),
            case.worry.source().into(),
            case.worry.word().into(),
            i64::from(case.worry.place().unwrap_or(u8::MAX)).into(),
            case.about.into(),
            case.act.word().into(),
            case.done.into(),
            case.at.into(),
            case.by.into(),
            case.asked.into(),
        ],
    )
}
