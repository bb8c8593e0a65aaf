//! One alert in the console: shown with whom it touched, taken, and closed.
//!
//! **Invariant:** an alert is taken only as it was shown, by a person whom [`Gate::may`] allowed it
//! at that moment.

use sekisho_core::attack::{AlertKnown, TouchedKnown, decide_close, decide_take};
use sekisho_core::console::ConsoleAct;
use sekisho_core::id::AlertId;
use sekisho_core::moment::Moment;
use sekisho_core::reason::Reason;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::Verdict;
use sekisho_store::OverdueCounted;
use serde_json::json;

use super::console::Names;
use super::staff::StaffAnswer;
use super::staff_sign_in::StaffSession;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

/// An alert with whom it touched, and the names of people.
pub type ShownAlert = (AlertKnown, Vec<TouchedKnown>, Names);

impl Gate {
    /// One alert.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_alert(
        &self,
        session: &StaffSession,
        id: AlertId,
    ) -> Result<StaffAnswer<Option<ShownAlert>>, Fault> {
        let asked = json!({ "alert": id });
        let looks = self.looks_at(session, ConsoleAct::AlertShow, asked).await?;
        if let Err(reason) = looks {
            return Ok(StaffAnswer::Refused(reason));
        }
        let Some((known, touched)) = self.store().alert(id).await? else {
            return Ok(StaffAnswer::Done(None));
        };
        let names = self.names().await?;
        Ok(StaffAnswer::Done(Some((known, touched, names))))
    }

    /// Closes an alert; `false` if there is none of that id that is open.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_close_alert(
        &self,
        session: &StaffSession,
        id: AlertId,
        ground: &Ground,
    ) -> Result<StaffAnswer<bool>, Fault> {
        let asked = json!({ "alert": id, "ground": ground.as_str() });
        let staff = match self
            .looks_at(session, ConsoleAct::AlertClose, asked)
            .await?
        {
            Err(reason) => return Ok(StaffAnswer::Refused(reason)),
            Ok(staff) => staff,
        };
        let now = self.now();
        let at = (self.fresh_decision(now)?, now);
        let decision = decide_close(id, &staff, at, &self.policy());
        Ok(StaffAnswer::Done(self.commit(decision).await?.is_some()))
    }

    /// Looks into an alert from now on, if it is still in the hands it was shown in: `seen` is
    /// since when somebody did. `false` if there is none of that id.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn take_alert(
        &self,
        session: &StaffSession,
        (id, seen): (AlertId, Option<Moment>),
    ) -> Result<StaffAnswer<bool>, Fault> {
        for _ in 0..ROUNDS {
            if let Err(reason) = self.may(session, ConsoleAct::AlertTake) {
                return Ok(StaffAnswer::Refused(reason));
            }
            let Some(staff) = self.in_session(session) else {
                return Ok(StaffAnswer::Unproved);
            };
            let Some((known, _)) = self.store().alert(id).await? else {
                return Ok(StaffAnswer::Done(false));
            };
            let now = self.now();
            let at = (self.fresh_decision(now)?, now);
            let decision = decide_take((&known, seen), &staff, at, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            let reason = committed.reasons().first().copied();
            return Ok(match committed.verdict() {
                Verdict::Allow => StaffAnswer::Done(true),
                _ => StaffAnswer::Refused(reason.unwrap_or(Reason::AlertAltered)),
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// What nobody has taken in time.
    pub(crate) async fn count_overdue(&self) -> Result<OverdueCounted, Fault> {
        let duty = self.policy().duty;
        Ok(self.store().overdue_counted(&duty, self.now()).await?)
    }
}
