//! The act "case": what a sweep found is given to people to look into, who say what it was.
//!
//! A case is of one procedure: a change of a payout account, a withdrawal. Whoever opens it may
//! have the customer asked whether it was them, on every verified channel, with a code that says
//! "this was not me" about that very procedure.
//!
//! **Invariant:** one procedure has one case of each source, however often it is found and by how
//! many at the same time, and its customer is asked about it once.

use serde_json::json;

use crate::access::Act;
use crate::bytes::Sealed;
use crate::change::{CaseChange, CaseOpened, Change, ReportCodeIssued};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{CaseId, CustomerId, DecisionId, NoticeId};
use crate::known::{
    CaseEnd, CaseKnown, ChannelKnown, CustomerKnown, CustomerState, StaffRole, TaughtKnown, Worry,
};
use crate::moment::{Moment, Span};
use crate::notice::{CheckAbout, CheckNotice, FreshReport, Notice, NoticeKind};
use crate::outcome::{Outcome, found as found_out};
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
    /// How they are reached, and how they were when it was done: who replaced it may be a thief.
    pub channels: Vec<ChannelKnown>,
    /// Fresh values: the id of this decision, of the case and of a message.
    pub fresh: (DecisionId, CaseId, NoticeId),
    /// Whether there is a case of this source about it.
    pub there: bool,
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
    // Of a frozen account nothing more is done, and its owner was told.
    let asks = telling == Telling::Ask && facts.customer.state != CustomerState::Frozen;
    let asking = asks.then(|| asking(facts, policy)).flatten();
    let recorded = json!({
        // Where there is one already, its customer is asked and no other is opened.
        "case": (!facts.there).then_some(case),
        "again": facts.there,
        "ground": ground.as_str(),
        "source": facts.worry.source(),
        "found": facts.worry.word(),
        "about": access.decision.to_string(),
        "asked": asking.is_some(),
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
    let change = if facts.there {
        CaseChange::Asked {
            about: access.decision,
            worry: facts.worry,
        }
    } else {
        CaseChange::Opened(Box::new(CaseOpened {
            id: case,
            customer: facts.customer.id,
            worry: facts.worry,
            about: access.decision,
            act: access.act.clone(),
            done: access.at,
            asked: asking.is_some(),
            by: facts.who.staff(),
            at: facts.now,
        }))
    };
    let decision = decision
        .with([Change::Case(change)])
        .with(facts.who.stands());
    match asking {
        Some((issued, notices)) => decision.with([issued]).telling(notices),
        None => decision,
    }
}

fn verdict(reason: Reason) -> Verdict {
    if reason == Reason::Proved {
        Verdict::Allow
    } else {
        Verdict::Refuse
    }
}

/// What asks the customer on every verified channel whether it was them; `None` if nothing does.
fn asking(facts: &OpenFacts<'_>, policy: &Policy) -> Option<(Change, Vec<Notice>)> {
    let access = &facts.procedure.access;
    let (Act::Operate(kind) | Act::Confirm(kind)) = &access.act else {
        return None;
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
    let issued = Change::ReportCodeIssued(ReportCodeIssued {
        code,
        decision: access.decision,
        customer: facts.customer.id,
        expires,
    });
    (!notices.is_empty()).then_some((issued, notices))
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
    /// The decision that admitted what it is about, and what that taught; for whoever closes it.
    pub judged: Option<(DecisionId, Option<TaughtKnown>)>,
    /// The revision that the person was shown, where they were shown one.
    pub seen: Option<i64>,
    /// The id of this decision.
    pub decision: DecisionId,
    /// Now.
    pub now: Moment,
}

/// Takes a case, or closes it. What it was is the outcome of what was decided then: back-tests
/// count it, and a thief's places are forgotten for this customer.
pub fn decide(attempt: Attempt, ground: &Ground, facts: &Facts<'_>, policy: &Policy) -> Decision {
    let by = facts.staff.id();
    let reason = match &facts.case {
        _ if !facts.staff.has(StaffRole::Operations) => Reason::StaffRole,
        None => Reason::CaseNone,
        Some((case, _)) if case.closed.is_some() => Reason::CaseClosed,
        Some((case, _)) if facts.seen.is_some_and(|seen| seen != case.revision) => {
            Reason::CaseAltered
        }
        // Nobody opens a case to be the one who says that nothing was.
        Some((case, _))
            if attempt == Attempt::Close(CaseEnd::Genuine) && case.opened_by == Some(by) =>
        {
            Reason::SamePerson
        }
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
    let outcome = match attempt {
        Attempt::Close(CaseEnd::Fraud) => Some(Outcome::ConfirmedFraud),
        Attempt::Close(CaseEnd::Genuine) => Some(Outcome::ConfirmedGenuine),
        Attempt::Close(CaseEnd::Unclear) | Attempt::Take => None,
    };
    let found = outcome.zip(facts.judged.as_ref());
    let found = found.map(|(outcome, judged)| found_out(outcome, judged, at));
    decision
        .with([Change::Case(change), facts.staff.stands()])
        .with(found.into_iter().flatten())
}

/// Keeps a note that a person wrote about a case that is open. Notes stand one after another and
/// change nothing, so two who write at once both keep theirs.
pub fn note(sealed: Sealed, facts: &Facts<'_>, policy: &Policy) -> Decision {
    let by = facts.staff.id();
    let roles = [StaffRole::Monitor, StaffRole::Operations];
    let reason = match &facts.case {
        _ if !roles.iter().any(|role| facts.staff.has(*role)) => Reason::StaffRole,
        None => Reason::CaseNone,
        Some((case, _)) if case.closed.is_some() => Reason::CaseClosed,
        Some(_) => Reason::Proved,
    };
    let id = facts.case.as_ref().map(|(case, _)| case.id);
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
        facts: json!({ "case": id, "wanted": "note" }).to_string(),
    });
    match id.filter(|_| reason == Reason::Proved) {
        None => decision,
        Some(id) => {
            let noted = CaseChange::Noted {
                id,
                decision: facts.decision,
                by,
                at: facts.now,
                sealed,
            };
            decision.with([Change::Case(noted), facts.staff.stands()])
        }
    }
}

#[cfg(test)]
mod tests;
