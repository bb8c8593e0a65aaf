//! Alerts: the attacks that were found, for staff.
//!
//! **Invariant:** not a row is read before the entry that says who looks and why is committed.

use sekisho_core::attack::{
    AlertKnown, Attack, MOST_FROZEN, TouchedKnown, decide_close, decide_freeze,
};
use sekisho_core::id::{AlertId, CustomerId, NoticeId};
use sekisho_core::known::{CustomerKnown, CustomerState};
use sekisho_core::thaw::Ground;
use sekisho_store::AlertQuestion;
use serde_json::json;

use super::staff::{StaffAnswer, StaffClaim};
use super::sweep::By;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

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

    /// Freezes the accounts that an attack entered, where the policy says so: each once, and not
    /// again after its customer thawed it.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn freeze_entered(&self, attack: &Attack) -> Result<(), Fault> {
        let policy = self.policy();
        let mut entered: Vec<_> = attack.frozen(&policy).collect();
        if entered.is_empty() {
            return Ok(());
        }
        let before = self.store().entered(attack.id()).await?;
        entered.retain(|customer| !before.contains(customer));
        let many = entered.len() > MOST_FROZEN;
        for customer in entered.into_iter().take(MOST_FROZEN) {
            self.freeze_one(attack.id(), customer).await?;
        }
        if many {
            let alert = attack.id();
            tracing::error!(%alert, "more accounts were entered than are frozen at once; see the alert");
        }
        Ok(())
    }

    async fn freeze_one(&self, alert: AlertId, id: CustomerId) -> Result<(), Fault> {
        for _ in 0..ROUNDS {
            let active = |known: &CustomerKnown| known.state == CustomerState::Active;
            let Some(customer) = self.store().customer(id).await?.filter(active) else {
                return Ok(());
            };
            let channels = self.store().channels(id).await?;
            let now = self.now();
            let notice = NoticeId(self.dice().id(now)?);
            let fresh = (self.fresh_decision(now)?, notice, now);
            let known = (&customer, channels.as_slice());
            let decision = decide_freeze(alert, known, fresh, &self.policy());
            if self.commit(decision).await?.is_some() {
                tracing::warn!(%alert, customer = %id, "an account that was entered is frozen");
                return Ok(());
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
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
        let By::Staff(staff) = &sweeper.by else {
            return Ok(StaffAnswer::Unproved);
        };
        let decision = decide_close(id, staff, at, &self.policy());
        Ok(StaffAnswer::Done(self.commit(decision).await?.is_some()))
    }
}
