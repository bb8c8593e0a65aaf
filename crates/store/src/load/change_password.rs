//! For the act "change_password", and for the security centre: the password of a customer.
//!
//! **Invariant:** a customer has one password at most.

use super::rows::{maybe_moment, moment};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::id::{CredentialId, CustomerId};
use sekisho_core::known::CredentialKnown;

const OF_CUSTOMER: &str =
    "SELECT id, hash, revision, set_at, void_at FROM credential WHERE customer = ?1";

impl Store {
    /// The customer's password, if there is one.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn credential(&self, customer: CustomerId) -> Result<Option<CredentialKnown>, Fault> {
        self.row_of(Query::new(OF_CUSTOMER, [customer.into()]), |row| {
            Ok(CredentialKnown {
                id: CredentialId(row.id16("id")?),
                customer,
                hash: row.text("hash")?.to_owned(),
                revision: row.int("revision")?,
                set: moment(row, "set_at")?,
                void: maybe_moment(row, "void_at")?,
            })
        })
        .await
    }
}
