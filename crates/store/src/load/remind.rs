//! For the act "remind": whose password is old.
//!
//! **Invariant:** the order is total, so a walk from page to page meets everybody once.

use super::rows::moment;
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::id::{CredentialId, CustomerId};
use sekisho_core::moment::Moment;

const OLD: &str = "SELECT id, customer, set_at FROM credential \
     WHERE set_at < ?1 AND (set_at > ?2 OR (set_at = ?2 AND id > ?3)) \
     ORDER BY set_at, id LIMIT ?4";

/// A place in the walk through old passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OldPassword {
    /// When it was set.
    pub set: Moment,
    /// Which it is.
    pub credential: CredentialId,
    /// Whose it is.
    pub customer: CustomerId,
}

impl Store {
    /// Passwords that were set before `before`, oldest first: `most` of those after `from`.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn old_passwords(
        &self,
        before: Moment,
        from: Option<OldPassword>,
        most: u16,
    ) -> Result<Vec<OldPassword>, Fault> {
        let (set, id) = from.map_or((Moment(i64::MIN), CredentialId([0; 16])), |from| {
            (from.set, from.credential)
        });
        let params = [before.into(), set.into(), id.into(), i64::from(most).into()];
        self.rows_of(Query::new(OLD, params), |row| {
            Ok(OldPassword {
                set: moment(row, "set_at")?,
                credential: CredentialId(row.id16("id")?),
                customer: CustomerId(row.id16("customer")?),
            })
        })
        .await
    }
}
