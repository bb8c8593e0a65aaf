//! The act "freeze": a customer switches their own account off.
//!
//! **Invariant:** a live session is enough, whatever its age and methods.

use sekisho_core::freeze::{Facts, decide};
use sekisho_core::id::NoticeId;

use super::account::Session;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::visitor::Visitor;

impl Gate {
    /// Freezes the account of a session. Every session of the customer has ended then, this one
    /// included.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn freeze(&self, session: &Session, visitor: &Visitor) -> Result<(), Fault> {
        let id = session.customer();
        let (_, context) = self.recognise(visitor, Some(id)).await?;
        for _ in 0..ROUNDS {
            let now = self.now();
            let current = self.store().customer(id).await?;
            let facts = Facts {
                customer: current.unwrap_or_else(|| session.known_customer().clone()),
                channels: self.store().channels(id).await?,
                fresh: (self.fresh_decision(now)?, NoticeId(self.dice().id(now)?)),
                now,
            };
            let decision = decide(&context, &facts, &self.policy());
            if self.commit(decision).await?.is_some() {
                return Ok(());
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}
