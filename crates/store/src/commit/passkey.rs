//! Passkeys and the challenges they answered.
//!
//! **Invariant:** a passkey changes only together with its revision, and a challenge is spent once.

use super::values::words;
use crate::sql::{Value, Write};
use sekisho_core::change::{
    AddedFrom, Change, PasskeyAdded, PasskeyRemoved, PasskeyUsed, PasskeysRemoved,
};
use sekisho_core::known::{Attestation, CustomerState, PasskeyKnown};
use sekisho_core::proof::UserSeen;

pub(super) fn writes(change: &Change) -> Option<Vec<Write>> {
    let write = match change {
        Change::TicketSpent { nonce, expires } => Write::one(
            "INSERT INTO spent_ticket (nonce, expires) VALUES (?1, ?2)",
            [(*nonce).into(), (*expires).into()],
        ),
        Change::PasskeyAdded(change) => return Some(added(change)),
        Change::PasskeyRemoved(change) => return Some(removed(*change)),
        Change::PasskeyRenamed { id, revision, name } => Write::one(
            "UPDATE passkey SET name = ?3, revision = revision + 1 \
             WHERE id = ?1 AND revision = ?2",
            [(*id).into(), (*revision).into(), name.as_str().into()],
        ),
        Change::PasskeyUsed(PasskeyUsed {
            id,
            revision,
            count,
            backup,
            at,
        }) => Write::one(
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
        Change::PasskeysRemoved(change) => return Some(all_removed(*change)),
        _ => return None,
    };
    Some(vec![write])
}

/// The customer's row counts on, so that of two passkeys that are added at once one is decided
/// again, and neither outlives a freeze or the end of its session.
fn added(change: &PasskeyAdded) -> Vec<Write> {
    let (customer, active) = (change.passkey.customer, CustomerState::Active.word());
    vec![
        Write::one(
            "UPDATE customer SET revision = revision + 1 \
             WHERE id = ?1 AND revision = ?2 AND state = ?3",
            [customer.into(), change.revision.into(), active.into()],
        ),
        Write::one(
            "UPDATE session SET last_at = last_at \
             WHERE id = ?1 AND customer = ?2 AND ended IS NULL",
            [change.session.into(), customer.into()],
        ),
        inserted(&change.passkey),
    ]
}

/// What the passkey locked stays locked for a while, which the customer's row tells.
fn removed(change: PasskeyRemoved) -> Vec<Write> {
    let removed = Write::one(
        "DELETE FROM passkey WHERE id = ?1 AND revision = ?2 AND customer = ?3",
        [
            change.id.into(),
            change.revision.into(),
            change.customer.into(),
        ],
    );
    let told = change.locks.map(|at| {
        Write::one(
            "UPDATE customer SET passkey_removed = ?2, revision = revision + 1 WHERE id = ?1",
            [change.customer.into(), at.into()],
        )
    });
    std::iter::once(removed).chain(told).collect()
}

/// As [`removed`], where there is any.
fn all_removed(change: PasskeysRemoved) -> Vec<Write> {
    let (customer, since) = (change.customer, change.since);
    let least: i64 = match change.from {
        AddedFrom::Anywhere => 0,
        AddedFrom::New => 1,
    };
    vec![
        Write::any(
            "UPDATE customer SET passkey_removed = ?4, revision = revision + 1 WHERE id = ?1 \
             AND EXISTS (SELECT 1 FROM passkey \
             WHERE customer = ?1 AND created >= ?2 AND strange >= ?3)",
            [
                customer.into(),
                since.into(),
                least.into(),
                change.at.into(),
            ],
        ),
        Write::any(
            "DELETE FROM passkey WHERE customer = ?1 AND created >= ?2 AND strange >= ?3",
            [customer.into(), since.into(), least.into()],
        ),
    ]
}

fn inserted(passkey: &PasskeyKnown) -> Write {
    let verified = i64::from(passkey.seen == UserSeen::Verified);
    let attested = i64::from(passkey.attestation == Attestation::Rooted);
    Write::one(
        "INSERT INTO passkey (id, customer, handle, public_key, signatures, user_verified, backup, \
         aaguid, name, created, last_at, rp_id, user_handle, transports, strange, attested, \
         revision) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, 1)",
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
            passkey.rp_id.as_str().into(),
            passkey.user_handle.clone().into(),
            words(passkey.transports.iter().map(|one| one.word())),
            passkey.place.into(),
            attested.into(),
        ],
    )
}
