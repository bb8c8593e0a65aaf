//! For the acts "release" and "cancel": operations that wait.
//!
//! **Invariant:** an operation, whether its confirmation still counts, and how its customer is
//! reached are of the same snapshot.

use super::confirm::{operation, operation_select};
use super::rows::{channel, customer_columns, every, first};
use crate::Store;
use crate::commit::proof_stands;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::id::{CustomerId, OperationId};
use sekisho_core::known::{ChannelKnown, OperationKnown};
use sekisho_core::moment::Moment;
use sekisho_core::operation::OperationState;
use sekisho_core::release::Proof;

/// What a release has to know.
#[derive(Clone, Debug)]
pub struct ReleaseKnown {
    /// The operation.
    pub operation: OperationKnown,
    /// Whether what it was confirmed with still counts.
    pub proof: Proof,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
}

const BY_ID: &str = concat!(operation_select!(), " WHERE o.id = ?1");

const PROOF: &str = concat!(
    "SELECT CASE WHEN ",
    proof_stands!(),
    " THEN 1 ELSE 0 END AS stands FROM operation WHERE operation.id = ?1"
);

const CHANNELS: &str = "SELECT h.id AS channel_id, h.customer AS channel_customer, h.kind, \
     h.sealed, h.blind, h.verified, h.purpose \
     FROM operation o JOIN channel h ON h.customer = o.customer \
     WHERE o.id = ?1 AND h.retired IS NULL ORDER BY h.id LIMIT 16";

const DUE: &str = "SELECT id FROM operation WHERE due <= ?1 ORDER BY due, id LIMIT ?2";

const OPEN: &str = concat!(
    operation_select!(),
    " WHERE o.customer = ?1 AND o.state IN (?2, ?3, ?4) ORDER BY o.created DESC, o.id DESC \
     LIMIT 200"
);

/// After a moment and an id, so that a page begins where the one before ended.
const HELD: &str = concat!(
    operation_select!(),
    " WHERE o.due IS NOT NULL AND o.state = ?1 AND (o.due > ?2 OR (o.due = ?2 AND o.id > ?3)) \
     ORDER BY o.due, o.id LIMIT ?4"
);

impl Store {
    /// What a release of this operation has to know.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn release(&self, id: OperationId) -> Result<Option<ReleaseKnown>, Fault> {
        let queries = [BY_ID, PROOF, CHANNELS].map(|text| Query::new(text, [id.into()]));
        let mut answers = self.db.read(queries.into()).await?.into_iter();
        let found = first(&answers.next().unwrap_or_default(), operation)?;
        let stands = |row: &crate::sql::Row| row.flag("stands");
        let stands = first(&answers.next().unwrap_or_default(), stands)?;
        let channels = every(&answers.next().unwrap_or_default(), channel)?;
        let proof = match stands {
            Some(true) => Proof::Stands,
            Some(false) | None => Proof::Absent,
        };
        Ok(found.map(|operation| ReleaseKnown {
            operation,
            proof,
            channels,
        }))
    }

    /// Operations about which something has to be done at `now`, the longest due first, `limit` at
    /// most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn operations_due(&self, now: Moment, limit: u32) -> Result<Vec<OperationId>, Fault> {
        let query = Query::new(DUE, [now.into(), limit.into()]);
        self.rows_of(query, |row| row.id16("id").map(OperationId))
            .await
    }

    /// The customer's operations that are not over, the newest first, 200 at most. One whose time
    /// has just run out may be among them.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn operations_open(
        &self,
        customer: CustomerId,
    ) -> Result<Vec<OperationKnown>, Fault> {
        let open = [
            OperationState::Held,
            OperationState::Pending,
            OperationState::Confirmed,
        ];
        let mut params = vec![customer.into()];
        params.extend(open.map(|state| state.word().into()));
        self.rows_of(Query::new(OPEN, params), operation).await
    }

    /// A page of held operations, those first that are due first, after the last one of the page
    /// before.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn operations_held(
        &self,
        after: Option<(Moment, OperationId)>,
        limit: u32,
    ) -> Result<Vec<OperationKnown>, Fault> {
        let (moment, id) = after.unwrap_or((Moment(i64::MIN), OperationId([0; 16])));
        let held = OperationState::Held.word();
        let params = [held.into(), moment.into(), id.into(), limit.into()];
        self.rows_of(Query::new(HELD, params), operation).await
    }
}
