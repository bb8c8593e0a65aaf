//! Authenticator apps.
//!
//! **Invariant:** a code is taken together with its step, once, and only of a confirmed app.

use crate::sql::{Value, Write};
use sekisho_core::change::TotpChange;
use sekisho_core::known::TotpKnown;

pub(super) fn writes(change: &TotpChange) -> Vec<Write> {
    match change {
        TotpChange::Begun(totp) => begun(totp),
        TotpChange::Confirmed {
            id,
            revision,
            step,
            at,
        } => vec![Write::one(
            "UPDATE totp SET confirmed = ?4, step = ?3, revision = revision + 1 \
             WHERE id = ?1 AND revision = ?2 AND confirmed IS NULL",
            [
                (*id).into(),
                (*revision).into(),
                (*step).into(),
                (*at).into(),
            ],
        )],
        TotpChange::Removed { id, revision } => vec![Write::one(
            "DELETE FROM totp WHERE id = ?1 AND revision = ?2",
            [(*id).into(), (*revision).into()],
        )],
        TotpChange::Undone { customer, since } => vec![Write::any(
            "DELETE FROM totp WHERE customer = ?1 AND COALESCE(confirmed, begun) >= ?2",
            [(*customer).into(), (*since).into()],
        )],
        TotpChange::Used {
            id,
            revision,
            step,
            at,
        } => vec![Write::one(
            "UPDATE totp SET step = ?3, last_at = ?4, revision = revision + 1 \
             WHERE id = ?1 AND revision = ?2 AND step < ?3 AND confirmed IS NOT NULL",
            [
                (*id).into(),
                (*revision).into(),
                (*step).into(),
                (*at).into(),
            ],
        )],
    }
}

fn begun(totp: &TotpKnown) -> Vec<Write> {
    vec![
        Write::any(
            "DELETE FROM totp WHERE customer = ?1 AND confirmed IS NULL",
            [totp.customer.into()],
        ),
        Write::one(
            "INSERT INTO totp (id, customer, session, secret, begun, step, revision) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)",
            [
                totp.id.into(),
                totp.customer.into(),
                totp.session.into(),
                Value::from(&totp.secret),
                totp.begun.into(),
                totp.step.into(),
            ],
        ),
    ]
}
