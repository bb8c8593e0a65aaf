//! For the act "redeem": the operation that a grant belongs to.
//!
//! **Invariant:** a grant belongs to one operation.

use super::confirm::{operation, operation_select};
use super::release::{held_proof, proof};
use super::rows::{channel, customer_columns, every, strange};
use super::stop::{stops, stops_query};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::id::GrantId;
use sekisho_core::known::{ChannelKnown, OperationKnown, StopsKnown, Strange};
use sekisho_core::moment::Moment;
use sekisho_core::release::Proof;

/// What redeeming a grant has to know.
#[derive(Clone, Debug)]
pub struct RedeemKnown {
    /// The operation.
    pub operation: OperationKnown,
    /// Whether what confirmed it is still the customer's.
    pub proof: Proof,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// The stops that are not over.
    pub stops: StopsKnown,
    /// Whether it was asked for from a place that was new for the customer.
    pub strange: Strange,
}

const BY_GRANT: &str = concat!(operation_select!(), " WHERE o.grant_id = ?1");

const CHANNELS: &str = "SELECT h.id AS channel_id, h.customer AS channel_customer, h.kind, \
     h.sealed, h.blind, h.verified, h.purpose \
     FROM operation o JOIN channel h ON h.customer = o.customer \
     WHERE o.grant_id = ?1 AND h.retired IS NULL ORDER BY h.id LIMIT 16";

impl Store {
    /// The operation with this grant, and the stops that are not over at `now`.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn redeem(&self, grant: GrantId, now: Moment) -> Result<Option<RedeemKnown>, Fault> {
        let named = |text| Query::new(text, [grant.into()]);
        let queries = vec![
            named(BY_GRANT),
            named(CHANNELS),
            stops_query(now),
            held_proof(grant),
        ];
        let mut answers = self.db.read(queries).await?.into_iter();
        let found = answers.next().unwrap_or_default();
        let channels = every(&answers.next().unwrap_or_default(), channel)?;
        let stops = stops(&answers.next().unwrap_or_default(), now)?;
        let proof = proof(&answers.next().unwrap_or_default())?;
        let Some(row) = found.first() else {
            return Ok(None);
        };
        Ok(Some(RedeemKnown {
            operation: operation(row)?,
            proof,
            channels,
            stops,
            strange: strange(row, "strange")?,
        }))
    }
}
