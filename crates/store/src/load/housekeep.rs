//! For the act "housekeep": whether there is anything to remove.
//!
//! **Invariant:** what is found here is what the removal removes.

use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::moment::Moment;

/// A request whose code is still there is removed after it, so it does not count.
const EXPIRED: &str = "SELECT 1 AS one WHERE \
     EXISTS (SELECT 1 FROM interaction WHERE expires < ?1) \
     OR EXISTS (SELECT 1 FROM challenge WHERE expires < ?1) \
     OR EXISTS (SELECT 1 FROM authorization_code WHERE expires < ?1) \
     OR EXISTS (SELECT 1 FROM authorization_request r WHERE r.expires < ?1 AND NOT EXISTS \
         (SELECT 1 FROM authorization_code k WHERE k.request = r.id)) \
     OR EXISTS (SELECT 1 FROM session WHERE ends < ?1) \
     OR EXISTS (SELECT 1 FROM report_code WHERE expires < ?1) \
     OR EXISTS (SELECT 1 FROM idempotency WHERE at < ?1)";

impl Store {
    /// Whether anything expired before `before` and can be removed.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn has_expired(&self, before: Moment) -> Result<bool, Fault> {
        let query = Query::new(EXPIRED, [before.into()]);
        Ok(self.row_of(query, |_| Ok(())).await?.is_some())
    }
}
