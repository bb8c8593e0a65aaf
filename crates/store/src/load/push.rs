//! Phones that approve, and what they are asked.
//!
//! **Invariant:** a request that was used, ended or replaced is not found.

use super::rows::{digest, maybe_moment, moment, sealed};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::bytes::TokenHash;
use sekisho_core::id::{ChallengeId, CredentialId, CustomerId, DecisionId, DeviceId, OperationId};
use sekisho_core::known::{ApproverKnown, PushAbout, PushKeyKnown, PushKnown};

/// The columns of a request.
macro_rules! request_select {
    () => {
        "SELECT customer, id, about, operation, bound, secret, sealed, asker, decision, sent, \
         expires, wrong, approved, approver, revision FROM push_request"
    };
}

const OPEN: &str = concat!(request_select!(), " WHERE customer = ?1");
const BY_SECRET: &str = concat!(request_select!(), " WHERE secret = ?1");

const APPROVERS: &str = "SELECT id, customer, device, sealed, push_key, created, last_at \
     FROM approver WHERE customer = ?1 ORDER BY created, id LIMIT 16";

const KEYS: &str = "SELECT kid, sealed, created FROM push_key ORDER BY created DESC, kid LIMIT 64";

impl Store {
    /// The customer's phones that approve, 16 at most, the oldest first.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn approvers(&self, customer: CustomerId) -> Result<Vec<ApproverKnown>, Fault> {
        self.rows_of(Query::new(APPROVERS, [customer.into()]), approver)
            .await
    }

    /// The customer's open request. It may have expired.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn push(&self, customer: CustomerId) -> Result<Option<PushKnown>, Fault> {
        self.row_of(Query::new(OPEN, [customer.into()]), request)
            .await
    }

    /// The open request that a phone was told this secret of.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn push_of(&self, secret: TokenHash) -> Result<Option<PushKnown>, Fault> {
        self.row_of(Query::new(BY_SECRET, [secret.into()]), request)
            .await
    }

    /// The keys by which push services know us, the newest first.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn push_keys(&self) -> Result<Vec<PushKeyKnown>, Fault> {
        self.rows_of(Query::new(KEYS, []), |row| {
            Ok(PushKeyKnown {
                kid: row.text("kid")?.to_owned(),
                sealed: sealed(row, "sealed")?,
                created: moment(row, "created")?,
            })
        })
        .await
    }
}

fn approver(row: &Row) -> Result<ApproverKnown, Fault> {
    Ok(ApproverKnown {
        id: CredentialId(row.id16("id")?),
        customer: CustomerId(row.id16("customer")?),
        device: DeviceId(row.id16("device")?),
        sealed: sealed(row, "sealed")?,
        key: row.text("push_key")?.to_owned(),
        created: moment(row, "created")?,
        last: maybe_moment(row, "last_at")?,
    })
}

fn request(row: &Row) -> Result<PushKnown, Fault> {
    let operation = row.maybe_fixed("operation")?.map(OperationId);
    let approver = row.maybe_fixed("approver")?.map(CredentialId);
    Ok(PushKnown {
        id: ChallengeId(row.id16("id")?),
        customer: CustomerId(row.id16("customer")?),
        about: super::rows::word(row, "about", |text| PushAbout::parse(text, operation))?,
        bound: digest(row, "bound")?,
        secret: super::rows::hash(row, "secret")?,
        sealed: sealed(row, "sealed")?,
        asker: row.maybe_fixed("asker")?.map(DeviceId),
        decision: DecisionId(row.id16("decision")?),
        sent: moment(row, "sent")?,
        expires: moment(row, "expires")?,
        wrong: row.int("wrong")?,
        approved: approver.zip(maybe_moment(row, "approved")?),
        revision: row.int("revision")?,
    })
}
