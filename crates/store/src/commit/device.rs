//! Remembered devices and their tokens.
//!
//! **Invariant:** whatever changes the tokens of a device first writes the row of the device, so
//! that two who do it come one after the other.

use crate::sql::{Value, Write};
use sekisho_core::bytes::Sealed;
use sekisho_core::change::{Change, DeviceRemembered, DeviceRotated};
use sekisho_core::id::{CustomerId, DeviceId, SessionId};
use sekisho_core::moment::Moment;

pub(super) fn writes(change: &Change) -> Option<Vec<Write>> {
    Some(match change {
        Change::DeviceForgotten {
            id,
            customer,
            but,
            at,
        } => forgotten(*id, *customer, *but, *at),
        Change::DeviceNamed { id, customer, name } => vec![named(*id, *customer, name.as_ref())],
        Change::DeviceRemembered(device) => remembered(device),
        Change::DeviceRotated(rotated) => replaced(rotated),
        _ => return None,
    })
}

const TOKEN: &str = "INSERT INTO device_token (token, device, customer, parent, issued) \
                     VALUES (?1, ?2, ?3, ?4, ?5)";

fn remembered(device: &DeviceRemembered) -> Vec<Write> {
    let client = device.client.as_ref();
    let client = client.map(|client| Value::from(client.as_str()));
    let (id, customer, at) = (device.id, device.customer, device.at);
    vec![
        Write::one(
            "INSERT INTO device (id, customer, client, created, last_at) \
             VALUES (?1, ?2, ?3, ?4, ?4)",
            [id.into(), customer.into(), client.into(), at.into()],
        ),
        Write::one(
            TOKEN,
            [
                device.token.into(),
                id.into(),
                customer.into(),
                Value::Null,
                at.into(),
            ],
        ),
    ]
}

/// Whoever is not the first to retire a token finds it retired and is stale.
fn replaced(rotated: &DeviceRotated) -> Vec<Write> {
    let (id, presented, at) = (rotated.id, rotated.presented, rotated.at);
    vec![
        Write::one(
            "UPDATE device SET last_at = CASE WHEN last_at < ?3 THEN ?3 ELSE last_at END \
             WHERE id = ?1 AND customer = ?2 AND forgotten IS NULL",
            [id.into(), rotated.customer.into(), at.into()],
        ),
        Write::one(
            "UPDATE device_token SET retired = NULL \
             WHERE token = ?1 AND device = ?2 AND retired IS NULL",
            [presented.into(), id.into()],
        ),
        Write::any(
            "UPDATE device_token SET retired = ?3 \
             WHERE device = ?1 AND token <> ?2 AND retired IS NULL \
             AND (parent IS NULL OR parent <> ?2 OR issued < ?4)",
            [
                id.into(),
                presented.into(),
                at.into(),
                rotated.spared.into(),
            ],
        ),
        Write::one(
            TOKEN,
            [
                rotated.issued.into(),
                id.into(),
                rotated.customer.into(),
                presented.into(),
                at.into(),
            ],
        ),
    ]
}

fn named(id: DeviceId, customer: CustomerId, name: Option<&Sealed>) -> Write {
    Write::one(
        "UPDATE device SET name = ?3 WHERE id = ?1 AND customer = ?2 AND forgotten IS NULL",
        [
            id.into(),
            customer.into(),
            name.map_or(Value::Null, Value::from),
        ],
    )
}

fn forgotten(id: DeviceId, customer: CustomerId, but: SessionId, at: Moment) -> Vec<Write> {
    vec![
        Write::one(
            "UPDATE device SET forgotten = ?3, name = NULL \
             WHERE id = ?1 AND customer = ?2 AND forgotten IS NULL",
            [id.into(), customer.into(), at.into()],
        ),
        Write::any(
            "DELETE FROM approver WHERE device = ?1 AND customer = ?2",
            [id.into(), customer.into()],
        ),
        Write::any(
            "UPDATE session SET ended = ?4 \
             WHERE customer = ?2 AND device = ?1 AND id <> ?3 AND ended IS NULL",
            [id.into(), customer.into(), but.into(), at.into()],
        ),
    ]
}
