//! For the act "outcome", and for reading a decision again: the entry and its row of the history.
//!
//! **Invariant:** an application finds its own decisions only.

use super::rows::{access, access_columns, entry, first, maybe_moment, word};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row, Value};
use sekisho_core::access::Access;
use sekisho_core::id::{ApplicationId, DecisionId};
use sekisho_core::known::{DecisionKnown, TaughtKnown};
use sekisho_core::outcome::Outcome;
use sekisho_core::sighting::{Trait, TraitKind};

const ENTRY: &str = "SELECT e.id, e.at, e.act, e.actor, e.application, e.customer, e.operation, \
     e.verdict, e.requirements, e.reasons, e.policy, e.facts, e.staff, o.outcome \
     FROM entry e LEFT JOIN outcome o ON o.decision = e.id \
     WHERE e.id = ?1 AND e.application = ?2";

/// Whoever asked: the operation that it admitted is the application's.
const ADMITTING: &str = "SELECT e.id, e.at, e.act, e.actor, e.application, e.customer, \
     e.operation, e.verdict, e.requirements, e.reasons, e.policy, e.facts, e.staff, o.outcome \
     FROM entry e LEFT JOIN outcome o ON o.decision = e.id WHERE e.id = ?1";

/// Found through the entry, since the history is kept by customer and moment.
const ACCESS: &str = concat!(
    "SELECT ",
    access_columns!(),
    " FROM entry e JOIN access a ON a.customer = e.customer AND a.at = e.at AND a.decision = e.id \
     WHERE e.id = ?1"
);

/// What an entry was judged by, and the operation that it was about.
const FACTS: &str = "SELECT e.facts, (SELECT a.facts FROM operation p \
     JOIN entry a ON a.id = p.decision WHERE p.id = e.operation) AS asked \
     FROM entry e WHERE e.id = ?1";

/// The decision that admitted the operation which another one was about; itself, if there was none.
const ADMITTED: &str = "SELECT COALESCE((SELECT p.decision FROM operation p WHERE p.id = e.operation), e.id) \
     AS decision FROM entry e WHERE e.id = ?1";

const FIRST: &str = "SELECT MIN(first_success) AS earliest FROM sighting WHERE customer = ?1 \
     AND ((kind = 2 AND value = ?2) OR (kind = 4 AND value = ?3))";

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

    /// The decision that admitted an operation, whoever asked for it.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn admitting(&self, id: DecisionId) -> Result<Option<DecisionKnown>, Fault> {
        self.row_of(Query::new(ADMITTING, [id.into()]), decision)
            .await
    }

    /// The decision of which a finding about `about` is the outcome, and what `about` had taught;
    /// `None` if there is no such decision.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn judged_in(
        &self,
        about: DecisionId,
    ) -> Result<Option<(DecisionId, Option<TaughtKnown>)>, Fault> {
        let admitted = Query::new(ADMITTED, [about.into()]);
        let decision = self
            .row_of(admitted, |row| Ok(DecisionId(row.id16("decision")?)))
            .await?;
        Ok(match decision {
            Some(decision) => Some((decision, self.taught(about).await?)),
            None => None,
        })
    }

    /// What the access of this decision had taught, to be voided; `None` for a decision without a
    /// row of the history.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn taught(&self, id: DecisionId) -> Result<Option<TaughtKnown>, Fault> {
        let queries = vec![
            Query::new(ACCESS, [id.into()]),
            Query::new(FACTS, [id.into()]),
        ];
        let mut answers = self.db.read(queries).await?.into_iter();
        let Some(access) = first(&answers.next().unwrap_or_default(), access)? else {
            return Ok(None);
        };
        let facts = first(&answers.next().unwrap_or_default(), |row| {
            let text =
                |column| -> Result<_, Fault> { Ok(row.maybe_text(column)?.map(str::to_owned)) };
            Ok([text("facts")?, text("asked")?])
        })?;
        let context = access.context();
        let value = |kind: TraitKind| -> Value {
            let traits = Trait::of_context(&context);
            let found = traits.iter().find(|seen| seen.kind == kind);
            found.map(|seen| Value::from(seen.value)).into()
        };
        let params = [
            access.customer.into(),
            value(TraitKind::Network),
            value(TraitKind::Device),
        ];
        let earliest = |row: &Row| maybe_moment(row, "earliest");
        let earliest = self.row_of(Query::new(FIRST, params), earliest).await?;
        Ok(Some(TaughtKnown {
            access,
            facts: facts.unwrap_or_default(),
            first: earliest.flatten(),
        }))
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
