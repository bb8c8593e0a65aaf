//! The server's signing keys.
//!
//! **Invariant:** the current key comes first.

use super::rows::{maybe_moment, moment, sealed};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::known::SigningKeyKnown;
use sekisho_core::moment::Moment;

const PUBLISHED: &str = "SELECT kid, sealed, jwk, created, retires FROM signing_key \
     WHERE retires IS NULL OR retires > ?1 \
     ORDER BY CASE WHEN retires IS NULL THEN 0 ELSE 1 END, created DESC, kid LIMIT 100";

impl Store {
    /// The keys to publish at `now`: current ones first, the newest before older ones, then those
    /// that retire.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn signing_keys(&self, now: Moment) -> Result<Vec<SigningKeyKnown>, Fault> {
        self.rows_of(Query::new(PUBLISHED, [now.into()]), |row| {
            Ok(SigningKeyKnown {
                kid: row.text("kid")?.to_owned(),
                sealed: sealed(row, "sealed")?,
                public: row.text("jwk")?.to_owned(),
                created: moment(row, "created")?,
                retires: maybe_moment(row, "retires")?,
            })
        })
        .await
    }
}
