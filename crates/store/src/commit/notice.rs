//! The outbox.
//!
//! **Invariant:** a message waits, or was sent, or is dead; nothing here removes one.

use super::values::free;
use crate::sql::{Value, Write};
use sekisho_core::bytes::Sealed;
use sekisho_core::change::Change;
use sekisho_core::id::NoticeId;
use sekisho_core::known::NoticeState;
use sekisho_core::moment::Moment;
use sekisho_core::notice::Notice;

const WAITING: &str = NoticeState::Waiting.word();

pub(super) fn writes(change: &Change) -> Option<Vec<Write>> {
    let write = match change {
        Change::NoticeClaimed { id, at, until } => claimed(*id, *at, *until),
        Change::NoticeDropped { id, at, error } => moved(*id, NoticeState::Dead, *at, Some(error)),
        Change::NoticePostponed {
            id,
            at: _,
            next,
            error,
        } => moved(*id, NoticeState::Waiting, *next, Some(error)),
        Change::NoticeRevived { id, at } => revived(*id, *at),
        Change::NoticeSent { id, at } => moved(*id, NoticeState::Sent, *at, None),
        _ => return None,
    };
    Some(vec![write])
}

/// A message to deliver from `at` on.
pub(super) fn queued(notice: &Notice, sealed: &Sealed, at: Moment) -> Write {
    Write::one(
        "INSERT INTO notice (id, customer, kind, template, locale, sealed, created, state, tries, \
         next_at, expires, channel, campaign) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?7, ?9, ?10, ?11)",
        [
            notice.id.into(),
            notice.customer.into(),
            notice.to.kind.word().into(),
            notice.kind.word().into(),
            notice.locale.tag().into(),
            sealed.into(),
            at.into(),
            WAITING.into(),
            notice.expires.into(),
            notice.to.channel.into(),
            notice.kind.campaign().into(),
        ],
    )
}

fn claimed(id: NoticeId, at: Moment, until: Moment) -> Write {
    Write::one(
        "UPDATE notice SET next_at = ?3 WHERE id = ?1 AND state = ?4 AND next_at <= ?2",
        [id.into(), at.into(), until.into(), WAITING.into()],
    )
}

/// The end of one try: where the message stands now and since when, or from when it is due again.
fn moved(id: NoticeId, to: NoticeState, next: Moment, error: Option<&String>) -> Write {
    Write::one(
        "UPDATE notice SET state = ?2, next_at = ?3, last_error = COALESCE(?4, last_error), \
         tries = tries + 1 WHERE id = ?1 AND state = ?5",
        [
            id.into(),
            to.word().into(),
            next.into(),
            error.map_or(Value::Null, |error| free(error)),
            WAITING.into(),
        ],
    )
}

fn revived(id: NoticeId, at: Moment) -> Write {
    Write::one(
        "UPDATE notice SET state = ?2, next_at = ?3, tries = 0 WHERE id = ?1 AND state = ?4",
        [
            id.into(),
            WAITING.into(),
            at.into(),
            NoticeState::Dead.word().into(),
        ],
    )
}
