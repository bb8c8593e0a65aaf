//! For the act "sign_in": who may be meant by a login, and what is known of that customer here.
//!
//! **Invariant:** an unknown customer costs the same queries as a known one.

use super::CHANNELS;
use super::risk::{self, RiskQuestion, Who};
use super::rows::{channel, customer, customer_columns, every, maybe_credential};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::bytes::BlindIndex;
use sekisho_core::id::CustomerId;
use sekisho_core::known::{ChannelKnown, LoginKnown, RiskKnown};

/// What a sign-in has to know once the login is clear.
#[derive(Clone, Debug)]
pub struct SignInKnown {
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// What the rules want to know.
    pub risk: RiskKnown,
}

pub(super) const LOGINS: &str = concat!(
    "SELECT h.id AS channel_id, h.customer AS channel_customer, h.kind, h.sealed, h.blind, \
     h.verified, h.purpose, p.id AS credential_id, p.hash, p.revision AS credential_revision, p.set_at, p.void_at, ",
    customer_columns!(),
    " FROM channel h JOIN customer c ON c.id = h.customer \
     LEFT JOIN credential p ON p.customer = c.id \
     WHERE h.blind = ?1 AND h.retired IS NULL AND h.purpose = 'login' ORDER BY c.created, c.id LIMIT 32"
);

impl Store {
    /// Everybody who shares the truncated index of a login, the oldest first, 32 at most. The
    /// caller compares the opened values.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn logins(&self, index: &BlindIndex) -> Result<Vec<LoginKnown>, Fault> {
        let query = Query::new(LOGINS, [index.into()]);
        self.rows_of(query, login).await
    }

    /// What is known of the customer and the place; `None` for an unknown login.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn sign_in(
        &self,
        customer: Option<CustomerId>,
        question: &RiskQuestion<'_>,
    ) -> Result<SignInKnown, Fault> {
        let mut queries = vec![Query::new(CHANNELS, [customer.into()])];
        queries.extend(risk::queries(Who::Id(customer), question));
        let mut answers = self.db.read(queries).await?.into_iter();
        let channels = every(&answers.next().unwrap_or_default(), channel)?;
        let risk = risk::decode(question, &mut answers)?;
        Ok(SignInKnown { channels, risk })
    }
}

pub(super) fn login(row: &Row) -> Result<LoginKnown, Fault> {
    Ok(LoginKnown {
        channel: channel(row)?,
        customer: customer(row)?,
        credential: maybe_credential(row)?,
    })
}
