//! For the act "sign_up": whether a reference is taken. Who has a login is asked with
//! [`Store::logins`], the conversation with [`Store::interaction`].
//!
//! **Invariant:** references are compared exactly.

use super::rows::{customer, customer_columns};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::id::CustomerId;
use sekisho_core::known::CustomerKnown;
use sekisho_core::text::Reference;

pub(super) const BY_REFERENCE: &str = concat!(
    "SELECT ",
    customer_columns!(),
    " FROM customer c WHERE c.reference = ?1"
);

const BY_ID: &str = concat!(
    "SELECT ",
    customer_columns!(),
    " FROM customer c WHERE c.id = ?1"
);

impl Store {
    /// The customer whom applications call by this reference.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn customer_by_reference(
        &self,
        reference: &Reference,
    ) -> Result<Option<CustomerKnown>, Fault> {
        self.row_of(
            Query::new(BY_REFERENCE, [reference.as_str().into()]),
            customer,
        )
        .await
    }

    /// The customer with this id.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn customer(&self, id: CustomerId) -> Result<Option<CustomerKnown>, Fault> {
        self.row_of(Query::new(BY_ID, [id.into()]), customer).await
    }
}
