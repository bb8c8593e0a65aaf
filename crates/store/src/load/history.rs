//! The customer's login history.
//!
//! **Invariant:** the newest come first, and a page begins where the one before ended.

use super::rows::{access, access_columns};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::access::Access;
use sekisho_core::id::{CustomerId, DecisionId};
use sekisho_core::moment::Moment;

/// Which part of a history is asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct HistoryPage {
    /// Before this access; `None` for the newest.
    pub before: Option<(Moment, DecisionId)>,
    /// How many rows at most.
    pub limit: u32,
}

const BEFORE: &str = concat!(
    "SELECT ",
    access_columns!(),
    " FROM access a WHERE a.customer = ?1 AND (a.at < ?2 OR (a.at = ?2 AND a.decision < ?3)) \
     ORDER BY a.at DESC, a.decision DESC LIMIT ?4"
);

impl Store {
    /// A page of a customer's history.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn history(
        &self,
        customer: CustomerId,
        page: HistoryPage,
    ) -> Result<Vec<Access>, Fault> {
        let (moment, id) = page
            .before
            .unwrap_or((Moment(i64::MAX), DecisionId([0xff; 16])));
        let params = [customer.into(), moment.into(), id.into(), page.limit.into()];
        self.rows_of(Query::new(BEFORE, params), access).await
    }
}
