//! For the act "import": who has the login or the reference of a line already.
//!
//! **Invariant:** both are asked of one snapshot.

use super::rows::{customer, every, first};
use super::sign_in::{LOGINS, login};
use super::sign_up::BY_REFERENCE;
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::bytes::BlindIndex;
use sekisho_core::known::{CustomerKnown, LoginKnown};
use sekisho_core::text::Reference;

/// Who is there already.
#[derive(Clone, Debug)]
pub struct ImportKnown {
    /// Everybody who shares the truncated index of the login; see [`Store::logins`].
    pub logins: Vec<LoginKnown>,
    /// Who has the reference.
    pub reference: Option<CustomerKnown>,
}

impl Store {
    /// Who has the login or the reference of a line.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn import(
        &self,
        index: &BlindIndex,
        reference: &Reference,
    ) -> Result<ImportKnown, Fault> {
        let queries = vec![
            Query::new(LOGINS, [index.into()]),
            Query::new(BY_REFERENCE, [reference.as_str().into()]),
        ];
        let mut answers = self.db.read(queries).await?.into_iter();
        let logins = every(&answers.next().unwrap_or_default(), login)?;
        let reference = first(&answers.next().unwrap_or_default(), customer)?;
        Ok(ImportKnown { logins, reference })
    }
}
