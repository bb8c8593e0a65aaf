//! Messages that wait, as an operator sees them, and the sending of dead ones again.
//!
//! **Invariant:** an operator sees kind, state and error of a message, never its destination or its
//! text.

use sekisho_core::deliver;
use sekisho_core::id::NoticeId;
use sekisho_core::known::{NoticeKnown, NoticeState};
use sekisho_core::verdict::Verdict;

use sekisho_store::NoticeCounts;

use crate::fault::Fault;
use crate::gate::Gate;

impl Gate {
    /// Messages in a state, oldest first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn notices(&self, state: NoticeState, most: u32) -> Result<Vec<NoticeKnown>, Fault> {
        Ok(self.store().notices(state, None, most).await?)
    }

    /// How many messages wait and how many are dead.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn notice_counts(&self) -> Result<NoticeCounts, Fault> {
        Ok(self.store().notice_counts().await?)
    }

    /// Lets a dead message wait again; `false` when it is not dead or has expired.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn resend_notice(&self, id: NoticeId) -> Result<bool, Fault> {
        let Some(notice) = self.store().notice(id).await? else {
            return Ok(false);
        };
        let now = self.now();
        let decided =
            deliver::decide_resend(&notice, self.fresh_decision(now)?, now, &self.policy());
        let committed = self.commit(decided).await?;
        Ok(committed.is_some_and(|committed| *committed.verdict() == Verdict::Allow))
    }
}
