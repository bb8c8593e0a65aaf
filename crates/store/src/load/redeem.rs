//! For the act "redeem": the operation that a grant belongs to.
//!
//! **Invariant:** a grant belongs to one operation.

use super::confirm::{operation, operation_select};
use super::rows::{channel, customer_columns, every, first, strange};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::id::GrantId;
use sekisho_core::known::{ChannelKnown, OperationKnown, Strange};

/// What redeeming a grant has to know.
#[derive(Clone, Debug)]
pub struct RedeemKnown {
    /// The operation.
    pub operation: OperationKnown,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// Whether it was asked for from a place that was new for the customer.
    pub strange: Strange,
}

const BY_GRANT: &str = concat!(operation_select!(), " WHERE o.grant_id = ?1");

const CHANNELS: &str = "SELECT h.id AS channel_id, h.customer AS channel_customer, h.kind, \
     h.sealed, h.blind, h.verified, h.purpose \
     FROM operation o JOIN channel h ON h.customer = o.customer \
     WHERE o.grant_id = ?1 AND h.retired IS NULL ORDER BY h.id LIMIT 16";

impl Store {
    /// The operation with this grant.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn redeem(&self, grant: GrantId) -> Result<Option<RedeemKnown>, Fault> {
        let queries = [BY_GRANT, CHANNELS].map(|text| Query::new(text, [grant.into()]));
        let mut answers = self.db.read(queries.to_vec()).await?.into_iter();
        let found = answers.next().unwrap_or_default();
        let channels = every(&answers.next().unwrap_or_default(), channel)?;
        first(&found, |row| {
            Ok(RedeemKnown {
                operation: operation(row)?,
                channels: channels.clone(),
                strange: strange(row, "strange")?,
            })
        })
    }
}
