//! Passkeys: those of a customer, and the one with a handle.
//!
//! **Invariant:** a handle names at most one passkey.

use super::rows::{customer, customer_columns, maybe_moment, moment, strange, word, words};
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::bytes::Digest;
use sekisho_core::id::{CredentialId, CustomerId};
use sekisho_core::known::{Attestation, Backup, CustomerKnown, PasskeyKnown, Transport};
use sekisho_core::proof::UserSeen;
use sekisho_core::text::Line;

macro_rules! passkey_columns {
    () => {
        "p.id AS passkey_id, p.customer AS passkey_customer, p.handle, p.public_key, \
         p.signatures, p.user_verified, p.backup, p.aaguid, p.name, p.created AS passkey_created, \
         p.last_at AS passkey_last, p.revision AS passkey_revision, p.rp_id, p.user_handle, \
         p.transports, p.strange AS passkey_strange, p.attested"
    };
}

const OF_CUSTOMER: &str = concat!(
    "SELECT ",
    passkey_columns!(),
    " FROM passkey p WHERE p.customer = ?1 ORDER BY p.created, p.id LIMIT 64"
);

pub(super) const OF_REFERENCE: &str = concat!(
    "SELECT ",
    passkey_columns!(),
    " FROM customer c JOIN passkey p ON p.customer = c.id \
     WHERE c.reference = ?1 ORDER BY p.created, p.id LIMIT 64"
);

const BY_HANDLE: &str = concat!(
    "SELECT ",
    passkey_columns!(),
    ", ",
    customer_columns!(),
    " FROM passkey p JOIN customer c ON c.id = p.customer WHERE p.handle = ?1"
);

impl Store {
    /// The passkeys of a customer, the oldest first.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn passkeys(&self, customer: CustomerId) -> Result<Vec<PasskeyKnown>, Fault> {
        self.rows_of(Query::new(OF_CUSTOMER, [customer.into()]), passkey)
            .await
    }

    /// Whether a challenge was answered before.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn is_spent(&self, nonce: Digest) -> Result<bool, Fault> {
        let text = "SELECT 1 AS found FROM spent_ticket WHERE nonce = ?1";
        let found = self
            .row_of(Query::new(text, [nonce.into()]), |_| Ok(()))
            .await?;
        Ok(found.is_some())
    }

    /// The passkey with this handle, and whose it is.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn passkey(
        &self,
        handle: &[u8],
    ) -> Result<Option<(PasskeyKnown, CustomerKnown)>, Fault> {
        let both = |row: &Row| Ok((passkey(row)?, customer(row)?));
        self.row_of(Query::new(BY_HANDLE, [handle.to_vec().into()]), both)
            .await
    }
}

pub(super) fn passkey(row: &Row) -> Result<PasskeyKnown, Fault> {
    let count = u32::try_from(row.int("signatures")?);
    Ok(PasskeyKnown {
        id: CredentialId(row.id16("passkey_id")?),
        customer: CustomerId(row.id16("passkey_customer")?),
        rp_id: row.text("rp_id")?.to_owned(),
        handle: row.bytes("handle")?.to_vec(),
        user_handle: row.bytes("user_handle")?.to_vec(),
        public_key: row.bytes("public_key")?.to_vec(),
        sign_count: count.map_err(|_| row.corrupt("signatures", "a 32-bit number"))?,
        seen: if row.flag("user_verified")? {
            UserSeen::Verified
        } else {
            UserSeen::Present
        },
        backup: word(row, "backup", Backup::parse)?,
        aaguid: row.id16("aaguid")?,
        attestation: if row.flag("attested")? {
            Attestation::Rooted
        } else {
            Attestation::Absent
        },
        transports: words(row, "transports", Transport::parse)?,
        name: word(row, "name", |text| Line::parse(text).ok())?,
        place: strange(row, "passkey_strange")?,
        created: moment(row, "passkey_created")?,
        last: maybe_moment(row, "passkey_last")?,
        revision: row.int("passkey_revision")?,
    })
}
