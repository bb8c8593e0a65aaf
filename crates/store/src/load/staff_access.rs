//! By what people of the firm come into the console: their passkeys and sessions.
//!
//! **Invariant:** a session comes with its person as of the same snapshot, and one that ended does
//! not come.

use super::rows::{hash, maybe_moment, moment, word, words};
use super::stop::staff;
use crate::Store;
use crate::fault::Fault;
use crate::sql::{Query, Row};
use sekisho_core::bytes::TokenHash;
use sekisho_core::id::{CredentialId, StaffId, StaffSessionId};
use sekisho_core::known::{
    Attestation, Backup, StaffKnown, StaffPasskeyKnown, StaffSessionKnown, Transport,
};
use sekisho_core::text::Line;

/// The columns of a passkey `p` as [`passkey`] reads them.
macro_rules! passkey_columns {
    () => {
        "p.id AS passkey_id, p.staff AS passkey_staff, p.rp_id, p.handle, p.user_handle, \
         p.public_key, p.signatures, p.backup, p.aaguid, p.attested, p.transports, \
         p.name AS passkey_name, p.created AS passkey_created, p.last_at AS passkey_last, \
         p.revision AS passkey_revision"
    };
}

/// The columns of a person `s` as [`staff`] reads them.
macro_rules! staff_columns {
    () => {
        "s.id, s.name, s.roles, s.hash, s.created, s.given, s.disabled, s.revision, \
         (SELECT MIN(created) FROM staff) AS founded"
    };
}

const OF_STAFF: &str = concat!(
    "SELECT ",
    passkey_columns!(),
    " FROM staff_passkey p WHERE p.staff = ?1 ORDER BY p.created, p.id LIMIT 64"
);

const ALL: &str = concat!(
    "SELECT ",
    passkey_columns!(),
    " FROM staff_passkey p ORDER BY p.staff, p.created, p.id LIMIT 10000"
);

const BY_HANDLE: &str = concat!(
    "SELECT ",
    passkey_columns!(),
    ", ",
    staff_columns!(),
    " FROM staff_passkey p JOIN staff s ON s.id = p.staff WHERE p.handle = ?1"
);

const SESSION: &str = concat!(
    "SELECT t.id AS session_id, t.token, t.passkey, t.opened, t.proved, t.last_at, t.ends, ",
    staff_columns!(),
    " FROM staff_session t JOIN staff s ON s.id = t.staff WHERE t.token = ?1 AND t.ended IS NULL"
);

impl Store {
    /// The passkeys of a person of the firm, the oldest first.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn staff_passkeys(&self, staff: StaffId) -> Result<Vec<StaffPasskeyKnown>, Fault> {
        self.rows_of(Query::new(OF_STAFF, [staff.into()]), passkey)
            .await
    }

    /// The passkeys of everybody, 10,000 at most.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn all_staff_passkeys(&self) -> Result<Vec<StaffPasskeyKnown>, Fault> {
        self.rows_of(Query::new(ALL, []), passkey).await
    }

    /// The passkey of a person of the firm with this handle, and whose it is.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn staff_passkey(
        &self,
        handle: &[u8],
    ) -> Result<Option<(StaffPasskeyKnown, StaffKnown)>, Fault> {
        let both = |row: &Row| Ok((passkey(row)?, staff(row)?));
        self.row_of(Query::new(BY_HANDLE, [handle.to_vec().into()]), both)
            .await
    }

    /// The session in the console of this token, if it was not ended.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn staff_session(
        &self,
        token: TokenHash,
    ) -> Result<Option<StaffSessionKnown>, Fault> {
        self.row_of(Query::new(SESSION, [token.into()]), session)
            .await
    }
}

fn session(row: &Row) -> Result<StaffSessionKnown, Fault> {
    Ok(StaffSessionKnown {
        id: StaffSessionId(row.id16("session_id")?),
        token: hash(row, "token")?,
        staff: staff(row)?,
        passkey: row.maybe_fixed("passkey")?.map(CredentialId),
        opened: moment(row, "opened")?,
        proved: moment(row, "proved")?,
        last: moment(row, "last_at")?,
        ends: moment(row, "ends")?,
    })
}

fn passkey(row: &Row) -> Result<StaffPasskeyKnown, Fault> {
    let count = u32::try_from(row.int("signatures")?);
    Ok(StaffPasskeyKnown {
        id: CredentialId(row.id16("passkey_id")?),
        staff: StaffId(row.id16("passkey_staff")?),
        rp_id: row.text("rp_id")?.to_owned(),
        handle: row.bytes("handle")?.to_vec(),
        user_handle: row.bytes("user_handle")?.to_vec(),
        public_key: row.bytes("public_key")?.to_vec(),
        sign_count: count.map_err(|_| row.corrupt("signatures", "a 32-bit number"))?,
        backup: word(row, "backup", Backup::parse)?,
        aaguid: row.id16("aaguid")?,
        attestation: if row.flag("attested")? {
            Attestation::Rooted
        } else {
            Attestation::Absent
        },
        transports: words(row, "transports", Transport::parse)?,
        name: word(row, "passkey_name", |text| Line::parse(text).ok())?,
        created: moment(row, "passkey_created")?,
        last: maybe_moment(row, "passkey_last")?,
        revision: row.int("passkey_revision")?,
    })
}
