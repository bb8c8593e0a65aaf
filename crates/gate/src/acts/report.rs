//! The act "report": "this was not me".
//!
//! **Invariant:** codes are guessed from one address no more often than any other secret.

use sekisho_core::bytes::CounterKey;
use sekisho_core::guess::Counted;
use sekisho_core::id::{ChannelId, CustomerId, DecisionId, NoticeId};
use sekisho_core::known::{ChannelKnown, ReportKnown};
use sekisho_core::moment::Moment;
use sekisho_core::report::{Attempt, ContactUndo, Facts, decide};
use sekisho_core::step_up::Admission;
use sekisho_core::verdict::Verdict;
use sekisho_seal::report_code::ReportCode;

use super::account::Session;
use crate::fault::Fault;
use crate::gate::{Gate, ROUNDS};
use crate::visitor::Visitor;

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reported {
    /// The account is frozen and every session has ended.
    Frozen,
    /// There is no such code, or it was used or has expired.
    Unknown,
    /// Too many wrong codes from this place.
    Wait,
}

impl Gate {
    /// Freezes the account that the code of a notice belongs to.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn report_code(&self, typed: &str, visitor: &Visitor) -> Result<Reported, Fault> {
        let context = visitor.context(&self.places(), None);
        let place = context
            .address
            .map(|address| address.network())
            .unwrap_or_default();
        let key = self.keys().counter("report", &place, None);
        let admission = self.reserve(Counted::Report, key, None).await?;
        if admission == Admission::Locked {
            return Ok(Reported::Wait);
        }
        let Some(code) = ReportCode::parse(typed) else {
            return Ok(Reported::Unknown);
        };
        for _ in 0..ROUNDS {
            let mut found = None;
            let mut hash = self.keys().reports.hash(&code);
            for candidate in self.keys().reports.candidates(&code) {
                if let Some(known) = self.store().report(candidate).await? {
                    (found, hash) = (Some(known), candidate);
                    break;
                }
            }
            let attempt = Attempt::Code {
                code: hash,
                context,
                tries: key,
            };
            if let Some(reported) = self.settle_report(&attempt, found, None, admission).await? {
                return Ok(reported);
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    /// Freezes the account of a session, from its login history.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn report_access(
        &self,
        session: &Session,
        about: DecisionId,
    ) -> Result<Reported, Fault> {
        self.report_about(session.customer(), about).await
    }

    /// Freezes the account of a customer who is there and points at a decision.
    pub(crate) async fn report_about(
        &self,
        customer: CustomerId,
        about: DecisionId,
    ) -> Result<Reported, Fault> {
        for _ in 0..ROUNDS {
            let attempt = Attempt::Session { about };
            let settled = self
                .settle_report(&attempt, None, Some(customer), Admission::Admitted)
                .await?;
            if let Some(reported) = settled {
                return Ok(reported);
            }
        }
        Err(Fault::Contended { rounds: ROUNDS })
    }

    async fn settle_report(
        &self,
        attempt: &Attempt,
        report: Option<ReportKnown>,
        session: Option<CustomerId>,
        admission: Admission,
    ) -> Result<Option<Reported>, Fault> {
        let now = self.now();
        let customer = match (&report, session) {
            (Some(report), _) => Some(report.customer.id),
            (None, session) => session,
        };
        let (channels, current) = match customer {
            Some(id) => (
                self.store().channels(id).await?,
                self.store().customer(id).await?,
            ),
            None => (Vec::new(), None),
        };
        let fresh = (self.fresh_decision(now)?, NoticeId(self.dice().id(now)?));
        let about = match (attempt, &report) {
            (Attempt::Session { about }, _) => Some(*about),
            (Attempt::Code { .. }, report) => report.as_ref().map(|report| report.decision),
        };
        let (taught, reported) = match about {
            Some(about) => (
                self.store().taught(about).await?,
                self.store().reported(about).await?,
            ),
            None => (None, None),
        };
        let session = session.and(current);
        let facts = Facts {
            report,
            session,
            reported,
            taught,
            contact: self.contact_undo(customer, now).await?,
            channels,
            admission,
            fresh,
            now,
        };
        let decision = decide(attempt, &facts, &self.policy());
        let committed = self.commit(decision).await?;
        Ok(committed.map(|committed| match committed.verdict() {
            Verdict::Allow => Reported::Frozen,
            Verdict::Hold | Verdict::Refuse | Verdict::StepUp(_) => Reported::Unknown,
        }))
    }

    /// The changes of contact that a report may undo.
    async fn contact_undo(
        &self,
        customer: Option<CustomerId>,
        now: Moment,
    ) -> Result<Vec<ContactUndo>, Fault> {
        let Some(customer) = customer else {
            return Ok(Vec::new());
        };
        let since = now.minus(self.policy().report_life());
        let mut undo = Vec::new();
        for change in self.store().contact_changes(customer, since).await? {
            let added = self.named_channel(change.added).await?;
            let retired = match change.retired {
                Some(id) => Some(self.named_channel(id).await?),
                None => None,
            };
            undo.push(ContactUndo {
                change,
                added,
                retired,
            });
        }
        Ok(undo)
    }

    async fn named_channel(&self, id: ChannelId) -> Result<(ChannelKnown, CounterKey), Fault> {
        let channel = self.store().channel(id).await?.ok_or(Fault::Internal {
            what: "a change of contact names no channel",
        })?;
        let name = self.name_of(&channel)?;
        Ok((channel, name))
    }
}
