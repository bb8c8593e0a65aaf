//! For the back-test: what was decided in a time, with what it was decided by.
//!
//! **Invariant:** a page is bounded, and the next one begins after the last entry of this one.

use super::rows::{entry, first};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::entry::Entry;
use sekisho_core::id::DecisionId;
use sekisho_core::moment::Moment;
use sekisho_core::outcome::Outcome;
use sekisho_core::report::reported;

/// Entries as [`judged`] reads them.
macro_rules! judged_entries {
    () => {
        "SELECT e.id, e.at, e.act, e.actor, e.application, e.customer, e.operation, e.verdict, \
         e.requirements, e.reasons, e.policy, e.facts, e.staff, o.outcome FROM entry e \
         LEFT JOIN outcome o ON o.decision = e.id "
    };
}

/// What has features is what rules may have judged. An id begins with the moment at which the
/// decision was made, and what was judged is never later than that.
const JUDGED: &str = concat!(
    judged_entries!(),
    "WHERE e.id > ?1 AND e.at >= ?2 AND e.at < ?3 AND e.facts LIKE '{\"address\":%' \
     ORDER BY e.id LIMIT ?4"
);

/// The same of the newest, from the last one backwards.
const NEWEST: &str = concat!(
    judged_entries!(),
    "WHERE e.id >= ?1 AND e.id < ?2 AND e.facts LIKE '{\"address\":%' ORDER BY e.id DESC LIMIT ?3"
);

/// Where so many of them begin.
const FLOOR: &str = "SELECT e.id FROM entry e WHERE e.facts LIKE '{\"address\":%' \
     ORDER BY e.id DESC LIMIT 1 OFFSET ?1";

/// What customers said was not theirs.
const REPORTS: &str = "SELECT facts FROM entry \
     WHERE id > ?1 AND act = 'report' AND verdict = 'allow' ORDER BY id";

const ONE: &str = "SELECT e.id, e.at, e.act, e.actor, e.application, e.customer, e.operation, \
     e.verdict, e.requirements, e.reasons, e.policy, e.facts, e.staff FROM entry e \
     WHERE e.id = ?1";

fn judged(row: &Row) -> Result<(Entry, Option<Outcome>), Fault> {
    let outcome = row.maybe_text("outcome")?;
    Ok((entry(row)?, outcome.and_then(Outcome::parse)))
}

impl Store {
    /// Entries that rules may have judged, with what became of them, from one moment until before
    /// another, in the order of their ids after `after`, so many at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn judged_entries(
        &self,
        after: DecisionId,
        (from, until): (Moment, Moment),
        most: u32,
    ) -> Result<Vec<(Entry, Option<Outcome>)>, Fault> {
        let params = [after.into(), from.into(), until.into(), most.into()];
        self.rows_of(Query::new(JUDGED, params), judged).await
    }

    /// The same entries before `before`, the newest first and none before `floor`, so many at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn newest_judged_entries(
        &self,
        floor: DecisionId,
        before: DecisionId,
        most: u32,
    ) -> Result<Vec<(Entry, Option<Outcome>)>, Fault> {
        let params = [floor.into(), before.into(), most.into()];
        self.rows_of(Query::new(NEWEST, params), judged).await
    }

    /// The oldest of so many of the newest entries that rules may have judged; `None` where there
    /// are fewer.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn judged_floor(&self, most: u32) -> Result<Option<DecisionId>, Fault> {
        let query = Query::new(FLOOR, [most.saturating_sub(1).into()]);
        let answers = self.db.read(vec![query]).await?;
        let read = |row: &Row| Ok(DecisionId(row.id16("id")?));
        answers.first().map_or(Ok(None), |rows| first(rows, read))
    }

    /// The decisions of which their customers said, after this one was made, that it was somebody
    /// else.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn reported_decisions(&self, after: DecisionId) -> Result<Vec<DecisionId>, Fault> {
        let read = |row: &Row| Ok(reported(row.text("facts")?));
        let found = self.rows_of(Query::new(REPORTS, [after.into()]), read);
        Ok(found.await?.into_iter().flatten().collect())
    }

    /// The entry of this decision.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn entry(&self, id: DecisionId) -> Result<Option<Entry>, Fault> {
        let answers = self.db.read(vec![Query::new(ONE, [id.into()])]).await?;
        answers.first().map_or(Ok(None), |rows| first(rows, entry))
    }
}
