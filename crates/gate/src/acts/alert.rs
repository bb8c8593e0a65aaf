//! Alerts: the attacks that were found, for staff.
//!
//! **Invariant:** not a row is read before the entry that says who looks and why is committed.

use sekisho_core::attack::{
    AlertKnown, Attack, FREEZE_PAUSE, MOST_FROZEN, Touched, TouchedKnown, decide_close,
    decide_freeze,
};
use sekisho_core::id::{AlertId, NoticeId};
use sekisho_core::moment::Moment;
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
        Ok(match self.sweeper(claim.into(), ground, wanted).await? {
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
        Ok(match self.sweeper(claim.into(), ground, wanted).await? {
            StaffAnswer::Done(_) => StaffAnswer::Done(self.store().alert(id).await?),
            other => other.map(|_| None),
        })
    }

    /// Freezes the accounts that an attack entered, where the policy says so: each once a day, and
    /// not again after its customer thawed it. A hundred at most; the others when it is looked at
    /// next. Accounts that cannot be frozen keep nobody else from being: they come last.
    pub(crate) async fn freeze_entered(&self, attack: &Attack) {
        let policy = self.policy();
        let mut entered = self.told().unsettled(attack.frozen(&policy));
        let alert = attack.id();
        if entered.len() > MOST_FROZEN {
            let count = entered.len();
            tracing::warn!(%alert, count, "many accounts were entered; they are frozen in turn");
            entered.truncate(MOST_FROZEN);
        }
        for one in entered {
            match self.freeze_one(alert, one).await {
                Ok(until) => self.told().settle(one.customer, until),
                Err(fault) => {
                    self.told().fail(one.customer);
                    tracing::error!(%alert, error = %fault, "an entered account is not frozen");
                }
            }
        }
    }

    /// Answers until when what happened to the customer is settled now.
    async fn freeze_one(&self, alert: AlertId, one: &Touched) -> Result<Moment, Fault> {
        let id = one.customer;
        for _ in 0..ROUNDS {
            let Some(customer) = self.store().customer(id).await? else {
                return Ok(one.last);
            };
            // After the customer's row: whoever settled it since has changed that.
            let settled = self.store().entering_settled(id).await?;
            if let Some(until) = settled.filter(|until| until.plus(FREEZE_PAUSE) >= one.last) {
                return Ok(until);
            }
            let channels = self.store().channels(id).await?;
            let now = self.now();
            let notice = NoticeId(self.dice().id(now)?);
            let fresh = (self.fresh_decision(now)?, notice, now);
            let known = (&customer, channels.as_slice());
            let touched = (alert, one.last);
            let decision = decide_freeze(touched, known, fresh, &self.policy());
            if self.commit(decision).await?.is_some() {
                tracing::warn!(%alert, customer = %id, "an account that was entered is settled");
                return Ok(one.last);
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
        let sweeper = match self.sweeper(claim.into(), ground, wanted).await? {
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
