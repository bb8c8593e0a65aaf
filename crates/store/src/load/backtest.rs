//! For the back-test: what was decided in a time, with what it was decided by.
//!
//! **Invariant:** a page is bounded, and the next one begins after the last entry of this one.

use super::rows::{entry, first};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::entry::Entry;
use sekisho_core::id::DecisionId;
use sekisho_core::moment::Moment;

/// What has features is what rules may have judged.
const JUDGED: &str = "SELECT e.id, e.at, e.act, e.actor, e.application, e.customer, e.operation, \
     e.verdict, e.requirements, e.reasons, e.policy, e.facts, e.staff FROM entry e \
     WHERE e.id > ?1 AND e.at >= ?2 AND e.at < ?3 AND e.facts LIKE '{\"address\":%' \
     ORDER BY e.id LIMIT ?4";

const ONE: &str = "SELECT e.id, e.at, e.act, e.actor, e.application, e.customer, e.operation, \
     e.verdict, e.requirements, e.reasons, e.policy, e.facts, e.staff FROM entry e \
     WHERE e.id = ?1";

impl Store {
    /// Entries that rules may have judged, from one moment until before another, in the order of
    /// their ids after `after`, so many at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn judged_entries(
        &self,
        after: DecisionId,
        (from, until): (Moment, Moment),
        most: u32,
    ) -> Result<Vec<Entry>, Fault> {
        let params = [after.into(), from.into(), until.into(), most.into()];
        self.rows_of(Query::new(JUDGED, params), entry).await
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
