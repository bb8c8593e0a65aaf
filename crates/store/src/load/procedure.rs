//! For the act "sweep": what was done in a time, and what a customer did last.
//!
//! **Invariant:** a read is bounded by its page.

use super::rows::{access, access_columns, first};
use super::sweep::reference;
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row, Value};
use sekisho_core::access::Act;
use sekisho_core::id::{CustomerId, DecisionId};
use sekisho_core::moment::Moment;
use sekisho_core::sweep::Procedure;
use sekisho_core::text::Reference;

/// Customers that one read asks for.
const AT_ONCE: usize = 256;

/// Which procedures are asked.
#[derive(Clone, Debug)]
pub struct ProcedurePage<'a> {
    /// What was done.
    pub act: &'a Act,
    /// From this moment on.
    pub from: Moment,
    /// Before this one.
    pub until: Moment,
    /// After this one, of the page before.
    pub after: Option<(Moment, DecisionId)>,
    /// How many at most.
    pub limit: u32,
}

/// What was done: it ended well here, or it was held and released, or the application judged it by
/// `POST /v1/decisions` and says that it was carried out.
macro_rules! done {
    () => {
        "(a.ending = 'success' \
         OR (a.ending = 'pending' AND a.verdict = 'hold' AND EXISTS (SELECT 1 FROM entry e \
             JOIN operation p ON p.id = e.operation WHERE e.id = a.decision \
             AND p.state IN ('confirmed', 'redeemed'))) \
         OR (a.verdict <> 'refuse' AND EXISTS (SELECT 1 FROM outcome o \
             JOIN entry e ON e.id = o.decision WHERE o.decision = a.decision \
             AND e.operation IS NULL AND o.outcome <> 'abandoned')))"
    };
}

pub(super) use done;

/// What was done in a time. The list of acts is that of the index.
const PROCEDURES: &str = concat!(
    "SELECT ",
    access_columns!(),
    ", c.reference AS customer_reference FROM access a JOIN customer c ON c.id = a.customer \
     WHERE a.act = ?1 AND a.act NOT IN ('sign_in', 'step_up', 'sign_out') \
     AND a.at >= ?2 AND a.at < ?3 AND (a.at > ?4 OR (a.at = ?4 AND a.decision > ?5)) AND ",
    done!(),
    " ORDER BY a.at, a.decision LIMIT ?6"
);

/// The last of some acts of a customer before a moment, if it was done.
const LAST: &str = concat!(
    "SELECT ",
    access_columns!(),
    ", c.reference AS customer_reference FROM access a JOIN customer c ON c.id = a.customer \
     WHERE a.customer = ?1 AND a.at < ?2 AND a.at >= ?3 \
     AND a.act IN (?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) AND ",
    done!(),
    " ORDER BY a.at DESC, a.decision DESC LIMIT 1"
);

/// Who is called so.
const CALLED: &str = "SELECT id FROM customer WHERE reference = ?1";

/// Acts that [`LAST`] takes.
const ACTS: usize = 8;

impl Store {
    /// A page of procedures, the oldest first.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn procedures(&self, page: &ProcedurePage<'_>) -> Result<Vec<Procedure>, Fault> {
        let start = (Moment(i64::MIN), DecisionId([0; 16]));
        let (at, decision) = page.after.unwrap_or(start);
        let params = [
            page.act.word().into(),
            // Where the page before ended, the index is entered again.
            page.from.max(at).into(),
            page.until.into(),
            at.into(),
            decision.into(),
            page.limit.into(),
        ];
        let answers = self.look_back(vec![Query::new(PROCEDURES, params)]).await?;
        answers.iter().flatten().map(procedure).collect()
    }

    /// The customers of these references, in the order asked; `None` where there is none.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn customers_called(
        &self,
        references: &[Reference],
    ) -> Result<Vec<Option<CustomerId>>, Fault> {
        let mut found = Vec::with_capacity(references.len());
        for chunk in references.chunks(AT_ONCE) {
            let query = |one: &Reference| Query::new(CALLED, [one.as_str().into()]);
            let answers = self.look_back(chunk.iter().map(query).collect()).await?;
            for rows in &answers {
                found.push(first(rows, |row| Ok(CustomerId(row.id16("id")?)))?);
            }
        }
        Ok(found)
    }

    /// The last of `acts` that each customer did before a moment, and not before the other one; in
    /// the order asked.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn last_procedures(
        &self,
        asked: &[(CustomerId, Moment, Moment)],
        acts: &[Act],
    ) -> Result<Vec<Option<Procedure>>, Fault> {
        let (one, other) = asked.split_at(asked.len() / 2);
        let both = tokio::try_join!(
            self.last_procedures_in_turn(one, acts),
            self.last_procedures_in_turn(other, acts)
        );
        let (mut found, others) = both?;
        found.extend(others);
        Ok(found)
    }

    async fn last_procedures_in_turn(
        &self,
        asked: &[(CustomerId, Moment, Moment)],
        acts: &[Act],
    ) -> Result<Vec<Option<Procedure>>, Fault> {
        let words: Vec<Value> = acts.iter().map(|act| act.word().into()).collect();
        let mut found: Vec<Option<Procedure>> = vec![None; asked.len()];
        for words in words.chunks(ACTS) {
            for (asked, found) in asked.chunks(AT_ONCE).zip(found.chunks_mut(AT_ONCE)) {
                let queries = asked.iter().map(|(customer, before, since)| {
                    let whose = [(*customer).into(), (*before).into(), (*since).into()];
                    let unused = std::iter::repeat_n(Value::Null, ACTS - words.len());
                    let acts = words.iter().cloned().chain(unused);
                    Query::new(LAST, whose.into_iter().chain(acts).collect::<Vec<_>>())
                });
                let answers = self.look_back(queries.collect()).await?;
                for (found, rows) in found.iter_mut().zip(&answers) {
                    let last = first(rows, procedure)?;
                    let at = |one: &Option<Procedure>| one.as_ref().map(|one| one.access.at);
                    if at(&last) > at(found) {
                        *found = last;
                    }
                }
            }
        }
        Ok(found)
    }
}

fn procedure(row: &Row) -> Result<Procedure, Fault> {
    Ok(Procedure {
        access: access(row)?,
        reference: reference(row)?,
    })
}
