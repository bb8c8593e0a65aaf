//! For the act "step_up": the conversation that a browser's token belongs to.
//!
//! **Invariant:** a closed conversation is not found.

use super::rows::{customer, customer_columns, moment, sealed, word};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::bytes::TokenHash;
use sekisho_core::id::InteractionId;
use sekisho_core::known::{InteractionKind, InteractionKnown};

const BY_TOKEN: &str = concat!(
    "SELECT i.id, i.kind, i.state, i.expires, i.codes, i.revision, ",
    customer_columns!(),
    " FROM interaction i LEFT JOIN customer c ON c.id = i.customer WHERE i.token = ?1"
);

impl Store {
    /// The conversation with this token. It may have expired.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn interaction(&self, token: TokenHash) -> Result<Option<InteractionKnown>, Fault> {
        self.row_of(Query::new(BY_TOKEN, [token.into()]), interaction)
            .await
    }
}

fn interaction(row: &Row) -> Result<InteractionKnown, Fault> {
    let named = row.maybe_bytes("customer_id")?.is_some();
    Ok(InteractionKnown {
        id: InteractionId(row.id16("id")?),
        kind: word(row, "kind", InteractionKind::parse)?,
        customer: if named { Some(customer(row)?) } else { None },
        state: sealed(row, "state")?,
        expires: moment(row, "expires")?,
        codes: row.int("codes")?,
        revision: row.int("revision")?,
    })
}
