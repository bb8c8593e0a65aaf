//! For the reports of incidents: whether the record has one.
//!
//! **Invariant:** no more of the record is read than what was decided in the span that is asked.

use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::bytes::Digest;
use sekisho_core::count::before;
use sekisho_core::moment::Moment;

const NOTED: &str = "SELECT 1 AS one FROM entry WHERE id >= ?1 AND id < ?2 AND act = ?3 \
     AND verdict = ?4 AND facts LIKE ?5 LIMIT 1";

impl Store {
    /// Whether a sweep that was decided in this span noted what has this digest.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn is_noted(
        &self,
        digest: Digest,
        (from, until): (Moment, Moment),
    ) -> Result<bool, Fault> {
        let noted = format!("%\"digest\":\"{digest}\"%");
        let params = [
            before(from).into(),
            before(until).into(),
            "sweep".into(),
            "allow".into(),
            noted.into(),
        ];
        let found = self.row_of(Query::new(NOTED, params), |_| Ok(())).await?;
        Ok(found.is_some())
    }
}
