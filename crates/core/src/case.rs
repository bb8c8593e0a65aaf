//! The act "case": what a sweep found is given to people to look into, who say what it was.
//!
//! A case is of one procedure: a change of a payout account, a withdrawal. Whoever opens it may
//! have the customer asked whether it was them, on every verified channel, with a code that says
//! "this was not me" about that very procedure.
//!
//! **Invariant:** one procedure has one case of each source and its customer is asked once for it,
//! however often it is found and by how many at the same time.

use serde_json::json;

use crate::access::Act;
use crate::change::{CaseChange, CaseOpened, Change, ReportCodeIssued};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{CaseId, CustomerId, DecisionId, NoticeId};
use crate::known::{
    CaseEnd, CaseKnown, ChannelKnown, CustomerKnown, CustomerState, StaffRole, Worry,
};
use crate::moment::{Moment, Span};
use crate::notice::{CheckAbout, CheckNotice, FreshReport, NoticeKind};
use crate::policy::Policy;
use crate::proof::StaffProved;
use crate::reason::Reason;
use crate::step_up::told;
use crate::sweep::{Procedure, Who};
use crate::thaw::Ground;
use crate::verdict::Verdict;

/// Whether the customer is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// They are asked whether it was them.
    Ask,
    /// They are told nothing.
    Silent,
}

/// What is known of a procedure that becomes a case.
#[derive(Debug)]
pub struct OpenFacts<'a> {
    /// Who opens it.
    pub who: Who<'a>,
    /// What was done.
    pub procedure: &'a Procedure,
    /// What was found.
    pub worry: Worry,
    /// Whose it is.
    pub customer: CustomerKnown,
    /// How they are reached.
    pub channels: Vec<ChannelKnown>,
    /// Fresh values: the id of this decision, of the case and of a message.
    pub fresh: (DecisionId, CaseId, NoticeId),
    /// A fresh code by which the customer may say that it was not them.
    pub report: FreshReport,
    /// Now.
    pub now: Moment,
}

/// Opens a case.
pub fn open(telling: Telling, ground: &Ground, facts: &OpenFacts<'_>, policy: &Policy) -> Decision {
    let reason = if !facts.who.may() {
        Reason::StaffRole
    } else if facts.worry.place().is_none() {
        Reason::CaseNone
    } else {
        Reason::Proved
    };
    let (id, case, _) = facts.fresh;
    let access = &facts.procedure.access;
    let recorded = json!({
        "case": case,
        "ground": ground.as_str(),
        "source": facts.worry.source(),
        "found": facts.worry.word(),
        "about": access.decision.to_string(),
        "asked": telling == Telling::Ask,
    });
    let decision = Decision::of(Entry {
        id,
        at: facts.now,
        act: Act::Case,
        actor: facts.who.actor(),
        customer: Some(facts.customer.id),
        operation: None,
        verdict: verdict(reason),
        reasons: vec![reason],
        policy: policy.version.clone(),
        facts: recorded.to_string(),
    });
    if reason != Reason::Proved {
        return decision;
    }
    let opened = CaseOpened {
        id: case,
        customer: facts.customer.id,
        worry: facts.worry,
        about: access.decision,
        act: access.act.clone(),
        done: access.at,
        by: facts.who.staff(),
        at: facts.now,
    };
    let decision = decision
        .with([Change::Case(CaseChange::Opened(Box::new(opened)))])
        .with(facts.who.stands());
    match telling {
        // Of a frozen account nothing more is done, and its owner was told.
        Telling::Ask if facts.customer.state != CustomerState::Frozen => {
            asking(decision, facts, policy)
        }
        Telling::Ask | Telling::Silent => decision,
    }
}

fn verdict(reason: Reason) -> Verdict {
    if reason == Reason::Proved {
        Verdict::Allow
    } else {
        Verdict::Refuse
    }
}

/// The same decision, which asks the customer on every verified channel whether it was them.
fn asking(decision: Decision, facts: &OpenFacts<'_>, policy: &Policy) -> Decision {
    let access = &facts.procedure.access;
    let (Act::Operate(kind) | Act::Confirm(kind)) = &access.act else {
        return decision;
    };
    let locale = facts.customer.locale;
    let named = policy.operation.get(kind);
    let operation = named.map_or(kind.as_str(), |spec| spec.name.in_locale(locale));
    let days = facts.now.since(access.at).as_seconds().max(0) / Span::days(1).as_seconds();
    let (code, report) = facts.report.clone();
    let notice = NoticeKind::Check(CheckNotice {
        report,
        about: CheckAbout {
            operation: operation.to_owned(),
            days: u16::try_from(days).unwrap_or(u16::MAX),
        },
    });
    let expires = facts.now.plus(notice.life(policy));
    let to = (&facts.customer, facts.fresh.2);
    let notices = told(&facts.channels, to, &notice, expires);
    if notices.is_empty() {
        return decision;
    }
    let issued = Change::ReportCodeIssued(ReportCodeIssued {
        code,
        decision: access.decision,
        customer: facts.customer.id,
        expires,
    });
    decision.with([issued]).telling(notices)
}

/// What somebody wants with a case that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// To say what it was.
    Close(CaseEnd),
    /// To look into it from now on, in the place of whoever did.
    Take,
}

/// What is known.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Who it is.
    pub staff: &'a StaffProved,
    /// The case of that id, and whose it is.
    pub case: Option<(CaseKnown, CustomerId)>,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Takes a case, or closes it.
pub fn decide(attempt: Attempt, ground: &Ground, facts: &Facts<'_>, policy: &Policy) -> Decision {
    let by = facts.staff.id();
    let reason = match &facts.case {
        _ if !facts.staff.has(StaffRole::Operations) => Reason::StaffRole,
        None => Reason::CaseNone,
        Some((case, _)) if case.closed.is_some() => Reason::CaseClosed,
        Some(_) => Reason::Proved,
    };
    let id = facts.case.as_ref().map(|(case, _)| case.id.to_string());
    let wanted = match attempt {
        Attempt::Close(end) => end.word(),
        Attempt::Take => "taken",
    };
    let recorded = json!({ "case": id, "ground": ground.as_str(), "wanted": wanted });
    let decision = Decision::of(Entry {
        id: facts.decision,
        at: facts.now,
        act: Act::Case,
        actor: Actor::Staff(by),
        customer: facts.case.as_ref().map(|(_, customer)| *customer),
        operation: None,
        verdict: verdict(reason),
        reasons: vec![reason],
        policy: policy.version.clone(),
        facts: recorded.to_string(),
    });
    let Some((case, _)) = facts.case.as_ref().filter(|_| reason == Reason::Proved) else {
        return decision;
    };
    let (id, revision, at) = (case.id, case.revision, facts.now);
    let change = match attempt {
        Attempt::Close(end) => CaseChange::Closed {
            id,
            revision,
            by,
            at,
            end,
        },
        Attempt::Take => CaseChange::Taken {
            id,
            revision,
            by,
            at,
        },
    };
    decision.with([Change::Case(change), facts.staff.stands()])
}

#[cfg(test)]
mod tests;
