//! For the act "tell": webhooks, and operations of which their application was not told.
//!
//! **Invariant:** each application has its own queue, so that no other keeps it waiting.

use super::confirm::{operation, operation_select};
use super::rows::{customer_columns, maybe_moment, moment, sealed};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::bytes::Sealed;
use sekisho_core::id::ApplicationId;
use sekisho_core::known::{UntoldKnown, WebhookKnown};
use sekisho_core::moment::Moment;

/// The columns of a webhook.
macro_rules! webhook_select {
    () => {
        "SELECT application, url, secret, former, former_until, created, failed_at, error, \
         failing, given_up FROM webhook"
    };
}

const ALL: &str = concat!(webhook_select!(), " ORDER BY application LIMIT 10000");
const ONE: &str = concat!(webhook_select!(), " WHERE application = ?1");

/// The condition of the index stands word for word, so that what was told is never looked at.
const UNTOLD: &str = concat!(
    operation_select!(),
    " WHERE o.application = ?1 AND o.told_revision < o.revision AND o.tell_next <= ?2 \
     ORDER BY o.tell_next, o.id LIMIT ?3"
);

const WAITING: &str = "SELECT COUNT(*) AS waiting FROM operation o \
     WHERE o.application = ?1 AND o.told_revision < o.revision";

impl Store {
    /// Every webhook.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn webhooks(&self) -> Result<Vec<WebhookKnown>, Fault> {
        self.rows_of(Query::new(ALL, []), webhook).await
    }

    /// The webhook of this application.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn webhook(&self, id: ApplicationId) -> Result<Option<WebhookKnown>, Fault> {
        self.row_of(Query::new(ONE, [id.into()]), webhook).await
    }

    /// Operations of which this application is to be told at `now`, the longest due first, `limit`
    /// at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn untold(
        &self,
        application: ApplicationId,
        now: Moment,
        limit: u32,
    ) -> Result<Vec<UntoldKnown>, Fault> {
        let query = Query::new(UNTOLD, [application.into(), now.into(), limit.into()]);
        self.rows_of(query, |row| {
            Ok(UntoldKnown {
                operation: operation(row)?,
                tries: match row.int("tell_about")?.abs() == row.int("revision")? {
                    true => row.int("tell_tries")?,
                    false => 0,
                },
            })
        })
        .await
    }

    /// How many operations of this application it was not told of.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn untold_count(&self, application: ApplicationId) -> Result<i64, Fault> {
        let query = Query::new(WAITING, [application.into()]);
        let waiting = self.row_of(query, |row| row.int("waiting")).await?;
        Ok(waiting.unwrap_or_default())
    }
}

fn webhook(row: &Row) -> Result<WebhookKnown, Fault> {
    let former = row
        .maybe_bytes("former")?
        .map(|bytes| Sealed(bytes.to_vec()));
    let error = row.maybe_text("error")?.unwrap_or_default().to_owned();
    Ok(WebhookKnown {
        application: ApplicationId(row.id16("application")?),
        url: row.text("url")?.to_owned(),
        secret: sealed(row, "secret")?,
        former: former.zip(maybe_moment(row, "former_until")?),
        created: moment(row, "created")?,
        failed: maybe_moment(row, "failed_at")?.map(|at| (at, error)),
        failing: maybe_moment(row, "failing")?,
        given_up: row.int("given_up")?,
    })
}
