//! For the act "report": what a code from a notice stands for, and what it tells of.
//!
//! **Invariant:** a used code is found and says when it was used.

use super::rows::{customer, customer_columns, maybe_moment, moment, word};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::access::Act;
use sekisho_core::bytes::TokenHash;
use sekisho_core::id::{CustomerId, DecisionId};
use sekisho_core::known::{ReportKnown, ReportedKnown};

const BY_CODE: &str = concat!(
    "SELECT r.decision, r.expires, r.used, ",
    customer_columns!(),
    " FROM report_code r JOIN customer c ON c.id = r.customer WHERE r.code = ?1"
);

const DECIDED: &str = "SELECT customer, act, at FROM entry WHERE id = ?1";

impl Store {
    /// What `decision` was about, if it was about a customer.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn reported(&self, decision: DecisionId) -> Result<Option<ReportedKnown>, Fault> {
        let found = self
            .row_of(Query::new(DECIDED, [decision.into()]), |row| {
                let Some(customer) = row.maybe_fixed("customer")?.map(CustomerId) else {
                    return Ok(None);
                };
                Ok(Some(ReportedKnown {
                    customer,
                    act: word(row, "act", Act::parse)?,
                    at: moment(row, "at")?,
                }))
            })
            .await?;
        Ok(found.flatten())
    }

    /// What this code stands for.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn report(&self, code: TokenHash) -> Result<Option<ReportKnown>, Fault> {
        self.row_of(Query::new(BY_CODE, [code.into()]), |row| {
            Ok(ReportKnown {
                decision: DecisionId(row.id16("decision")?),
                customer: customer(row)?,
                expires: moment(row, "expires")?,
                used: maybe_moment(row, "used")?,
            })
        })
        .await
    }
}
