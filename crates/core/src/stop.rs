//! The acts "stop" and "lift": people of the firm switch operations off, and on again.
//!
//! To stop takes one person, who may be alone at night; to lift takes two. An end that comes
//! earlier lifts, one that comes later stops. A proposal to lift is void after a day, when the stop
//! gets another end meanwhile, when somebody else proposes another end, and when who made it is
//! disabled or gets another secret: nobody agrees to what was meant for another moment, and nobody
//! keeps others from proposing.
//!
//! **Invariant:** a stop ends before its time only by two different people of whom one is in the
//! role for it and both had their secret for a week, and a decision about an operation never lands
//! past a stop that it did not see.

use crate::access::Act;
use crate::change::{Change, Stands, StopChange};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, StopId};
use crate::known::{
    Left, MOST_STOPS, MOST_STOPS_EACH, StaffKnown, StaffRole, StopKnown, StopMessage, StopProposal,
    StopScope, StopsKnown,
};
use crate::moment::{Moment, Span};
use crate::policy::Policy;
use crate::proof::StaffProved;
use crate::reason::Reason;
use crate::text::Line;
use crate::thaw::Ground;
use crate::verdict::Verdict;

/// For how long a second person may agree.
const PROPOSAL_LIFE: Span = Span::hours(24);

/// A stop that is wanted.
#[derive(Clone, Debug)]
pub struct NewStop {
    /// What it covers.
    pub scope: StopScope,
    /// Why, for staff.
    pub reason: Ground,
    /// What customers are told.
    pub message: StopMessage,
    /// What is left to them.
    pub left: Vec<Left>,
    /// When it begins; `None` for at once.
    pub begins: Option<Moment>,
    /// When it ends by itself.
    pub ends: Option<Moment>,
}

/// What is wanted.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// A later end; `None` for none.
    Extend(Option<Moment>),
    /// An earlier end; `None` for at once.
    Lift(Option<Moment>),
    /// Another stop.
    Make(Box<NewStop>),
}

/// What is known.
#[derive(Debug)]
pub struct Facts {
    /// Who wants it.
    pub staff: StaffProved,
    /// The id that was named; none where another stop is made.
    pub named: Option<StopId>,
    /// The stop of that id.
    pub stop: Option<StopKnown>,
    /// Who proposed to lift it.
    pub proposer: Option<StaffKnown>,
    /// All that are not over.
    pub stops: StopsKnown,
    /// Fresh values: the id of this decision, and of another stop.
    pub fresh: (DecisionId, StopId),
    /// Now.
    pub now: Moment,
}

/// What follows, or why it does not.
type Outcome = Result<(Verdict, Reason, StopChange), Reason>;

/// Stops, or lifts, or notes that one of two people wants to lift.
pub fn decide(attempt: &Attempt, facts: &Facts, policy: &Policy) -> Decision {
    let outcome = match (attempt, &facts.stop) {
        (Attempt::Make(new), _) => made(new, facts),
        (Attempt::Extend(ends), Some(stop)) => extended(*ends, stop, facts),
        (Attempt::Lift(end), Some(stop)) => lifted(*end, stop, facts),
        (Attempt::Extend(_) | Attempt::Lift(_), None) => Err(Reason::StopUnknown),
    };
    let about = facts.named.unwrap_or(facts.fresh.1);
    let (verdict, reason) = match &outcome {
        Ok((verdict, reason, _)) => (verdict.clone(), *reason),
        Err(reason) => (Verdict::Refuse, *reason),
    };
    let decision = Decision::of(Entry {
        id: facts.fresh.0,
        at: facts.now,
        act: match attempt {
            Attempt::Lift(_) => Act::Lift,
            Attempt::Extend(_) | Attempt::Make(_) => Act::Stop,
        },
        actor: Actor::Staff(facts.staff.id()),
        customer: None,
        operation: None,
        verdict,
        reasons: vec![reason],
        policy: policy.version.clone(),
        facts: recorded(attempt, about),
    });
    match outcome {
        // The stop first: it waits for whatever has begun to land, and nothing may wait for it
        // that it waits for.
        Ok((verdict, _, change)) => {
            let agreed = matches!(attempt, Attempt::Lift(_)) && verdict == Verdict::Allow;
            let proposer = facts.proposer.as_ref().filter(|_| agreed);
            let proposer = proposer.map(|known| Stands::Staff {
                id: known.id,
                revision: known.revision,
            });
            decision
                .with([Change::Stop(change), facts.staff.stands()])
                .with(proposer.map(Change::Stands))
        }
        Err(_) => decision,
    }
}

fn made(new: &NewStop, facts: &Facts) -> Outcome {
    if !facts.staff.has(StaffRole::Operations) {
        return Err(Reason::StaffRole);
    }
    let listed = &facts.stops.listed;
    let own = |stop: &&StopKnown| stop.by == facts.staff.id();
    if listed.len() >= MOST_STOPS || listed.iter().filter(own).count() >= MOST_STOPS_EACH {
        return Err(Reason::StopMany);
    }
    let begins = new.begins.filter(|begin| *begin > facts.now);
    let earliest = begins.unwrap_or(facts.now);
    if new.ends.is_some_and(|end| end <= earliest) {
        return Err(Reason::StopOver);
    }
    let reason = Line::parse(new.reason.as_str()).map_err(|_| Reason::StopOver)?;
    let stop = StopKnown {
        id: facts.fresh.1,
        scope: new.scope.clone(),
        reason,
        message: new.message.clone(),
        left: new.left.clone(),
        by: facts.staff.id(),
        made: facts.now,
        begins,
        ends: new.ends,
        proposal: None,
        lifted: None,
        revision: 1,
    };
    let change = StopChange::Made {
        stop: Box::new(stop),
        epoch: facts.stops.epoch,
    };
    Ok((Verdict::Allow, Reason::Proved, change))
}

fn extended(ends: Option<Moment>, stop: &StopKnown, facts: &Facts) -> Outcome {
    if !facts.staff.has(StaffRole::Operations) {
        return Err(Reason::StaffRole);
    }
    if stop.is_over(facts.now) {
        return Err(Reason::StopOver);
    }
    let longer = match (stop.ends, ends) {
        (Some(_), None) => true,
        (Some(before), Some(after)) => after > before,
        (None, _) => false,
    };
    if !longer {
        return Err(Reason::StopShorter);
    }
    Ok((Verdict::Allow, Reason::Proved, end_set(ends, stop, facts)))
}

fn end_set(ends: Option<Moment>, stop: &StopKnown, facts: &Facts) -> StopChange {
    StopChange::EndSet {
        id: stop.id,
        revision: stop.revision,
        ends,
        epoch: facts.stops.epoch,
    }
}

/// The proposal that a second person may agree to.
fn open(stop: &StopKnown, facts: &Facts) -> Option<StopProposal> {
    let proposal = stop.proposal?;
    let proposer = facts.proposer.as_ref()?;
    let could = proposer.disabled.is_none() && proposer.seasoned() <= proposal.at;
    let stands = proposer.id == proposal.by && could;
    (stands && facts.now.since(proposal.at) < PROPOSAL_LIFE).then_some(proposal)
}

fn lifted(end: Option<Moment>, stop: &StopKnown, facts: &Facts) -> Outcome {
    let proposal = open(stop, facts);
    let operations = facts.staff.has(StaffRole::Operations);
    let approver = proposal.is_some() && facts.staff.has(StaffRole::Approver);
    if !operations && !approver {
        return Err(Reason::StaffRole);
    }
    let sooner = |end| end > facts.now && stop.ends.is_none_or(|ends| end < ends);
    if stop.is_over(facts.now) || !end.is_none_or(sooner) {
        return Err(Reason::StopOver);
    }
    if let Some(reason) = facts.staff.unseasoned(facts.now) {
        return Err(reason);
    }
    let (id, revision, by) = (stop.id, stop.revision, facts.staff.id());
    // Another end is another proposal, in the place of the one that was there.
    let Some(proposal) = proposal.filter(|proposal| proposal.end == end || !operations) else {
        let proposal = StopProposal {
            by,
            at: facts.now,
            end,
        };
        let change = StopChange::Proposed {
            id,
            revision,
            proposal,
        };
        return Ok((Verdict::Hold, Reason::SecondPerson, change));
    };
    if proposal.by == by {
        return Err(Reason::SamePerson);
    }
    if proposal.end != end {
        return Err(Reason::StopOther);
    }
    let change = match end {
        Some(_) => end_set(end, stop, facts),
        None => StopChange::Lifted {
            id,
            revision,
            by,
            at: facts.now,
            epoch: facts.stops.epoch,
        },
    };
    Ok((Verdict::Allow, Reason::Proved, change))
}

/// What an auditor reads of it: which stop, and for a new one everything that is not shown to
/// customers.
fn recorded(attempt: &Attempt, stop: StopId) -> String {
    let facts = match attempt {
        Attempt::Extend(ends) => serde_json::json!({ "stop": stop, "ends": ends }),
        Attempt::Lift(end) => serde_json::json!({ "stop": stop, "end": end }),
        Attempt::Make(new) => serde_json::json!({
            "stop": stop,
            "kind": new.scope.kind,
            "application": new.scope.application,
            "channel": new.scope.channel,
            "segment": new.scope.segment,
            "begins": new.begins,
            "ends": new.ends,
            "ground": new.reason.as_str(),
        }),
    };
    facts.to_string()
}

/// The recorded `facts` of a decision, with the stop that refused.
pub(crate) fn noted(facts: String, stop: Option<&StopKnown>) -> String {
    let Some(stop) = stop else { return facts };
    match serde_json::from_str(&facts) {
        Ok(serde_json::Value::Object(mut members)) => {
            members.insert("stop".to_owned(), stop.id.to_string().into());
            serde_json::Value::Object(members).to_string()
        }
        _ => facts,
    }
}

/// The stop that refused, as the entry of a decision recorded it.
#[must_use]
pub fn refusing(entry: &Entry) -> Option<StopId> {
    if !entry.reasons.contains(&Reason::Stopped) {
        return None;
    }
    let facts: serde_json::Value = serde_json::from_str(&entry.facts).ok()?;
    facts.get("stop")?.as_str()?.parse().ok()
}

/// One stop that covers everything, for the tests of acts.
#[cfg(test)]
pub(crate) fn standing(now: Moment) -> StopsKnown {
    let line = |text| crate::text::Line::parse(text).ok();
    let message = line("x")
        .zip(line("x"))
        .map(|(ja, en)| StopMessage { ja, en });
    let reason = Line::parse("x").ok();
    let stop = message.zip(reason).map(|(message, reason)| StopKnown {
        id: StopId([6; 16]),
        scope: StopScope::default(),
        reason,
        message,
        left: Vec::new(),
        by: crate::id::StaffId([1; 16]),
        made: now,
        begins: None,
        ends: None,
        proposal: None,
        lifted: None,
        revision: 1,
    });
    StopsKnown {
        epoch: 2,
        at: now,
        listed: stop.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests;
