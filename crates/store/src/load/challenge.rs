//! The unused one-time code that is bound to something.
//!
//! **Invariant:** a used or replaced code is not found.

use super::rows::challenge;
use crate::Store;
use crate::fault::Fault;
use crate::sql::Query;
use sekisho_core::bytes::Digest;
use sekisho_core::known::ChallengeKnown;

impl Store {
    /// The newest code bound to `bound`, if it is unused. It may have expired.
    ///
    /// # Errors
    /// Those of a read.
    pub async fn challenge(&self, bound: Digest) -> Result<Option<ChallengeKnown>, Fault> {
        let text = "SELECT id, kind, bound, code, sent, expires FROM challenge WHERE bound = ?1";
        self.row_of(Query::new(text, [bound.into()]), challenge)
            .await
    }
}
