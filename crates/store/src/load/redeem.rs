//! For the act "redeem": the operation that a grant belongs to.
//!
//! **Invariant:** a grant belongs to one operation.

use super::confirm::{operation, operation_select};
use super::rows::{customer_columns, strange};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::id::GrantId;
use sekisho_core::known::{OperationKnown, Strange};

/// What redeeming a grant has to know.
#[derive(Clone, Debug)]
pub struct RedeemKnown {
    /// The operation.
    pub operation: OperationKnown,
    /// Whether it was asked for from a place that was new for the customer.
    pub strange: Strange,
}

const BY_GRANT: &str = concat!(operation_select!(), " WHERE o.grant_id = ?1");

impl Store {
    /// The operation with this grant.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn redeem(&self, grant: GrantId) -> Result<Option<RedeemKnown>, Fault> {
        self.row_of(Query::new(BY_GRANT, [grant.into()]), |row| {
            Ok(RedeemKnown {
                operation: operation(row)?,
                strange: strange(row, "strange")?,
            })
        })
        .await
    }
}
