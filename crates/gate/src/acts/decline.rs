//! The customer says no to an operation.
//!
//! **Invariant:** saying no takes no proof beyond the session, and is possible while it is stopped.

use sekisho_core::confirm;
use sekisho_core::id::OperationId;

use super::account::Session;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};

impl Gate {
    /// The customer says no.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn decline(&self, session: &Session, id: OperationId) -> Result<(), Fault> {
        for _ in 0..ROUNDS {
            let Some((shown, _)) = self.gather_shown(session, id).await? else {
                return Ok(());
            };
            let now = self.now();
            let decided =
                confirm::decide_decline(&shown, self.fresh_decision(now)?, now, &self.policy());
            if self.commit(decided).await?.is_some() {
                return Ok(());
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}
