//! The authenticator app of a customer.
//!
//! **Invariant:** there is one at most.

use super::rows::{maybe_moment, moment, sealed};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::id::{CredentialId, CustomerId, SessionId};
use sekisho_core::known::TotpKnown;

const TOTP: &str = "SELECT id, customer, session, secret, begun, confirmed, step, last_at, \
     revision FROM totp WHERE customer = ?1";

impl Store {
    /// The customer's authenticator app, confirmed or not.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn totp(&self, customer: CustomerId) -> Result<Option<TotpKnown>, Fault> {
        self.row_of(Query::new(TOTP, [customer.into()]), totp).await
    }
}

fn totp(row: &Row) -> Result<TotpKnown, Fault> {
    Ok(TotpKnown {
        id: CredentialId(row.id16("id")?),
        customer: CustomerId(row.id16("customer")?),
        session: SessionId(row.id16("session")?),
        secret: sealed(row, "secret")?,
        begun: moment(row, "begun")?,
        confirmed: maybe_moment(row, "confirmed")?,
        step: row.int("step")?,
        last: maybe_moment(row, "last_at")?,
        revision: row.int("revision")?,
    })
}
