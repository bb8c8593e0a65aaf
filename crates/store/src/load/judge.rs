//! For `POST /v1/decisions`: the customer as the application names it, the place, and an earlier
//! answer.
//!
//! **Invariant:** one snapshot, one round trip.

use super::operate::{idempotency, idempotency_query};
use super::risk::{self, RiskQuestion, Who};
use super::rows::{customer, first};
use super::sign_up::BY_REFERENCE;
use super::standing::{self, Whose};
use super::stop::{stops, stops_query};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::id::ApplicationId;
use sekisho_core::known::{CustomerKnown, IdempotencyKnown, RiskKnown, Standing, StopsKnown};
use sekisho_core::moment::Moment;
use sekisho_core::text::Reference;

/// What a judgement has to know.
#[derive(Clone, Debug)]
pub struct JudgeKnown {
    /// The customer, if it was seen before.
    pub customer: Option<CustomerKnown>,
    /// What the rules want to know.
    pub risk: RiskKnown,
    /// The stops that are not over, where an operation is judged.
    pub stops: StopsKnown,
    /// What the catalogue wants to know, of an operation.
    pub standing: Standing,
    /// The answer that was given under the same key.
    pub idempotency: Option<IdempotencyKnown>,
}

impl Store {
    /// What is known of the customer and the place, the stops that are not over at `now`, and what
    /// was answered under `key` before.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn judge(
        &self,
        reference: &Reference,
        question: &RiskQuestion<'_>,
        key: Option<(ApplicationId, &str)>,
        now: Moment,
    ) -> Result<JudgeKnown, Fault> {
        let mut queries = vec![Query::new(BY_REFERENCE, [reference.as_str().into()])];
        let stoppable = question.kind.is_some();
        queries.extend(stoppable.then(|| stops_query(now)));
        queries.extend(risk::queries(Who::Reference(reference), question));
        let whose = question.kind.map(|kind| Whose::Reference(reference, kind));
        queries.extend(
            whose
                .into_iter()
                .flat_map(|one| standing::queries(one, question.at)),
        );
        queries.extend(key.map(|(application, key)| idempotency_query(application, key)));
        let mut answers = self.db.read(queries).await?.into_iter();
        let customer = first(&answers.next().unwrap_or_default(), customer)?;
        let stops = match stoppable {
            true => stops(&answers.next().unwrap_or_default(), now)?,
            false => StopsKnown::default(),
        };
        let risk = risk::decode(question, &mut answers)?;
        let standing = standing::of_kind(question, &mut answers)?;
        let idempotency = first(&answers.next().unwrap_or_default(), idempotency)?;
        Ok(JudgeKnown {
            customer,
            risk,
            stops,
            standing,
            idempotency,
        })
    }
}
