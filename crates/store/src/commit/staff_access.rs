//! Passkeys of people of the firm, and their sessions in the console.
//!
//! **Invariant:** a session that ended is never taken up again.

use super::values::words;
use crate::sql::{Value, Write};
use sekisho_core::change::StaffAccess;
use sekisho_core::id::StaffId;
use sekisho_core::known::{Attestation, StaffPasskeyKnown};
use sekisho_core::moment::Moment;

pub(super) fn writes(change: &StaffAccess) -> Vec<Write> {
    match change {
        StaffAccess::Ended { staff, at } => vec![
            ended(*staff, *at),
            Write::any(
                "DELETE FROM staff_passkey WHERE staff = ?1",
                [(*staff).into()],
            ),
        ],
        StaffAccess::SessionsEnded { staff, at } => vec![ended(*staff, *at)],
        StaffAccess::PasskeyAdded { passkey, revision } => {
            vec![counted(passkey.staff, *revision), inserted(passkey)]
        }
        StaffAccess::PasskeyRemoved { .. } => removed(change),
        StaffAccess::PasskeyUsed {
            passkey: (id, revision),
            count,
            backup,
            at,
        } => vec![Write::one(
            "UPDATE staff_passkey SET signatures = ?3, backup = ?4, last_at = ?5, \
             revision = revision + 1 WHERE id = ?1 AND revision = ?2",
            [
                (*id).into(),
                (*revision).into(),
                i64::from(*count).into(),
                backup.word().into(),
                (*at).into(),
            ],
        )],
        StaffAccess::SessionEnded { id, at } => vec![Write::any(
            "UPDATE staff_session SET ended = ?2 WHERE id = ?1 AND ended IS NULL",
            [(*id).into(), (*at).into()],
        )],
        StaffAccess::SessionOpened { .. } => opened(change),
        StaffAccess::SessionProved { id, token, at } => vec![Write::one(
            "UPDATE staff_session SET token = ?2, proved = ?3, last_at = ?3 \
             WHERE id = ?1 AND ended IS NULL",
            [(*id).into(), (*token).into(), (*at).into()],
        )],
        StaffAccess::SessionSeen { id, at } => vec![Write::one(
            "UPDATE staff_session SET last_at = CASE WHEN last_at < ?2 THEN ?2 ELSE last_at END \
             WHERE id = ?1 AND ended IS NULL",
            [(*id).into(), (*at).into()],
        )],
    }
}

fn ended(staff: StaffId, at: Moment) -> Write {
    Write::any(
        "UPDATE staff_session SET ended = ?2 WHERE staff = ?1 AND ended IS NULL",
        [staff.into(), at.into()],
    )
}

/// The owner's row counts on, so that of two changes of their passkeys one is decided again.
fn counted(staff: StaffId, revision: i64) -> Write {
    Write::one(
        "UPDATE staff SET revision = revision + 1 \
         WHERE id = ?1 AND revision = ?2 AND disabled IS NULL",
        [staff.into(), revision.into()],
    )
}

fn removed(change: &StaffAccess) -> Vec<Write> {
    let StaffAccess::PasskeyRemoved {
        passkey: (id, revision),
        staff: (staff, owner),
        but,
        at,
    } = change
    else {
        return Vec::new();
    };
    vec![
        counted(*staff, *owner),
        Write::one(
            "DELETE FROM staff_passkey WHERE id = ?1 AND revision = ?2 AND staff = ?3",
            [(*id).into(), (*revision).into(), (*staff).into()],
        ),
        Write::any(
            "UPDATE staff_session SET ended = ?3 \
             WHERE staff = ?1 AND passkey = ?2 AND id <> ?4 AND ended IS NULL",
            [(*staff).into(), (*id).into(), (*at).into(), (*but).into()],
        ),
    ]
}

fn opened(change: &StaffAccess) -> Vec<Write> {
    let StaffAccess::SessionOpened {
        id,
        token,
        staff,
        passkey,
        at,
        ends,
    } = change
    else {
        return Vec::new();
    };
    vec![Write::one(
        "INSERT INTO staff_session (id, token, staff, passkey, opened, proved, last_at, ends) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?5, ?6)",
        [
            (*id).into(),
            (*token).into(),
            (*staff).into(),
            (*passkey).into(),
            (*at).into(),
            (*ends).into(),
        ],
    )]
}

fn inserted(passkey: &StaffPasskeyKnown) -> Write {
    let attested = i64::from(passkey.attestation == Attestation::Rooted);
    Write::one(
        "INSERT INTO staff_passkey (id, staff, rp_id, handle, user_handle, public_key, signatures, \
         backup, aaguid, attested, transports, name, created, last_at, revision) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 1)",
        [
            passkey.id.into(),
            passkey.staff.into(),
            passkey.rp_id.as_str().into(),
            Value::from(passkey.handle.clone()),
            passkey.user_handle.clone().into(),
            passkey.public_key.clone().into(),
            i64::from(passkey.sign_count).into(),
            passkey.backup.word().into(),
            passkey.aaguid.to_vec().into(),
            attested.into(),
            words(passkey.transports.iter().map(|one| one.word())),
            passkey.name.as_str().into(),
            passkey.created.into(),
            passkey.last.into(),
        ],
    )
}
