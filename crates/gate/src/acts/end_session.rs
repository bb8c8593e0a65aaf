//! The act "end session": the customer looks at their sessions and ends some.
//!
//! **Invariant:** a list shows only sessions that would still be served.

use sekisho_core::context::Context;
use sekisho_core::end_session::{Attempt, Facts, decide};
use sekisho_core::id::SessionId;
use sekisho_core::known::SessionListed;
use sekisho_core::moment::Moment;
use sekisho_core::session::is_alive;
use sekisho_core::verdict::Verdict;

use super::account::Session;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::visitor::Visitor;

/// A session as its customer sees it.
#[derive(Clone, Debug)]
pub struct ShownSession {
    /// The id.
    pub id: SessionId,
    /// Whether it is the one that looks.
    pub this: bool,
    /// From where it was opened, as far as the history still tells.
    pub context: Option<Context>,
    /// When it was opened.
    pub since: Moment,
    /// When it was last used, to within a few minutes.
    pub last: Moment,
}

/// What became of the wish to end a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedSession {
    /// It has ended.
    Ended,
    /// There is no such session of this customer.
    Unknown,
}

impl Gate {
    /// The customer's live sessions: the one that looks first, then the last used.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sessions(&self, session: &Session) -> Result<Vec<ShownSession>, Fault> {
        let (now, policy) = (self.now(), self.policy());
        let listed = self.store().sessions(session.customer(), now).await?;
        let shown = |listed: SessionListed| ShownSession {
            id: listed.session.id,
            this: listed.session.id == session.id(),
            context: listed.context,
            since: listed.session.proved,
            last: listed.session.last,
        };
        let alive = listed
            .into_iter()
            .filter(|listed| is_alive(&listed.session, now, &policy));
        let mut sessions: Vec<_> = alive.map(shown).collect();
        sessions.sort_by_key(|shown| !shown.this);
        Ok(sessions)
    }

    /// Ends one session of the customer.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end_session(
        &self,
        session: &Session,
        id: SessionId,
        visitor: &Visitor,
    ) -> Result<EndedSession, Fault> {
        let target = self.store().session_by_id(id).await?;
        self.settle_sessions(session, &Attempt::One(target.map(Box::new)), visitor)
            .await
    }

    /// Ends every session of the customer but this one.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end_other_sessions(
        &self,
        session: &Session,
        visitor: &Visitor,
    ) -> Result<EndedSession, Fault> {
        self.settle_sessions(session, &Attempt::Others, visitor)
            .await
    }

    async fn settle_sessions(
        &self,
        session: &Session,
        attempt: &Attempt,
        visitor: &Visitor,
    ) -> Result<EndedSession, Fault> {
        let (_, context) = self.recognise(visitor, Some(session.customer())).await?;
        for _ in 0..ROUNDS {
            let now = self.now();
            let facts = Facts {
                session: session.known.clone(),
                context,
                decision: self.fresh_decision(now)?,
                now,
            };
            let decision = decide(attempt, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match committed.verdict() {
                Verdict::Allow => EndedSession::Ended,
                Verdict::Hold | Verdict::Refuse | Verdict::StepUp(_) => EndedSession::Unknown,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}
