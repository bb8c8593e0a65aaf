//! What a decision rests on and leaves as it is.
//!
//! **Invariant:** on PostgreSQL the row is locked, so that whoever changes it comes before or after
//! the whole decision; on SQLite nobody else writes.

use crate::sql::{Sql, Write};
use sekisho_core::change::Stands;
use sekisho_core::known::CredentialSeen;

const CUSTOMER: Sql = Sql {
    sqlite: "UPDATE customer SET revision = revision WHERE id = ?1 AND revision = ?2",
    postgres: "SELECT 1 FROM customer WHERE id = ?1 AND revision = ?2 FOR SHARE",
};

const PASSWORD: Sql = Sql {
    sqlite: "UPDATE credential SET revision = revision WHERE id = ?1 AND revision = ?2",
    postgres: "SELECT 1 FROM credential WHERE id = ?1 AND revision = ?2 FOR SHARE",
};

const SESSION: Sql = Sql {
    sqlite: "UPDATE session SET last_at = last_at \
             WHERE id = ?1 AND customer = ?2 AND ended IS NULL",
    postgres: "SELECT 1 FROM session WHERE id = ?1 AND customer = ?2 AND ended IS NULL FOR SHARE",
};

const STAFF: Sql = Sql {
    sqlite: "UPDATE staff SET revision = revision \
             WHERE id = ?1 AND revision = ?2 AND disabled IS NULL",
    postgres: "SELECT 1 FROM staff WHERE id = ?1 AND revision = ?2 AND disabled IS NULL FOR SHARE",
};

pub(super) fn writes(stands: Stands) -> Vec<Write> {
    let write = match stands {
        Stands::Customer { id, revision } => Write::one(CUSTOMER, [id.into(), revision.into()]),
        Stands::Password(CredentialSeen { id, revision }) => {
            Write::one(PASSWORD, [id.into(), revision.into()])
        }
        Stands::Staff { id, revision } => Write::one(STAFF, [id.into(), revision.into()]),
        Stands::Stops { epoch } => return super::stop::stands(epoch).into(),
        Stands::Session { id, customer } => Write::one(SESSION, [id.into(), customer.into()]),
    };
    vec![write]
}
