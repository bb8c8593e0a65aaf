//! Webhooks, and what applications were told of their operations.
//!
//! **Invariant:** `told_revision` never goes down, and never above the revision.

use super::values::free;
use crate::sql::{Value, Write};
use sekisho_core::bytes::Sealed;
use sekisho_core::change::WebhookChange;
use sekisho_core::id::{ApplicationId, OperationId};
use sekisho_core::moment::Moment;

/// One at a time tells of an operation, and of the revision that it read. Until what came of it is
/// known `tell_about` is below zero: what changes meanwhile waits for that, and for nothing else
/// (`moves!`).
const CLAIMED: &str = "UPDATE operation SET tell_next = ?4, \
     tell_tries = CASE WHEN ABS(tell_about) = ?2 THEN tell_tries ELSE 0 END, tell_about = 0 - ?2 \
     WHERE id = ?1 AND revision = ?2 AND told_revision < ?2 AND tell_next <= ?3";

/// What changed meanwhile is due at once.
const TOLD: &str = "UPDATE operation SET told_revision = ?2, tell_next = 0, tell_tries = 0 \
     WHERE id = ?1 AND told_revision < ?2 AND revision >= ?2";

/// What changed meanwhile is due at once, and its own tries are counted.
const POSTPONED: &str = "UPDATE operation SET \
     tell_next = CASE WHEN revision = ?3 THEN CAST(?2 AS BIGINT) ELSE 0 END, \
     tell_tries = CASE WHEN ABS(tell_about) = ?3 THEN tell_tries + 1 ELSE 1 END, tell_about = ?3 \
     WHERE id = ?1 AND told_revision < ?3";

/// How a column of an operation moves to its next revision: its application is told of the new
/// state at once, however long that of before had to wait, unless that is being told right now.
macro_rules! moves {
    () => {
        "revision = revision + 1, tell_next = CASE WHEN tell_about < 0 THEN tell_next ELSE 0 END"
    };
}

pub(crate) use moves;

const FAILED: &str = "UPDATE webhook SET failed_at = ?2, error = ?3, given_up = given_up + ?4, \
     failing = COALESCE(failing, ?2) WHERE application = ?1";

const ACCEPTED: &str =
    "UPDATE webhook SET failing = NULL WHERE application = ?1 AND failing IS NOT NULL";

/// At another address what waits is tried at once, with all its tries.
const ANEW: &str = "UPDATE operation SET tell_next = 0, tell_tries = 0 \
     WHERE application = ?1 AND told_revision < revision";

const SET: &str = "INSERT INTO webhook (application, url, secret, created, given_up) \
     VALUES (?1, ?2, ?3, ?4, 0) ON CONFLICT (application) DO UPDATE SET url = excluded.url, \
     secret = excluded.secret, former = NULL, former_until = NULL, failed_at = NULL, error = NULL, \
     failing = NULL, given_up = 0";

const ROTATED: &str = "UPDATE webhook SET former = secret, former_until = ?3, secret = ?2 \
     WHERE application = ?1";

pub(super) fn writes(change: &WebhookChange) -> Vec<Write> {
    match change {
        WebhookChange::Claimed {
            operation,
            revision,
            at,
            until,
        } => vec![Write::one(
            CLAIMED,
            [
                (*operation).into(),
                (*revision).into(),
                (*at).into(),
                (*until).into(),
            ],
        )],
        WebhookChange::GivenUp {
            operation,
            revision,
            application,
            at,
            error,
        } => vec![
            told(*operation, *revision),
            failed(*application, *at, error, 1),
        ],
        WebhookChange::Postponed {
            operation,
            revision,
            application,
            at,
            next,
            error,
        } => vec![
            Write::any(
                POSTPONED,
                [(*operation).into(), (*next).into(), (*revision).into()],
            ),
            failed(*application, *at, error, 0),
        ],
        WebhookChange::Removed { application } => vec![Write::one(
            "DELETE FROM webhook WHERE application = ?1",
            [(*application).into()],
        )],
        WebhookChange::Rotated {
            application,
            secret,
            until,
        } => vec![Write::one(
            ROTATED,
            [(*application).into(), secret.into(), (*until).into()],
        )],
        WebhookChange::Set {
            application,
            url,
            secret,
            at,
        } => set((*application, *at), url, secret),
        WebhookChange::Told {
            operation,
            revision,
            application,
        } => vec![
            told(*operation, *revision),
            Write::any(ACCEPTED, [(*application).into()]),
        ],
    }
}

fn set(of: (ApplicationId, Moment), url: &str, secret: &Sealed) -> Vec<Write> {
    let (application, at) = of;
    let params = [
        application.into(),
        Value::from(url),
        secret.into(),
        at.into(),
    ];
    vec![
        Write::one(SET, params),
        Write::any(ANEW, [application.into()]),
    ]
}

/// It may have been told by the answer to its redemption meanwhile.
fn told(operation: OperationId, revision: i64) -> Write {
    Write::any(TOLD, [operation.into(), revision.into()])
}

fn failed(application: ApplicationId, at: Moment, error: &str, given_up: i64) -> Write {
    let params = [application.into(), at.into(), free(error), given_up.into()];
    Write::any(FAILED, params)
}
