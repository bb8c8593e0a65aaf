//! People of the firm.
//!
//! **Invariant:** a row changes at the revision that was read, and is never removed.

use super::values::words;
use super::{listing, rules, staff_access};
use crate::sql::Write;
use sekisho_core::change::StaffChange;
use sekisho_core::known::StaffKnown;

pub(super) fn writes(change: &StaffChange) -> Vec<Write> {
    vec![match change {
        StaffChange::Access(change) => return staff_access::writes(change),
        StaffChange::Assigned {
            id,
            revision,
            roles,
        } => Write::one(
            "UPDATE staff SET roles = ?3, revision = revision + 1 \
             WHERE id = ?1 AND revision = ?2 AND disabled IS NULL",
            [
                (*id).into(),
                (*revision).into(),
                words(roles.iter().map(|role| role.word())),
            ],
        ),
        StaffChange::Listing(change) => return listing::writes(change),
        StaffChange::Rules(change) => return rules::writes(change),
        StaffChange::Added(known) => added(known),
        StaffChange::Disabled { id, revision, at } => Write::one(
            "UPDATE staff SET disabled = ?3, revision = revision + 1 \
             WHERE id = ?1 AND revision = ?2 AND disabled IS NULL",
            [(*id).into(), (*revision).into(), (*at).into()],
        ),
        StaffChange::Rotated {
            id,
            revision,
            hash,
            given,
        } => Write::one(
            "UPDATE staff SET hash = ?3, given = ?4, revision = revision + 1 \
             WHERE id = ?1 AND revision = ?2 AND disabled IS NULL",
            [
                (*id).into(),
                (*revision).into(),
                (*hash).into(),
                (*given).into(),
            ],
        ),
    }]
}

fn added(known: &StaffKnown) -> Write {
    Write::one(
        "INSERT INTO staff (id, name, roles, hash, created, given, disabled, revision) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        [
            known.id.into(),
            known.name.as_str().into(),
            words(known.roles.iter().map(|role| role.word())),
            known.hash.into(),
            known.created.into(),
            known.given.into(),
            known.disabled.into(),
            known.revision.into(),
        ],
    )
}
