//! For the act "operate": as for a judgement, how the customer is reached, and their passkeys.
//!
//! **Invariant:** one snapshot, one round trip.

use super::passkey::{OF_REFERENCE, passkey};
use super::risk::{self, RiskQuestion, Who};
use super::rows::{channel, customer, digest, every, first};
use super::sign_up::BY_REFERENCE;
use super::standing::{self, Whose};
use super::stop::{stops, stops_query};
use crate::Store;
use crate::commit::free;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::id::{ApplicationId, DecisionId, OperationId};
use sekisho_core::known::{
    ChannelKnown, CustomerKnown, IdempotencyKnown, PasskeyKnown, RiskKnown, Standing, StopsKnown,
};
use sekisho_core::text::Reference;

/// What a guarded operation has to know.
#[derive(Clone, Debug)]
pub struct OperateKnown {
    /// The customer, if there is one of that reference.
    pub customer: Option<CustomerKnown>,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// The customer's passkeys.
    pub passkeys: Vec<PasskeyKnown>,
    /// What the rules want to know.
    pub risk: RiskKnown,
    /// The stops that are not over.
    pub stops: StopsKnown,
    /// What the catalogue wants to know.
    pub standing: Standing,
    /// The answer that was given under the same key.
    pub idempotency: Option<IdempotencyKnown>,
}

const CHANNELS: &str = "SELECT h.id AS channel_id, h.customer AS channel_customer, h.kind, \
     h.sealed, h.blind, h.verified, h.purpose \
     FROM customer c JOIN channel h ON h.customer = c.id \
     WHERE c.reference = ?1 AND h.retired IS NULL ORDER BY h.id LIMIT 16";

pub(super) fn idempotency_query(application: ApplicationId, key: &str) -> Query {
    let text = "SELECT request, decision, operation FROM idempotency \
                WHERE application = ?1 AND request_key = ?2";
    Query::new(text, [application.into(), free(key)])
}

pub(super) fn idempotency(row: &Row) -> Result<IdempotencyKnown, Fault> {
    Ok(IdempotencyKnown {
        request: digest(row, "request")?,
        decision: DecisionId(row.id16("decision")?),
        operation: row.maybe_fixed("operation")?.map(OperationId),
    })
}

impl Store {
    /// What is known of the customer and the place, and what was answered under `key` before.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn operate(
        &self,
        reference: &Reference,
        question: &RiskQuestion<'_>,
        key: Option<(ApplicationId, &str)>,
    ) -> Result<OperateKnown, Fault> {
        let named = || [reference.as_str().into()];
        let mut queries = vec![
            Query::new(BY_REFERENCE, named()),
            Query::new(CHANNELS, named()),
            Query::new(OF_REFERENCE, named()),
            stops_query(question.at),
        ];
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
        let channels = every(&answers.next().unwrap_or_default(), channel)?;
        let passkeys = every(&answers.next().unwrap_or_default(), passkey)?;
        let stops = stops(&answers.next().unwrap_or_default(), question.at)?;
        let risk = risk::decode(question, &mut answers)?;
        let standing = standing::of_kind(question, &mut answers)?;
        let idempotency = first(&answers.next().unwrap_or_default(), idempotency)?;
        Ok(OperateKnown {
            customer,
            channels,
            passkeys,
            risk,
            stops,
            standing,
            idempotency,
        })
    }

    /// What was answered to this application under `key` before.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn idempotency(
        &self,
        application: ApplicationId,
        key: &str,
    ) -> Result<Option<IdempotencyKnown>, Fault> {
        self.row_of(idempotency_query(application, key), idempotency)
            .await
    }
}
