//! For opening a locked factor again: on which devices a customer's counters lie.
//!
//! **Invariant:** the devices that were used last come first, so that a limit leaves out old ones.

use super::rows::moment;
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::bytes::CounterKey;
use sekisho_core::id::{CustomerId, DeviceId};
use sekisho_core::known::TriesKnown;
use sekisho_core::reopen::FactorTries;

const DEVICES: &str =
    "SELECT id FROM device WHERE customer = ?1 ORDER BY last_at DESC, id LIMIT 64";
const TRIES: &str = "SELECT tries, total, last_at, locked_until FROM guess WHERE counter = ?1";

impl Store {
    /// The customer's devices, the 64 that were used last at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn device_ids(&self, customer: CustomerId) -> Result<Vec<DeviceId>, Fault> {
        self.rows_of(Query::new(DEVICES, [customer.into()]), |row| {
            Ok(DeviceId(row.id16("id")?))
        })
        .await
    }

    /// These counters, from one snapshot.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn tries_of(&self, keys: &[CounterKey]) -> Result<Vec<FactorTries>, Fault> {
        let queries = keys.iter().map(|key| Query::new(TRIES, [(*key).into()]));
        let answers = self.db.read(queries.collect()).await?;
        let read = |(key, rows): (&CounterKey, &Vec<_>)| {
            let tries = super::first(rows, |row| {
                Ok(TriesKnown {
                    tries: row.int("tries")?,
                    total: row.int("total")?,
                    last: moment(row, "last_at")?,
                    locked_until: moment(row, "locked_until")?,
                })
            });
            Ok(FactorTries {
                key: *key,
                tries: tries?,
            })
        };
        keys.iter().zip(&answers).map(read).collect()
    }
}
