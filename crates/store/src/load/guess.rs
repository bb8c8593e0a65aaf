//! For the reservation of a try: the counter.
//!
//! **Invariant:** what is read here only chooses the words of a refusal; the commit itself counts.

use super::rows::moment;
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::bytes::CounterKey;
use sekisho_core::known::TriesKnown;

impl Store {
    /// The guessing counter, if a try was ever reserved since it was cleared.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn tries(&self, key: CounterKey) -> Result<Option<TriesKnown>, Fault> {
        let text = "SELECT tries, total, last_at, locked_until FROM guess WHERE counter = ?1";
        self.row_of(Query::new(text, [key.into()]), |row| {
            Ok(TriesKnown {
                tries: row.int("tries")?,
                total: row.int("total")?,
                last: moment(row, "last_at")?,
                locked_until: moment(row, "locked_until")?,
            })
        })
        .await
    }
}
