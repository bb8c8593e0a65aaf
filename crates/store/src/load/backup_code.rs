//! The backup codes of a customer.
//!
//! **Invariant:** set and codes come from one statement, so that no code is seen in a set that took
//! the place of its own.

use super::rows::{hash, maybe_moment, moment};
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::id::{CredentialId, CustomerId};
use sekisho_core::known::{BackupCodeKnown, BackupSetKnown};

const OF_CUSTOMER: &str = "SELECT s.id, s.customer, s.made, c.hash, c.used, c.again \
     FROM backup_set s JOIN backup_code c ON c.backup_set = s.id \
     WHERE s.customer = ?1 ORDER BY c.hash LIMIT 16";

impl Store {
    /// The customer's set of backup codes, used ones included; 16 codes at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn backup_codes(
        &self,
        customer: CustomerId,
    ) -> Result<Option<BackupSetKnown>, Fault> {
        let query = Query::new(OF_CUSTOMER, [customer.into()]);
        let rows = self
            .rows_of(query, |row| {
                let set = BackupSetKnown {
                    id: CredentialId(row.id16("id")?),
                    customer: CustomerId(row.id16("customer")?),
                    made: moment(row, "made")?,
                    codes: Vec::new(),
                };
                let code = BackupCodeKnown {
                    hash: hash(row, "hash")?,
                    used: maybe_moment(row, "used")?,
                    again: maybe_moment(row, "again")?,
                };
                Ok((set, code))
            })
            .await?;
        let mut known: Option<BackupSetKnown> = None;
        for (set, code) in rows {
            known.get_or_insert(set).codes.push(code);
        }
        Ok(known)
    }
}
