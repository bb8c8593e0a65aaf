//! For the act "deliver", and for the operator's view of the outbox.
//!
//! **Invariant:** workers find what is due in the order in which it became due, and no customer's
//! messages keep those of others waiting.

use super::rows::notice;
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::id::{CustomerId, NoticeId};
use sekisho_core::known::{NoticeKnown, NoticeState};
use sekisho_core::moment::Moment;
use sekisho_core::notice::Carrier;

/// How many messages stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoticeCounts {
    /// Waiting for a try.
    pub waiting: i64,
    /// Given up.
    pub dead: i64,
}

/// The columns of a message.
macro_rules! notice_select {
    () => {
        "SELECT id, customer, kind, channel, template, locale, sealed, created, expires, tries, state, \
         next_at, last_error FROM notice"
    };
}

const BY_ID: &str = concat!(notice_select!(), " WHERE id = ?1");

/// Of what has been due for longest, the first message of each customer, then the second of each: a
/// flood to one waits behind the others. Whoever is no customer yet counts as one of their own.
/// What is of a campaign comes after everything else, however long it has been due.
const DUE: &str = concat!(
    "SELECT * FROM (SELECT d.*, ROW_NUMBER() OVER \
     (PARTITION BY d.later, COALESCE(d.customer, d.id) ORDER BY d.next_at, d.id) AS turn FROM (\
     SELECT p.*, 0 AS later FROM (",
    notice_select!(),
    " WHERE state = ?1 AND kind = ?2 AND next_at <= ?3 AND campaign IS NULL \
     ORDER BY next_at, id LIMIT 1024) AS p UNION ALL SELECT c.*, 1 AS later FROM (",
    notice_select!(),
    " WHERE state = ?1 AND kind = ?2 AND next_at <= ?3 AND campaign IS NOT NULL \
     ORDER BY next_at, id LIMIT 64) AS c) AS d) AS t ORDER BY later, turn, next_at, id LIMIT ?4"
);

/// After a moment and an id, so that a page begins where the one before ended.
const BY_STATE: &str = concat!(
    notice_select!(),
    " WHERE state = ?1 AND (created > ?2 OR (created = ?2 AND id > ?3)) \
     ORDER BY created, id LIMIT ?4"
);

/// Before a moment and an id, so that a page begins where the one before ended.
const OF_CUSTOMER: &str = concat!(
    notice_select!(),
    " WHERE customer = ?1 AND (created < ?2 OR (created = ?2 AND id < ?3)) \
     ORDER BY created DESC, id DESC LIMIT ?4"
);

const COUNTS: &str = "SELECT (SELECT COUNT(*) FROM notice WHERE state = ?1) AS waiting, \
     (SELECT COUNT(*) FROM notice WHERE state = ?2) AS dead";

impl Store {
    /// Messages of one kind that are due at `now`, the longest due first but each customer in turn,
    /// `limit` at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn notices_due(
        &self,
        kind: Carrier,
        now: Moment,
        limit: u32,
    ) -> Result<Vec<NoticeKnown>, Fault> {
        let params = [
            NoticeState::Waiting.word().into(),
            kind.word().into(),
            now.into(),
            limit.into(),
        ];
        self.rows_of(Query::new(DUE, params), notice).await
    }

    /// The message with this id.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn notice(&self, id: NoticeId) -> Result<Option<NoticeKnown>, Fault> {
        self.row_of(Query::new(BY_ID, [id.into()]), notice).await
    }

    /// A page of messages in a state, the oldest first, after the last one of the page before.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn notices(
        &self,
        state: NoticeState,
        after: Option<(Moment, NoticeId)>,
        limit: u32,
    ) -> Result<Vec<NoticeKnown>, Fault> {
        let (moment, id) = after.unwrap_or((Moment(i64::MIN), NoticeId([0; 16])));
        let params = [state.word().into(), moment.into(), id.into(), limit.into()];
        self.rows_of(Query::new(BY_STATE, params), notice).await
    }

    /// A page of the messages to a customer, the newest first, before the last one of the page
    /// before.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn notices_of(
        &self,
        customer: CustomerId,
        before: Option<(Moment, NoticeId)>,
        limit: u32,
    ) -> Result<Vec<NoticeKnown>, Fault> {
        let (moment, id) = before.unwrap_or((Moment(i64::MAX), NoticeId([0xff; 16])));
        let params = [customer.into(), moment.into(), id.into(), limit.into()];
        self.rows_of(Query::new(OF_CUSTOMER, params), notice).await
    }

    /// How many messages wait and how many were given up, for the metrics.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn notice_counts(&self) -> Result<NoticeCounts, Fault> {
        let params = [
            NoticeState::Waiting.word().into(),
            NoticeState::Dead.word().into(),
        ];
        let counts = self.row_of(Query::new(COUNTS, params), |row| {
            Ok(NoticeCounts {
                waiting: row.int("waiting")?,
                dead: row.int("dead")?,
            })
        });
        Ok(counts.await?.unwrap_or_default())
    }
}
