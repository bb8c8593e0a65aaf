//! For the act "recover": the recoveries of a customer.
//!
//! **Invariant:** what was ended is not found; what ran out is, and its moments say so.

use super::rows::{moment, word};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::id::{CustomerId, DecisionId};
use sekisho_core::known::{RecoveryKind, RecoveryKnown};

const OF_CUSTOMER: &str = "SELECT decision, customer, kind, begun, due, expires FROM recovery \
     WHERE customer = ?1 ORDER BY kind";

impl Store {
    /// The customer's recoveries, one of a kind at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn recoveries(&self, customer: CustomerId) -> Result<Vec<RecoveryKnown>, Fault> {
        self.rows_of(Query::new(OF_CUSTOMER, [customer.into()]), |row| {
            Ok(RecoveryKnown {
                decision: DecisionId(row.id16("decision")?),
                customer: CustomerId(row.id16("customer")?),
                kind: word(row, "kind", RecoveryKind::parse)?,
                begun: moment(row, "begun")?,
                due: moment(row, "due")?,
                expires: moment(row, "expires")?,
            })
        })
        .await
    }
}
