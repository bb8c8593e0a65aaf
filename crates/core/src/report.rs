//! The act "report": the customer says "this was not me", by the code of a notice or from the login
//! history.
//!
//! It is the safe direction, so a code is proof enough: the account is frozen, every session ends,
//! what the reported act had taught is void, and the customer is told. Undoing it asks for more
//! than doing it.
//!
//! **Invariant:** a report never lowers the protection of an account.

use crate::access::Act;
use crate::bytes::{CounterKey, TokenHash};
use crate::change::Change;
use crate::context::Context;
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{CustomerId, DecisionId, NoticeId};
use crate::known::{ChannelKnown, CustomerKnown, ReportKnown, TaughtKnown};
use crate::moment::Moment;
use crate::policy::Policy;
use crate::reason::Reason;
use crate::step_up::{Admission, failed};
use crate::verdict::Verdict;

/// How the customer reports.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// By the code of a notice.
    Code {
        /// Its hash.
        code: TokenHash,
        /// From where.
        context: Context,
        /// The counter that was used.
        tries: CounterKey,
    },
    /// From the history, in a session.
    Session {
        /// The decision that the customer points at.
        about: DecisionId,
    },
}

/// What is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What the code stands for.
    pub report: Option<ReportKnown>,
    /// The customer of the session.
    pub session: Option<CustomerKnown>,
    /// What the reported decision taught.
    pub taught: Option<TaughtKnown>,
    /// The customer's channels.
    pub channels: Vec<ChannelKnown>,
    /// Whether another code from this address is looked at.
    pub admission: Admission,
    /// Fresh values: the id of this decision and of the notice.
    pub fresh: (DecisionId, NoticeId),
    /// Now.
    pub now: Moment,
}

/// Freezes the account of whoever reports.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let found = customer(attempt, facts);
    let about = match (attempt, &facts.report) {
        (Attempt::Session { about }, _) => Some(*about),
        (Attempt::Code { .. }, Some(report)) => Some(report.decision),
        (Attempt::Code { .. }, None) => None,
    };
    let reason = match (&found, facts.admission) {
        (_, Admission::Locked) => Reason::TriesExhausted,
        (Some(_), _) => Reason::HoldReported,
        (None, _) => Reason::CodeWrong,
    };
    let found = found.filter(|_| facts.admission != Admission::Locked);
    let about = about
        .filter(|_| found.is_some())
        .map(|id| id.to_string())
        .unwrap_or_default();
    let decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: Act::Report,
        actor: Actor::Customer,
        customer: found.map(|customer| customer.id),
        operation: None,
        verdict: if found.is_some() {
            Verdict::Allow
        } else {
            Verdict::Refuse
        },
        reasons: vec![reason],
        policy: policy.version.clone(),
        facts: format!(r#"{{"about":"{about}"}}"#),
    });
    match (found, attempt) {
        (Some(customer), _) => frozen(decision, attempt, (facts, policy), customer),
        (None, Attempt::Code { context, .. }) => decision.with(failed(context, facts.now)),
        (None, Attempt::Session { .. }) => decision,
    }
}

fn customer<'a>(attempt: &Attempt, facts: &'a Facts) -> Option<&'a CustomerKnown> {
    match attempt {
        Attempt::Session { .. } => facts.session.as_ref(),
        Attempt::Code { .. } => {
            let usable =
                |report: &&ReportKnown| report.used.is_none() && report.expires > facts.now;
            facts
                .report
                .as_ref()
                .filter(usable)
                .map(|report| &report.customer)
        }
    }
}

fn frozen(
    mut decision: Decision,
    attempt: &Attempt,
    known: (&Facts, &Policy),
    customer: &CustomerKnown,
) -> Decision {
    let (facts, policy) = known;
    if let Attempt::Code { code, tries, .. } = attempt {
        let used = Change::ReportCodeUsed {
            code: *code,
            at: facts.now,
        };
        // Others behind the same network report too, and a right code is no guess.
        let cleared = Change::TriesCleared { key: *tries };
        decision.changes.extend([used, cleared]);
    }
    let own = |taught: &&TaughtKnown| taught.access.customer == customer.id;
    let taught = facts.taught.as_ref().filter(own);
    let void = taught.and_then(|taught| taught.voided(facts.now));
    let known = (customer, facts.channels.as_slice());
    // A passkey of the time a report code covers may be the stranger's own; left there, it would
    // outlive the freeze.
    let added = Change::PasskeysRemoved {
        customer: customer.id,
        since: facts.now.minus(policy.report_life()),
    };
    crate::freeze::frozen(decision, known, facts.fresh.1, policy)
        .with(void)
        .with([added])
}

/// The change that issues a report code for the decision of `entry`.
#[must_use]
pub fn issued(code: TokenHash, entry: &Entry, customer: CustomerId, policy: &Policy) -> Change {
    Change::ReportCodeIssued {
        code,
        decision: entry.id,
        customer,
        expires: entry.at.plus(policy.report_life()),
    }
}
