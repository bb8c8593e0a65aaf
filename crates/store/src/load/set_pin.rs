//! For the acts "set PIN" and "confirm": the transaction PIN of a customer.
//!
//! **Invariant:** a customer has one at most.

use super::rows::{maybe_moment, moment};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::id::{CredentialId, CustomerId};
use sekisho_core::known::{PinBefore, PinKnown};

const PIN: &str = "SELECT id, customer, hash, set_at, before_hash, before_at, revision FROM pin \
     WHERE customer = ?1";

impl Store {
    /// The customer's transaction PIN, if there is one.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn pin(&self, customer: CustomerId) -> Result<Option<PinKnown>, Fault> {
        self.row_of(Query::new(PIN, [customer.into()]), pin).await
    }
}

fn pin(row: &Row) -> Result<PinKnown, Fault> {
    let before = row.maybe_text("before_hash")?.map(str::to_owned);
    let replaced = maybe_moment(row, "before_at")?;
    Ok(PinKnown {
        id: CredentialId(row.id16("id")?),
        customer: CustomerId(row.id16("customer")?),
        hash: row.text("hash")?.to_owned(),
        revision: row.int("revision")?,
        set: moment(row, "set_at")?,
        before: before
            .zip(replaced)
            .map(|(hash, replaced)| PinBefore { hash, replaced }),
    })
}
