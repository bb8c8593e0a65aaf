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

const SINCE: &str = "SELECT k.decision, k.customer, k.added, k.retired, k.at \
     FROM contact_change o JOIN contact_change k ON k.customer = o.customer AND k.at >= o.at \
     WHERE o.decision = ?1 AND k.undone IS NULL ORDER BY k.at DESC, k.decision DESC LIMIT 32";

const BY_ID: &str = "SELECT id AS channel_id, customer AS channel_customer, kind, sealed, blind, \
     verified, purpose FROM channel WHERE id = ?1";

impl Store {
    /// The change of contact that was decided by `decision` and those of its customer after it, the
    /// newest first, 32 at most; none when it decided something else.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn contact_changes(
        &self,
        decision: DecisionId,
    ) -> Result<Vec<ContactChangeKnown>, Fault> {
        self.rows_of(Query::new(SINCE, [decision.into()]), |row| {
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
