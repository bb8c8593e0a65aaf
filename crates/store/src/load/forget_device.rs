//! For the acts "forget_device" and "name_device": the remembered devices of a customer.
//!
//! **Invariant:** a forgotten device is not listed.

use super::rows::{client, moment};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::bytes::Sealed;
use sekisho_core::id::{CustomerId, DeviceId};
use sekisho_core::known::DeviceListed;

const OF_CUSTOMER: &str = "SELECT id, customer, client, name, created, last_at FROM device \
     WHERE customer = ?1 AND forgotten IS NULL ORDER BY last_at DESC, id LIMIT 100";

impl Store {
    /// The customer's remembered devices, the last used first, 100 at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn devices(&self, customer: CustomerId) -> Result<Vec<DeviceListed>, Fault> {
        self.rows_of(Query::new(OF_CUSTOMER, [customer.into()]), |row| {
            Ok(DeviceListed {
                id: DeviceId(row.id16("id")?),
                customer: CustomerId(row.id16("customer")?),
                client: client(row)?,
                name: row.maybe_bytes("name")?.map(|name| Sealed(name.to_vec())),
                created: moment(row, "created")?,
                last: moment(row, "last_at")?,
            })
        })
        .await
    }
}
