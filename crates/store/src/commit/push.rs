//! Phones that approve, what they are asked, and the keys by which push services know us.
//!
//! **Invariant:** a request is approved, missed, ended or used in the revision that was seen.

use crate::sql::{Sql, Value, Write};
use sekisho_core::change::PushChange;
use sekisho_core::id::{ChallengeId, CredentialId};
use sekisho_core::known::{ApproverKnown, PushKnown};
use sekisho_core::moment::Moment;

pub(super) fn writes(change: &PushChange) -> Vec<Write> {
    match change {
        PushChange::ApproverAdded(approver) => added(approver),
        PushChange::ApproverRemoved { id, customer } => vec![Write::one(
            "DELETE FROM approver WHERE id = ?1 AND customer = ?2",
            [(*id).into(), (*customer).into()],
        )],
        PushChange::Approved {
            id,
            revision,
            approver,
            at,
        } => approved((*id, *revision), *approver, *at),
        PushChange::Asked { request, seen } => vec![asked(request, *seen)],
        PushChange::Ended { id, revision } => vec![Write::one(
            "DELETE FROM push_request WHERE id = ?1 AND revision = ?2",
            [(*id).into(), (*revision).into()],
        )],
        PushChange::KeyAdded { kid, sealed, at } => vec![Write::one(
            "INSERT INTO push_key (kid, sealed, created) VALUES (?1, ?2, ?3)",
            [kid.as_str().into(), sealed.into(), (*at).into()],
        )],
        PushChange::Missed { id, revision } => vec![Write::one(
            "UPDATE push_request SET wrong = wrong + 1, revision = revision + 1 \
             WHERE id = ?1 AND revision = ?2 AND approved IS NULL",
            [(*id).into(), (*revision).into()],
        )],
        PushChange::Spent { id, revision } => vec![Write::one(
            "DELETE FROM push_request WHERE id = ?1 AND revision = ?2 AND approved IS NOT NULL",
            [(*id).into(), (*revision).into()],
        )],
    }
}

/// The phone, if its device is remembered; PostgreSQL has to lock the row of the device against one
/// who forgets it at the same time.
macro_rules! approver_insert {
    ($lock:literal) => {
        concat!(
            "INSERT INTO approver (id, customer, device, sealed, push_key, created) \
             SELECT ?1, customer, id, ?4, ?5, ?6 FROM device \
             WHERE id = ?3 AND customer = ?2 AND forgotten IS NULL",
            $lock
        )
    };
}

const APPROVER_INSERT: Sql = Sql {
    sqlite: approver_insert!(""),
    postgres: approver_insert!(" FOR SHARE"),
};

fn added(approver: &ApproverKnown) -> Vec<Write> {
    vec![
        Write::any(
            "DELETE FROM approver WHERE device = ?1 AND customer = ?2",
            [approver.device.into(), approver.customer.into()],
        ),
        Write::one(
            APPROVER_INSERT,
            [
                approver.id.into(),
                approver.customer.into(),
                approver.device.into(),
                Value::from(&approver.sealed),
                approver.key.as_str().into(),
                approver.created.into(),
            ],
        ),
    ]
}

fn approved(request: (ChallengeId, i64), approver: CredentialId, at: Moment) -> Vec<Write> {
    let (id, revision) = request;
    vec![
        Write::one(
            "UPDATE approver SET last_at = ?2 WHERE id = ?1",
            [approver.into(), at.into()],
        ),
        Write::one(
            "UPDATE push_request SET approved = ?3, approver = ?4, revision = revision + 1 \
             WHERE id = ?1 AND revision = ?2 AND approved IS NULL",
            [id.into(), revision.into(), at.into(), approver.into()],
        ),
    ]
}

/// Of two that are asked at once, one finds nothing to replace.
fn asked(request: &PushKnown, seen: Option<ChallengeId>) -> Write {
    let mut params = vec![
        request.customer.into(),
        request.id.into(),
        request.about.word().into(),
        request.about.operation().into(),
        request.bound.into(),
        request.secret.into(),
        Value::from(&request.sealed),
        request.asker.into(),
        request.decision.into(),
        request.sent.into(),
        request.expires.into(),
    ];
    let text = match seen {
        None => {
            "INSERT INTO push_request (customer, id, about, operation, bound, secret, sealed, \
             asker, decision, sent, expires, wrong, revision) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, 1) \
             ON CONFLICT (customer) DO NOTHING"
        }
        Some(seen) => {
            params.push(seen.into());
            "UPDATE push_request SET id = ?2, about = ?3, operation = ?4, bound = ?5, secret = ?6, \
             sealed = ?7, asker = ?8, decision = ?9, sent = ?10, expires = ?11, wrong = 0, \
             approved = NULL, approver = NULL, revision = 1 \
             WHERE customer = ?1 AND id = ?12"
        }
    };
    Write::one(text, params)
}
