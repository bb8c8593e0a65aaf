//! For the act "outcome", and for reading a decision again: the entry and its row of the history.
//!
//! **Invariant:** an application finds its own decisions only.

use super::rows::{access, access_columns, entry, first, word};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::access::Access;
use sekisho_core::id::{ApplicationId, DecisionId};
use sekisho_core::known::DecisionKnown;
use sekisho_core::outcome::Outcome;

const ENTRY: &str = "SELECT e.id, e.at, e.act, e.actor, e.application, e.customer, e.operation, \
     e.verdict, e.requirements, e.reasons, e.policy, e.facts, o.outcome \
     FROM entry e LEFT JOIN outcome o ON o.decision = e.id \
     WHERE e.id = ?1 AND e.application = ?2";

/// Found through the entry, since the history is kept by customer and moment.
const ACCESS: &str = concat!(
    "SELECT ",
    access_columns!(),
    " FROM entry e JOIN access a ON a.customer = e.customer AND a.at = e.at AND a.decision = e.id \
     WHERE e.id = ?1"
);

impl Store {
    /// The decision with its row of the history, if this application asked for it.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn decision(
        &self,
        application: ApplicationId,
        id: DecisionId,
    ) -> Result<Option<(DecisionKnown, Option<Access>)>, Fault> {
        let queries = vec![
            Query::new(ENTRY, [id.into(), application.into()]),
            Query::new(ACCESS, [id.into()]),
        ];
        let mut answers = self.db.read(queries).await?.into_iter();
        let known = first(&answers.next().unwrap_or_default(), decision)?;
        let access = first(&answers.next().unwrap_or_default(), access)?;
        Ok(known.map(|known| (known, access)))
    }

    /// Whether a decision landed: what to ask after [`Fault::Ambiguous`].
    ///
    /// # Errors
    /// Those of a read.
    pub async fn entry_exists(&self, id: DecisionId) -> Result<bool, Fault> {
        let query = Query::new("SELECT 1 AS one FROM entry WHERE id = ?1", [id.into()]);
        Ok(self.row_of(query, |_| Ok(())).await?.is_some())
    }
}

fn decision(row: &Row) -> Result<DecisionKnown, Fault> {
    let outcome = match row.maybe_text("outcome")? {
        None => None,
        Some(_) => Some(word(row, "outcome", Outcome::parse)?),
    };
    Ok(DecisionKnown {
        entry: entry(row)?,
        outcome,
    })
}
