//! The act "cancel": a customer sees what waits and takes it back.
//!
//! **Invariant:** a list of operations is of its session's own customer.

use sekisho_core::cancel::{Facts, decide, is_open};
use sekisho_core::confirm::{amount_text, payee_text};
use sekisho_core::id::{NoticeId, OperationId};
use sekisho_core::known::OperationKnown;
use sekisho_core::moment::Moment;
use sekisho_core::notice::Locale;
use sekisho_core::operation::OperationState;
use sekisho_core::verdict::Verdict;

use super::account::Session;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::notice_text::hold_sentence;
use crate::visitor::Visitor;

/// Something of the customer's that is not over.
#[derive(Clone, Debug)]
pub struct WaitingOperation {
    /// The id.
    pub id: OperationId,
    /// What it is called, in the language of the page.
    pub name: String,
    /// The application that asked.
    pub application: String,
    /// The amount.
    pub amount: Option<String>,
    /// The payee, masked.
    pub payee: Option<String>,
    /// When it was asked for.
    pub created: Moment,
    /// For what it waits.
    pub waits: Waits,
}

/// For what an operation waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waits {
    /// For its application, until then.
    Application(Moment),
    /// For the customer's confirmation, until then.
    Confirmation(Moment),
    /// For a person, and why.
    Person(Vec<&'static str>),
    /// For time, until then, and why.
    Time(Moment, Vec<&'static str>),
}

/// What became of the wish to cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// It is cancelled.
    Cancelled,
    /// It was over before.
    Closed,
    /// The customer has no such operation.
    Unknown,
}

impl Gate {
    /// What of the customer's is not over, the newest first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn waiting_operations(
        &self,
        session: &Session,
        locale: Locale,
    ) -> Result<Vec<WaitingOperation>, Fault> {
        let (now, policy) = (self.now(), self.policy());
        let open = self.store().operations_open(session.customer()).await?;
        let mut waiting = Vec::new();
        for known in open.iter().filter(|known| is_open(known, now, &policy)) {
            let application = self.store().application(known.application).await?;
            let application = application.map(|known| known.name).unwrap_or_default();
            waiting.push(self.waiting_view(known, application, locale));
        }
        Ok(waiting)
    }

    fn waiting_view(
        &self,
        known: &OperationKnown,
        application: String,
        locale: Locale,
    ) -> WaitingOperation {
        let policy = self.policy();
        let fields = self.fields_if_known(known);
        let why = || {
            let hold = known.hold.as_ref();
            let reasons = hold.map(|hold| hold.reasons.as_slice()).unwrap_or_default();
            sentences(reasons, locale)
        };
        let until = known.hold.as_ref().and_then(|hold| hold.until);
        let grant = known.grant.as_ref();
        WaitingOperation {
            id: known.id,
            name: policy.name_of(&known.kind, locale),
            application,
            amount: fields.as_ref().and_then(amount_text),
            payee: fields.as_ref().and_then(payee_text),
            created: known.created,
            waits: match (known.state, until) {
                (OperationState::Held, Some(until)) => Waits::Time(until, why()),
                (OperationState::Held, None) => Waits::Person(why()),
                (OperationState::Confirmed, _) => {
                    Waits::Application(grant.map_or(known.expires, |grant| grant.ends(&policy)))
                }
                _ => Waits::Confirmation(known.expires),
            },
        }
    }

    /// Cancels an operation of the customer.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn cancel(
        &self,
        session: &Session,
        id: OperationId,
        visitor: &Visitor,
    ) -> Result<Cancelled, Fault> {
        let (_, context) = self.recognise(visitor, Some(session.customer())).await?;
        for _ in 0..ROUNDS {
            let now = self.now();
            let known = self.store().release(id, self.now()).await?;
            let own = known.filter(|known| known.operation.customer.id == session.customer());
            let Some(known) = own else {
                return Ok(Cancelled::Unknown);
            };
            let facts = Facts {
                fields: self.fields_if_known(&known.operation),
                operation: known.operation,
                session: session.known.clone(),
                channels: known.channels,
                fresh: (self.fresh_decision(now)?, NoticeId(self.dice().id(now)?)),
                report: self.fresh_report()?,
                now,
            };
            let decision = decide(&context, &facts, &self.policy());
            let Some(committed) = self.commit(decision).await? else {
                continue;
            };
            return Ok(match committed.verdict() {
                Verdict::Allow => Cancelled::Cancelled,
                Verdict::Hold | Verdict::Refuse | Verdict::StepUp(_) => Cancelled::Closed,
            });
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }
}

/// One sentence for each reason, none twice.
fn sentences(reasons: &[sekisho_core::reason::Reason], locale: Locale) -> Vec<&'static str> {
    let mut all = Vec::new();
    for reason in reasons {
        let sentence = hold_sentence(*reason, locale);
        if !all.contains(&sentence) {
            all.push(sentence);
        }
    }
    if all.is_empty() {
        all.push(hold_sentence(
            sekisho_core::reason::Reason::PolicyRequires,
            locale,
        ));
    }
    all
}
