//! A signed-in customer: the session, its history, its end.
//!
//! **Invariant:** a session answers only while it is alive by the policy of this moment.

use sekisho_core::access::Access;
use sekisho_core::elsewhere::{self, Elsewhere, ProofPlace, Use};
use sekisho_core::id::{CustomerId, DecisionId, NoticeId, SessionId};
use sekisho_core::known::{CustomerKnown, SessionKnown};
use sekisho_core::moment::Moment;
use sekisho_core::proof::Method;
use sekisho_core::text::Reference;
use sekisho_core::{session, sign_out};
use sekisho_seal::token::{Token, TokenKind};
use sekisho_store::HistoryPage as StorePage;

use crate::fault::Fault;
use crate::gate::Gate;
use crate::visitor::Visitor;

/// Rows of one page of the login history.
const PAGE: u32 = 25;
/// Rows that a file of it takes at once.
const PART: u32 = 500;

/// A live session, at the place of whoever uses it now.
#[derive(Clone, Debug)]
pub struct Session {
    pub(crate) known: SessionKnown,
    /// From where it is used.
    pub(crate) now_at: ProofPlace,
}

impl Session {
    /// The id.
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.known.id
    }

    /// Whose.
    #[must_use]
    pub const fn customer(&self) -> CustomerId {
        self.known.customer.id
    }

    /// How applications name the customer.
    #[must_use]
    pub const fn reference(&self) -> &Reference {
        &self.known.customer.reference
    }

    /// The customer.
    #[must_use]
    pub const fn known_customer(&self) -> &CustomerKnown {
        &self.known.customer
    }

    /// When the customer proved who they are.
    #[must_use]
    pub const fn proved(&self) -> Moment {
        self.known.proved
    }

    /// How.
    #[must_use]
    pub fn methods(&self) -> &[Method] {
        &self.known.methods
    }

    /// When it ends in any case.
    #[must_use]
    pub const fn ends(&self) -> Moment {
        self.known.ends
    }
}

/// One page of the login history, newest first.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    /// The rows.
    pub rows: Vec<Access>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

impl Gate {
    /// The live session of a cookie, as far as it is good for whoever shows it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn session(&self, cookie: &str, visitor: &Visitor) -> Result<Option<Session>, Fault> {
        let Some(token) = Token::parse(TokenKind::Session, cookie) else {
            return Ok(None);
        };
        let Some(known) = self.store().session(token.hash()).await? else {
            return Ok(None);
        };
        let (now, policy) = (self.now(), self.policy());
        if !session::is_alive(&known, now, &policy) {
            return Ok(None);
        }
        let now_at = ProofPlace::from(&visitor.context(&self.places(), None));
        let known = self.compared(known, &now_at);
        if elsewhere::is_due(&known, now, &policy) {
            self.note_elsewhere(&known, visitor).await?;
        }
        if known.elsewhere.leaves(policy.session.elsewhere) == Use::Nothing {
            return Ok(None);
        }
        if session::is_due(&known, now, &policy) {
            let at = (self.fresh_decision(now)?, now);
            // A session that another request touched or ended meanwhile is none the worse for it.
            let _touched = self.commit(session::decide(&known, at, &policy)).await?;
        }
        Ok(Some(Session { known, now_at }))
    }

    /// The session with what its place is to that of whoever uses it.
    pub(crate) fn compared(&self, mut known: SessionKnown, now_at: &ProofPlace) -> SessionKnown {
        let policy = self.policy().session.elsewhere;
        let elsewhere = known.place.to(now_at);
        known.elsewhere = match elsewhere.leaves(policy) {
            Use::Whole => Elsewhere::Same,
            Use::Stale | Use::Nothing => elsewhere,
        };
        known
    }

    /// Writes down that a session is used elsewhere, and tells its customer. What another request
    /// wrote down meanwhile is written down.
    async fn note_elsewhere(&self, known: &SessionKnown, visitor: &Visitor) -> Result<(), Fault> {
        let (_, context) = self.recognise(visitor, Some(known.customer.id)).await?;
        let now = self.now();
        let facts = elsewhere::Facts {
            session: known.clone(),
            channels: self.store().channels(known.customer.id).await?,
            report: self.fresh_report()?,
            fresh: (self.fresh_decision(now)?, NoticeId(self.dice().id(now)?)),
            now,
        };
        let decision = elsewhere::decide(&context, &facts, &self.policy());
        let _noted = self.commit(decision).await?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sign_out(&self, session: &Session, visitor: &Visitor) -> Result<(), Fault> {
        let (_, context) = self.recognise(visitor, Some(session.customer())).await?;
        let now = self.now();
        let facts = sign_out::Facts {
            session: session.known.clone(),
            decision: self.fresh_decision(now)?,
            now,
        };
        let decision = sign_out::decide(&context, None, &facts, &self.policy());
        let _ended = self.commit(decision).await?;
        Ok(())
    }

    /// A page of the login history. A cursor that is not one of ours begins at the newest row.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn history(
        &self,
        session: &Session,
        before: Option<String>,
    ) -> Result<HistoryPage, Fault> {
        self.history_of(session.customer(), before, PAGE).await
    }

    /// A larger page of the login history, for a file.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn history_part(
        &self,
        session: &Session,
        before: Option<String>,
    ) -> Result<HistoryPage, Fault> {
        self.history_of(session.customer(), before, PART).await
    }

    pub(super) async fn history_of(
        &self,
        customer: CustomerId,
        before: Option<String>,
        limit: u32,
    ) -> Result<HistoryPage, Fault> {
        let before = before.and_then(|cursor| {
            let (at, decision) = cursor.split_once('.')?;
            Some((
                Moment(at.parse().ok()?),
                decision.parse::<DecisionId>().ok()?,
            ))
        });
        let page = StorePage {
            before,
            limit: limit + 1,
        };
        let mut rows = self.store().history(customer, page).await?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > most;
        rows.truncate(most);
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| format!("{}.{}", row.at.0, row.decision));
        Ok(HistoryPage { rows, next })
    }
}
