//! What else is shown in the console: stops, held operations, and why a decision was taken.
//!
//! **Invariant:** nothing that names a customer is read before [`Gate::may`] allowed it and the
//! entry that says who looks is committed.

use sekisho_core::console::ConsoleAct;
use sekisho_core::id::{DecisionId, OperationId};
use sekisho_core::moment::Moment;
use serde_json::json;

use super::backtest::Explanation;
use super::console::{Listed, listed};
use super::release::HeldOperation;
use super::staff::StaffAnswer;
use super::staff_sign_in::StaffSession;
use super::stop::ListedStops;
use crate::fault::Fault;
use crate::gate::Gate;

/// Rows of a page.
const PAGE: u32 = 50;

impl Gate {
    /// Stops that are not over, and the newest of those that are.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_stops(
        &self,
        session: &StaffSession,
    ) -> Result<StaffAnswer<ListedStops>, Fault> {
        match self.may(session, ConsoleAct::StopsShow) {
            Err(reason) => Ok(StaffAnswer::Refused(reason)),
            Ok(()) => Ok(StaffAnswer::Done(self.listed_stops().await?)),
        }
    }

    /// A page of held operations, those first that are due first. A cursor that is not one of ours
    /// begins at the first row.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_held(
        &self,
        session: &StaffSession,
        after: Option<&str>,
    ) -> Result<StaffAnswer<Listed<HeldOperation>>, Fault> {
        let asked = json!({ "after": after.is_some() });
        let looks = self.looks_at(session, ConsoleAct::HeldShow, asked).await?;
        if let Err(reason) = looks {
            return Ok(StaffAnswer::Refused(reason));
        }
        let after = after.and_then(|text| {
            let (due, id) = text.split_once('.')?;
            Some((Moment(due.parse().ok()?), id.parse::<OperationId>().ok()?))
        });
        let held = self.store().operations_held(after, PAGE + 1).await?;
        let due = |one: &HeldOperation| one.hold.as_ref().map_or(0, |hold| hold.due().0);
        let rows = held.iter().map(|known| self.held_view(known)).collect();
        let page = listed(rows, PAGE, |one| format!("{}.{}", due(one), one.id));
        Ok(StaffAnswer::Done(page))
    }

    /// One operation; `None` if there is none of that id.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_held_one(
        &self,
        session: &StaffSession,
        id: OperationId,
    ) -> Result<StaffAnswer<Option<HeldOperation>>, Fault> {
        let asked = json!({ "operation": id });
        let looks = self.looks_at(session, ConsoleAct::HeldShow, asked).await?;
        if let Err(reason) = looks {
            return Ok(StaffAnswer::Refused(reason));
        }
        let found = self.store().operation(id).await?;
        Ok(StaffAnswer::Done(found.map(|known| self.held_view(&known))))
    }

    /// Why a decision was taken; `None` if there is none of that id.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn console_decision(
        &self,
        session: &StaffSession,
        id: DecisionId,
    ) -> Result<StaffAnswer<Option<Explanation>>, Fault> {
        let asked = json!({ "explain": id });
        let looks = self.looks_at(session, ConsoleAct::DecisionShow, asked);
        if let Err(reason) = looks.await? {
            return Ok(StaffAnswer::Refused(reason));
        }
        Ok(StaffAnswer::Done(self.explained(id).await?))
    }
}
