//! Passkeys and the challenges they answered.
//!
//! **Invariant:** a passkey changes only together with its revision, and a challenge is spent once.

use crate::sql::{Value, Write};
use sekisho_core::change::Change;
use sekisho_core::known::PasskeyKnown;
use sekisho_core::proof::UserSeen;

pub(super) fn writes(change: &Change) -> Option<Vec<Write>> {
    let write = match change {
        Change::TicketSpent { nonce, expires } => Write::one(
            "INSERT INTO spent_ticket (nonce, expires) VALUES (?1, ?2)",
            [(*nonce).into(), (*expires).into()],
        ),
        Change::PasskeyAdded(passkey) => added(passkey),
        Change::PasskeyRemoved { id, revision } => Write::one(
            "DELETE FROM passkey WHERE id = ?1 AND revision = ?2",
            [(*id).into(), (*revision).into()],
        ),
        Change::PasskeyRenamed { id, revision, name } => Write::one(
            "UPDATE passkey SET name = ?3, revision = revision + 1 \
             WHERE id = ?1 AND revision = ?2",
            [(*id).into(), (*revision).into(), name.as_str().into()],
        ),
        Change::PasskeyUsed {
            id,
            revision,
            count,
            backup,
            at,
        } => Write::one(
            "UPDATE passkey SET signatures = ?3, backup = ?4, last_at = ?5, \
             revision = revision + 1 WHERE id = ?1 AND revision = ?2",
            [
                (*id).into(),
                (*revision).into(),
                i64::from(*count).into(),
                backup.word().into(),
                (*at).into(),
            ],
        ),
        Change::PasskeysRemoved { customer, since } => Write::any(
            "DELETE FROM passkey WHERE customer = ?1 AND created >= ?2",
            [(*customer).into(), (*since).into()],
        ),
        other => return super::totp::writes(other),
    };
    Some(vec![write])
}

fn added(passkey: &PasskeyKnown) -> Write {
    let verified = i64::from(passkey.seen == UserSeen::Verified);
    Write::one(
        "INSERT INTO passkey (id, customer, handle, public_key, signatures, user_verified, backup, \
         aaguid, name, created, last_at, revision) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1)",
        [
            passkey.id.into(),
            passkey.customer.into(),
            Value::from(passkey.handle.clone()),
            passkey.public_key.clone().into(),
            i64::from(passkey.sign_count).into(),
            verified.into(),
            passkey.backup.word().into(),
            passkey.aaguid.to_vec().into(),
            passkey.name.as_str().into(),
            passkey.created.into(),
            passkey.last.into(),
        ],
    )
}
