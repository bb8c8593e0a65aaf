//! For the act "sign_out", and for every page behind a sign-in: the session and the device of a
//! browser.
//!
//! **Invariant:** a session that was ended is not found; one that ran out is, and its moments say
//! so.

use super::rows::{
    customer_columns, maybe_moment, moment, session, session_columns, session_select,
};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::bytes::TokenHash;
use sekisho_core::id::{CustomerId, DeviceId, SessionId};
use sekisho_core::known::{DeviceKnown, SessionKnown};

const BY_TOKEN: &str = concat!(session_select!(), " WHERE s.token = ?1 AND s.ended IS NULL");

const BY_ID: &str = concat!(session_select!(), " WHERE s.id = ?1 AND s.ended IS NULL");

impl Store {
    /// The session with this token, unless it was ended.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn session(&self, token: TokenHash) -> Result<Option<SessionKnown>, Fault> {
        self.row_of(Query::new(BY_TOKEN, [token.into()]), session)
            .await
    }

    /// The session with this id, as an ID token hint names it, unless it was ended.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn session_by_id(&self, id: SessionId) -> Result<Option<SessionKnown>, Fault> {
        self.row_of(Query::new(BY_ID, [id.into()]), session).await
    }

    /// The device that this token belongs to or belonged to.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn device(&self, token: TokenHash) -> Result<Option<DeviceKnown>, Fault> {
        let text = "SELECT d.id, d.customer, d.last_at, d.forgotten, t.retired \
                    FROM device_token t JOIN device d ON d.id = t.device WHERE t.token = ?1";
        self.row_of(Query::new(text, [token.into()]), |row| {
            Ok(DeviceKnown {
                id: DeviceId(row.id16("id")?),
                customer: CustomerId(row.id16("customer")?),
                last: moment(row, "last_at")?,
                retired: maybe_moment(row, "retired")?,
                forgotten: maybe_moment(row, "forgotten")?,
            })
        })
        .await
    }
}
