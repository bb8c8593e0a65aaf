//! For the act "confirm": an operation by its id. The session is asked with [`Store::session`], the
//! code with [`Store::challenge`], the channels with [`Store::channels`].
//!
//! **Invariant:** an operation comes with its customer as of the same snapshot.

use super::rows::{
    customer, customer_columns, digest, first, kind, maybe_moment, maybe_word, methods, moment,
    sealed, word, words,
};
use super::standing::{self, Whose};
use super::stop::{stops, stops_query};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::change::StatementKept;
use sekisho_core::hold::Hold;
use sekisho_core::id::{ApplicationId, DecisionId, GrantId, OperationId};
use sekisho_core::known::{GrantKnown, OperationKnown, Standing, StopsKnown, Way, Word};
use sekisho_core::moment::Moment;
use sekisho_core::operation::{Nonce, OperationState};
use sekisho_core::reason::Reason;
use sekisho_core::verdict::Requirement;

/// An operation with its customer, up to the condition.
macro_rules! operation_select {
    () => {
        concat!(
            "SELECT o.id, o.application, o.kind, o.fields, o.digest, o.state, o.return_uri, \
             o.decision, o.strange, o.created, o.expires, o.grant_id, o.grant_methods, \
             o.grant_proved, o.confirmed, o.redeemed, o.revision, o.required, \
             o.grant_acr, o.nonce, o.channel AS way_channel, o.segments, o.held_at, o.held_until, \
             o.held_reasons, o.ended, o.grant_until, o.tell_tries, o.tell_about, \
             (SELECT at FROM payout_change p WHERE p.customer = o.customer) AS payout_changed, ",
            customer_columns!(),
            " FROM operation o JOIN customer c ON c.id = o.customer"
        )
    };
}

pub(super) use operation_select;

const STATEMENTS: &str = "SELECT operation, decision, digest, sealed, at FROM statement \
     WHERE operation = ?1 ORDER BY at, decision LIMIT 16";

pub(super) const BY_ID: &str = concat!(operation_select!(), " WHERE o.id = ?1");

/// What a confirmation has to know of its operation.
#[derive(Clone, Debug)]
pub struct ConfirmKnown {
    /// The operation.
    pub operation: OperationKnown,
    /// The stops that are not over.
    pub stops: StopsKnown,
    /// What the catalogue wants to know of its customer.
    pub standing: Standing,
}

impl Store {
    /// The operation with this id, the stops, and what the catalogue wants to know at `at`.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn confirm(
        &self,
        id: OperationId,
        at: Moment,
    ) -> Result<Option<ConfirmKnown>, Fault> {
        let mut queries = vec![Query::new(BY_ID, [id.into()]), stops_query(at)];
        queries.extend(standing::queries(Whose::Operation(id), at));
        let mut answers = self.db.read(queries).await?.into_iter();
        let found = first(&answers.next().unwrap_or_default(), operation)?;
        let stops = stops(&answers.next().unwrap_or_default(), at)?;
        let standing = standing::decode(&mut answers)?;
        Ok(found.map(|operation| ConfirmKnown {
            operation,
            stops,
            standing,
        }))
    }

    /// The operation with this id.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn operation(&self, id: OperationId) -> Result<Option<OperationKnown>, Fault> {
        self.row_of(Query::new(BY_ID, [id.into()]), operation).await
    }

    /// What its customer was shown of an operation with each right answer, oldest first.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn statements(&self, id: OperationId) -> Result<Vec<StatementKept>, Fault> {
        let query = Query::new(STATEMENTS, [id.into()]);
        self.rows_of(query, statement).await
    }
}

fn statement(row: &Row) -> Result<StatementKept, Fault> {
    Ok(StatementKept {
        operation: OperationId(row.id16("operation")?),
        decision: DecisionId(row.id16("decision")?),
        digest: digest(row, "digest")?,
        sealed: sealed(row, "sealed")?,
        at: moment(row, "at")?,
    })
}

pub(super) fn operation(row: &Row) -> Result<OperationKnown, Fault> {
    Ok(OperationKnown {
        id: OperationId(row.id16("id")?),
        application: ApplicationId(row.id16("application")?),
        customer: customer(row)?,
        kind: kind(row, "kind")?,
        fields: sealed(row, "fields")?,
        digest: digest(row, "digest")?,
        state: word(row, "state", OperationState::parse)?,
        required: words(row, "required", Requirement::parse)?,
        nonce: row.maybe_text("nonce")?.and_then(Nonce::parse),
        way: Way {
            channel: maybe_word(row, "way_channel")?,
            segments: match row.maybe_text("segments")? {
                Some(_) => Some(words(row, "segments", Word::parse)?),
                None => None,
            },
        },
        return_uri: row.maybe_text("return_uri")?.map(str::to_owned),
        decision: DecisionId(row.id16("decision")?),
        created: moment(row, "created")?,
        expires: moment(row, "expires")?,
        payout_changed: maybe_moment(row, "payout_changed")?,
        hold: hold(row)?,
        ended: row.maybe_text("ended")?.and_then(Reason::parse),
        grant: grant(row)?,
        revision: row.int("revision")?,
    })
}

/// The hold of a held operation; of one that was released nothing is said.
fn hold(row: &Row) -> Result<Option<Hold>, Fault> {
    let state = word(row, "state", OperationState::parse)?;
    let at = maybe_moment(row, "held_at")?;
    let Some(at) = at.filter(|_| state == OperationState::Held) else {
        return Ok(None);
    };
    Ok(Some(Hold {
        at,
        until: maybe_moment(row, "held_until")?,
        ends: moment(row, "expires")?,
        reasons: words(row, "held_reasons", Reason::parse)?,
    }))
}

fn grant(row: &Row) -> Result<Option<GrantKnown>, Fault> {
    let Some(id) = row.maybe_fixed("grant_id")? else {
        return Ok(None);
    };
    Ok(Some(GrantKnown {
        id: GrantId(id),
        confirmed: moment(row, "confirmed")?,
        methods: methods(row, "grant_methods")?,
        proved: moment(row, "grant_proved")?,
        acr: row.maybe_text("grant_acr")?.map(str::to_owned),
        redeemed: maybe_moment(row, "redeemed")?,
        until: maybe_moment(row, "grant_until")?,
    }))
}
