//! For the act "change_contact", and for the report that undoes it: what was changed, and channels
//! that are used no more.
//!
//! **Invariant:** a change that was undone is not found again.

use super::rows::{channel, moment};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::id::{ChannelId, CustomerId, DecisionId};
use sekisho_core::known::{ChannelKnown, ContactChangeKnown};
use sekisho_core::moment::Moment;

const SINCE: &str = "SELECT decision, customer, added, retired, at FROM contact_change \
     WHERE customer = ?1 AND at >= ?2 AND undone IS NULL ORDER BY at DESC, decision DESC LIMIT 256";

const BY_ID: &str = "SELECT id AS channel_id, customer AS channel_customer, kind, sealed, blind, \
     verified, purpose FROM channel WHERE id = ?1";

impl Store {
    /// The changes of contact of `customer` at or after `since`, the newest first, 256 at most:
    /// each takes a code, and nobody is sent that many in the life of a report code.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn contact_changes(
        &self,
        customer: CustomerId,
        since: Moment,
    ) -> Result<Vec<ContactChangeKnown>, Fault> {
        self.rows_of(Query::new(SINCE, [customer.into(), since.into()]), |row| {
            Ok(ContactChangeKnown {
                decision: DecisionId(row.id16("decision")?),
                customer: CustomerId(row.id16("customer")?),
                added: ChannelId(row.id16("added")?),
                retired: row.maybe_fixed("retired")?.map(ChannelId),
                at: moment(row, "at")?,
            })
        })
        .await
    }

    /// A channel, also one that is used no more.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn channel(&self, id: ChannelId) -> Result<Option<ChannelKnown>, Fault> {
        self.row_of(Query::new(BY_ID, [id.into()]), channel).await
    }
}
