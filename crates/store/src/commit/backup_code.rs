//! Backup codes.
//!
//! **Invariant:** a code is used by exactly one commit, and a set takes the place of the one that
//! was seen, whole.

use crate::sql::Write;
use sekisho_core::change::BackupChange;
use sekisho_core::id::CredentialId;
use sekisho_core::known::BackupSetKnown;

pub(super) fn writes(change: &BackupChange) -> Vec<Write> {
    match change {
        BackupChange::Again { set, code, at } => vec![Write::one(
            "UPDATE backup_code SET again = ?3 \
             WHERE backup_set = ?1 AND hash = ?2 AND used IS NOT NULL AND again IS NULL",
            [(*set).into(), (*code).into(), (*at).into()],
        )],
        BackupChange::Made { set, before } => made(set, *before),
        BackupChange::Removed { customer, since } => vec![
            Write::any(
                "DELETE FROM backup_code WHERE backup_set IN \
                 (SELECT id FROM backup_set WHERE customer = ?1 AND made >= ?2)",
                [(*customer).into(), (*since).into()],
            ),
            Write::any(
                "DELETE FROM backup_set WHERE customer = ?1 AND made >= ?2",
                [(*customer).into(), (*since).into()],
            ),
        ],
        BackupChange::Used { set, code, at } => vec![Write::one(
            "UPDATE backup_code SET used = ?3 \
             WHERE backup_set = ?1 AND hash = ?2 AND used IS NULL",
            [(*set).into(), (*code).into(), (*at).into()],
        )],
    }
}

fn made(set: &BackupSetKnown, before: Option<CredentialId>) -> Vec<Write> {
    let mut writes = Vec::with_capacity(set.codes.len() + 3);
    if let Some(before) = before {
        writes.push(Write::any(
            "DELETE FROM backup_code WHERE backup_set = ?1",
            [before.into()],
        ));
        writes.push(Write::one(
            "DELETE FROM backup_set WHERE id = ?1 AND customer = ?2",
            [before.into(), set.customer.into()],
        ));
    }
    writes.push(Write::one(
        "INSERT INTO backup_set (id, customer, made) VALUES (?1, ?2, ?3)",
        [set.id.into(), set.customer.into(), set.made.into()],
    ));
    writes.extend(set.codes.iter().map(|code| {
        Write::one(
            "INSERT INTO backup_code (backup_set, hash) VALUES (?1, ?2)",
            [set.id.into(), code.hash.into()],
        )
    }));
    writes
}
