//! For the acts "release" and "cancel": operations that wait.
//!
//! **Invariant:** an operation, whether its confirmation still counts, and how its customer is
//! reached are of the same snapshot.

use super::confirm::{operation, operation_select};
use super::rows::{channel, customer_columns, every, first, moment as moment_of};
use super::standing::{self, Whose};
use crate::Store;
use crate::commit::proof_stands;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::id::{CustomerId, GrantId, OperationId};
use sekisho_core::known::{ChannelKnown, OperationKnown, Standing};
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
    /// What the catalogue wants to know of its customer.
    pub standing: Standing,
}

/// Whether what this grant was confirmed with is still its customer's.
pub(super) fn held_proof(grant: GrantId) -> Query {
    Query::new(HELD_PROOF, [grant.into()])
}

/// What [`held_proof`] answers.
pub(super) fn proof(rows: &[Row]) -> Result<Proof, Fault> {
    Ok(match first(rows, |row| row.flag("stands"))? {
        Some(true) => Proof::Stands,
        Some(false) | None => Proof::Absent,
    })
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

const HELD_PROOF: &str = concat!(
    "SELECT CASE WHEN ",
    proof_stands!(),
    " THEN 1 ELSE 0 END AS stands FROM operation WHERE operation.grant_id = ?1"
);

/// After a moment and an id, so that what cannot be settled keeps nothing else waiting.
const DUE: &str = "SELECT id, due FROM operation WHERE due <= ?1 \
     AND (due > ?2 OR (due = ?2 AND id > ?3)) ORDER BY due, id LIMIT ?4";

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
    /// What a release of this operation at `at` has to know.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn release(
        &self,
        id: OperationId,
        at: Moment,
    ) -> Result<Option<ReleaseKnown>, Fault> {
        let queries = [BY_ID, PROOF, CHANNELS].map(|text| Query::new(text, [id.into()]));
        let standing = standing::queries(Whose::Operation(id), at);
        let queries = queries.into_iter().chain(standing).collect();
        let mut answers = self.db.read(queries).await?.into_iter();
        let found = first(&answers.next().unwrap_or_default(), operation)?;
        let proof = proof(&answers.next().unwrap_or_default())?;
        let channels = every(&answers.next().unwrap_or_default(), channel)?;
        let standing = standing::decode(&mut answers)?;
        Ok(found.map(|operation| ReleaseKnown {
            operation,
            proof,
            channels,
            standing,
        }))
    }

    /// Whether what this grant was confirmed with is still its customer's.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn grant_proof(&self, grant: GrantId) -> Result<Proof, Fault> {
        let answers = self.db.read(vec![held_proof(grant)]).await?;
        proof(answers.first().map_or(&[], Vec::as_slice))
    }

    /// Operations about which something has to be done at `now`, the longest due first, after the
    /// last one of the page before, `limit` at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn operations_due(
        &self,
        now: Moment,
        after: Option<(Moment, OperationId)>,
        limit: u32,
    ) -> Result<Vec<(Moment, OperationId)>, Fault> {
        let (moment, id) = after.unwrap_or((Moment(i64::MIN), OperationId([0; 16])));
        let params = [now.into(), moment.into(), id.into(), limit.into()];
        self.rows_of(Query::new(DUE, params), |row| {
            Ok((moment_of(row, "due")?, OperationId(row.id16("id")?)))
        })
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
