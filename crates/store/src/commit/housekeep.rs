//! The removal of what has expired long ago.
//!
//! **Invariant:** one commit removes at most [`MOST`] rows of a table, so that it never holds the
//! writer for long.

use crate::sql::Write;
use sekisho_core::moment::Moment;

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
const REMOVALS: [&str; 7] = [
    removal!("interaction", "id", "expires < ?1"),
    removal!("challenge", "bound", "expires < ?1"),
    removal!("authorization_code", "code", "expires < ?1"),
    removal!(
        "authorization_request",
        "id",
        "expires < ?1 AND NOT EXISTS (SELECT 1 FROM authorization_code \
         WHERE authorization_code.request = authorization_request.id)"
    ),
    removal!("session", "id", "ends < ?1"),
    removal!("report_code", "code", "expires < ?1"),
    "DELETE FROM idempotency WHERE at < ?1 AND request_key IN \
     (SELECT request_key FROM idempotency WHERE at < ?1 LIMIT ?2)",
];

pub(super) fn expired_removed(before: Moment) -> Vec<Write> {
    let removal = |text: &&'static str| Write::any(*text, [before.0.into(), MOST.into()]);
    REMOVALS.iter().map(removal).collect()
}
