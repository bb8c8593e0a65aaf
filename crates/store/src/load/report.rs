//! For the act "report": what a code from a notice stands for.
//!
//! **Invariant:** a used code is found and says when it was used.

use super::rows::{customer, customer_columns, maybe_moment, moment};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::bytes::TokenHash;
use sekisho_core::id::DecisionId;
use sekisho_core::known::ReportKnown;

const BY_CODE: &str = concat!(
    "SELECT r.decision, r.expires, r.used, ",
    customer_columns!(),
    " FROM report_code r JOIN customer c ON c.id = r.customer WHERE r.code = ?1"
);

impl Store {
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
