//! Claims of work.
//!
//! **Invariant:** one row is read.

use super::rows::moment;
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::claim::Work;
use sekisho_core::moment::Moment;

impl Store {
    /// Until when work is claimed; `None` if it never was.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn claimed(&self, work: Work) -> Result<Option<Moment>, Fault> {
        let text = "SELECT until FROM claim WHERE work = ?1";
        let query = Query::new(text, [work.word().into()]);
        self.row_of(query, |row| moment(row, "until")).await
    }
}
