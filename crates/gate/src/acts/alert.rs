//! Alerts: the attacks that were found, for staff.
//!
//! **Invariant:** not a row is read before the entry that says who looks and why is committed.

use sekisho_core::attack::{AlertKnown, TouchedKnown, decide_close};
use sekisho_core::id::AlertId;
use sekisho_core::thaw::Ground;
use sekisho_store::AlertQuestion;
use serde_json::json;

use super::staff::{StaffAnswer, StaffClaim};
use crate::fault::Fault;
use crate::gate::Gate;

impl Gate {
    /// Alerts, the newest first, to a person who proves who they are and says why.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn alerts(
        &self,
        claim: &StaffClaim,
        asked: AlertQuestion,
        ground: Ground,
    ) -> Result<StaffAnswer<Vec<AlertKnown>>, Fault> {
        let wanted = json!({ "alerts": { "closed": asked.closed, "since": asked.since } });
        Ok(match self.sweeper(claim, ground, wanted).await? {
            StaffAnswer::Done(_) => StaffAnswer::Done(self.store().alerts(asked).await?),
            other => other.map(|_| Vec::new()),
        })
    }

    /// One alert with whom it touched, likewise; `None` if there is none of that id.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn alert(
        &self,
        claim: &StaffClaim,
        id: AlertId,
        ground: Ground,
    ) -> Result<StaffAnswer<Option<(AlertKnown, Vec<TouchedKnown>)>>, Fault> {
        let wanted = json!({ "alert": id });
        Ok(match self.sweeper(claim, ground, wanted).await? {
            StaffAnswer::Done(_) => StaffAnswer::Done(self.store().alert(id).await?),
            other => other.map(|_| None),
        })
    }

    /// Closes an alert, likewise; `false` if there is none of that id that is open. It opens again
    /// if the attack goes on.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn close_alert(
        &self,
        claim: &StaffClaim,
        id: AlertId,
        ground: Ground,
    ) -> Result<StaffAnswer<bool>, Fault> {
        let wanted = json!({ "alert": id, "close": true });
        let sweeper = match self.sweeper(claim, ground, wanted).await? {
            StaffAnswer::Done(sweeper) => sweeper,
            other => return Ok(other.map(|_| false)),
        };
        let now = self.now();
        let at = (self.fresh_decision(now)?, now);
        let decision = decide_close(id, &sweeper.staff, at, &self.policy());
        Ok(StaffAnswer::Done(self.commit(decision).await?.is_some()))
    }
}
