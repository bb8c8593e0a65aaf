//! The removal of what has expired long ago.
//!
//! **Invariant:** one commit removes at most [`MOST`] rows of a table, so that it never holds the
//! writer for long.

use super::bucket;
use crate::sql::Write;
use sekisho_core::change::Change;
use sekisho_core::device::KEPT;
use sekisho_core::known::NoticeState;
use sekisho_core::moment::{Moment, Span};

/// Most rows of a table that go at once.
const MOST: i64 = 5_000;

/// A removal by primary key of the rows that the condition on `?1` finds, `?2` at most.
macro_rules! removal {
    ($table:literal, $key:literal, $over:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE ",
            $key,
            " IN (SELECT ",
            $key,
            " FROM ",
            $table,
            " WHERE ",
            $over,
            " LIMIT ?2)"
        )
    };
}

/// Codes go before the requests that they answer.
const REMOVALS: [&str; 12] = [
    removal!("interaction", "id", "expires < ?1"),
    removal!("challenge", "id", "expires < ?1"),
    removal!("push_request", "id", "expires < ?1"),
    removal!("authorization_code", "code", "expires < ?1"),
    removal!(
        "authorization_request",
        "id",
        "expires < ?1 AND NOT EXISTS (SELECT 1 FROM authorization_code \
         WHERE authorization_code.request = authorization_request.id)"
    ),
    removal!("session", "id", "ends < ?1"),
    removal!("staff_session", "id", "ends < ?1"),
    removal!("recovery", "decision", "expires < ?1"),
    removal!("report_code", "code", "expires < ?1"),
    "DELETE FROM idempotency WHERE at < ?1 AND request_key IN \
     (SELECT request_key FROM idempotency WHERE at < ?1 LIMIT ?2)",
    removal!("spent_ticket", "nonce", "expires < ?1"),
    removal!("guess", "counter", "expires < ?1 AND locked_until < ?1"),
];

/// What failed from an address is looked at for two buckets only.
const FAILURES: &str = "DELETE FROM address_failure WHERE bucket < ?1 AND address IN \
     (SELECT address FROM address_failure WHERE bucket < ?1 LIMIT ?2)";

/// A retired token is known for as long as a browser could still bring it.
const DEVICE_TOKENS: &str = removal!("device_token", "token", "retired < ?1");

/// A message that still waits is first given up by a decision of its own.
const WORDS: &str = "UPDATE notice SET sealed = ?3, expires = NULL WHERE id IN \
     (SELECT id FROM notice WHERE expires < ?1 AND state <> ?4 LIMIT ?2)";

const MESSAGES: &str = "DELETE FROM notice WHERE id IN \
     (SELECT id FROM notice WHERE state IN (?3, ?4) AND next_at < ?1 LIMIT ?2)";

/// Whom an alert touched goes before the alert.
const TOUCHED: &str = "DELETE FROM alert_customer WHERE (alert, customer) IN \
     (SELECT c.alert, c.customer FROM alert a JOIN alert_customer c ON c.alert = a.id \
     WHERE a.closed < ?1 LIMIT ?2)";

const ALERTS: &str = removal!(
    "alert",
    "id",
    "closed < ?1 AND NOT EXISTS (SELECT 1 FROM alert_customer \
     WHERE alert_customer.alert = alert.id)"
);

/// Who was entered is found for as long as attempts are kept.
const ENTERED: &str = "DELETE FROM entered WHERE (customer, touched) IN \
     (SELECT customer, touched FROM entered WHERE touched < ?1 LIMIT ?2)";

pub(super) fn writes(change: &Change) -> Option<Vec<Write>> {
    match change {
        Change::ExpiredRemoved { before, messages } => Some(expired_removed(*before, *messages)),
        other => super::entry::writes(other),
    }
}

/// What is over a day before everything else is: an attempt is kept for
/// [`sekisho_core::attempt::KEPT`].
pub(crate) fn attempts_before(before: Moment) -> Moment {
    let longer = sekisho_core::attempt::KEPT.0 - sekisho_core::housekeep::KEPT.0;
    before.minus(Span(longer))
}

/// An alert that was closed is kept for [`sekisho_core::housekeep::ALERTS_KEPT`].
pub(crate) fn alerts_before(before: Moment) -> Moment {
    let longer = sekisho_core::housekeep::ALERTS_KEPT.0 - sekisho_core::housekeep::KEPT.0;
    before.minus(Span(longer))
}

fn expired_removed(before: Moment, messages: Moment) -> Vec<Write> {
    let removal = |text: &&'static str| Write::any(*text, [before.0.into(), MOST.into()]);
    let mut all: Vec<_> = REMOVALS.iter().map(removal).collect();
    let nothing: &[u8] = &[];
    let [waiting, sent, dead] =
        [NoticeState::Waiting, NoticeState::Sent, NoticeState::Dead].map(NoticeState::word);
    all.extend([
        Write::any(DEVICE_TOKENS, [before.minus(KEPT).into(), MOST.into()]),
        super::attempt::removed(attempts_before(before), MOST),
        Write::any(ENTERED, [attempts_before(before).into(), MOST.into()]),
        Write::any(TOUCHED, [alerts_before(before).into(), MOST.into()]),
        Write::any(ALERTS, [alerts_before(before).into(), MOST.into()]),
        Write::any(FAILURES, [bucket(before).into(), MOST.into()]),
        Write::any(
            WORDS,
            [before.into(), MOST.into(), nothing.into(), waiting.into()],
        ),
        Write::any(
            MESSAGES,
            [messages.into(), MOST.into(), sent.into(), dead.into()],
        ),
    ]);
    all.extend(super::campaign::removed(before, MOST));
    all
}
