//! The acts "stop" and "lift": people of the firm switch operations off, and on again.
//!
//! To stop takes one person, who may be alone at night; to lift takes two. An end that comes
//! earlier lifts, one that comes later stops. A proposal to lift is void after a day or when the
//! stop gets another end meanwhile, so that nobody agrees to what was meant for another moment.
//!
//! **Invariant:** a stop ends before its time only by two different people of whom one is in the
//! role for it, and a decision about an operation never lands past a stop that it did not see.

use crate::access::Act;
use crate::bytes::CounterKey;
use crate::change::{Change, StopChange};
use crate::decision::Decision;
use crate::entry::{Actor, Entry};
use crate::id::{DecisionId, StopId};
use crate::known::{
    Left, MOST_STOPS, StaffRole, StopKnown, StopMessage, StopProposal, StopScope, StopsKnown,
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
    /// The counter of tries at their secret.
    pub tries: CounterKey,
    /// The stop that it is about; none where another is made.
    pub stop: Option<StopKnown>,
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
        (Attempt::Extend(_) | Attempt::Lift(_), None) => Err(Reason::StopOver),
    };
    let about = match attempt {
        Attempt::Make(_) => facts.fresh.1,
        Attempt::Extend(_) | Attempt::Lift(_) => {
            facts.stop.as_ref().map_or(facts.fresh.1, |stop| stop.id)
        }
    };
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
        Ok((_, _, change)) => decision.with([Change::Stop(change), facts.staff.stands()]),
        Err(_) => decision,
    }
    .with([Change::TriesCleared { key: facts.tries }])
}

fn made(new: &NewStop, facts: &Facts) -> Outcome {
    if !facts.staff.has(StaffRole::Operations) {
        return Err(Reason::StaffRole);
    }
    if facts.stops.listed.len() >= MOST_STOPS {
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

fn lifted(end: Option<Moment>, stop: &StopKnown, facts: &Facts) -> Outcome {
    let open = |proposal: &StopProposal| facts.now.since(proposal.at) < PROPOSAL_LIFE;
    let proposal = stop.proposal.filter(open);
    let operations = facts.staff.has(StaffRole::Operations);
    let approver = proposal.is_some() && facts.staff.has(StaffRole::Approver);
    if !operations && !approver {
        return Err(Reason::StaffRole);
    }
    let sooner = |end| end > facts.now && stop.ends.is_none_or(|ends| end < ends);
    if stop.is_over(facts.now) || !end.is_none_or(sooner) {
        return Err(Reason::StopOver);
    }
    let (id, revision, by) = (stop.id, stop.revision, facts.staff.id());
    let Some(proposal) = proposal else {
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
mod tests {
    use super::*;
    use crate::id::StaffId;
    use crate::known::{StopsKnown, Word};
    use crate::sample::{NOW, policy};

    const ONE: StaffId = StaffId([1; 16]);
    const TWO: StaffId = StaffId([2; 16]);

    fn later(hours: i64) -> Moment {
        NOW.plus(Span::hours(hours))
    }

    fn new(ends: Option<Moment>) -> NewStop {
        NewStop {
            scope: StopScope {
                channel: Word::parse("web"),
                ..StopScope::default()
            },
            reason: Ground::parse("他社での資金流出、案件 2020-9").unwrap(),
            message: StopMessage {
                ja: Line::parse("ウェブでの変更を停止しています。").unwrap(),
                en: Line::parse("Changes on the web are stopped.").unwrap(),
            },
            left: vec![Left::Desk, Left::Paper],
            begins: None,
            ends,
        }
    }

    fn stop(ends: Option<Moment>, proposal: Option<StopProposal>) -> StopKnown {
        let decision = decide(
            &Attempt::Make(Box::new(new(ends))),
            &facts(ONE, None),
            &policy(),
        );
        let Some(Change::Stop(StopChange::Made { stop, .. })) = decision.changes.first() else {
            panic!("a stop: {decision:?}");
        };
        StopKnown {
            proposal,
            ..(**stop).clone()
        }
    }

    fn facts(by: StaffId, stop: Option<StopKnown>) -> Facts {
        let roles = vec![StaffRole::Operations];
        Facts {
            staff: StaffProved::assert_staff(by, 3, roles),
            tries: CounterKey([5; 16]),
            stop,
            stops: StopsKnown {
                epoch: 7,
                at: NOW,
                listed: Vec::new(),
            },
            fresh: (DecisionId([9; 16]), StopId([8; 16])),
            now: NOW,
        }
    }

    fn proposed(by: StaffId, at: Moment, end: Option<Moment>) -> Option<StopProposal> {
        Some(StopProposal { by, at, end })
    }

    #[test]
    fn one_person_stops_at_once_and_the_epoch_is_the_condition() {
        let decision = decide(
            &Attempt::Make(Box::new(new(None))),
            &facts(ONE, None),
            &policy(),
        );
        let [
            Change::Stop(StopChange::Made { stop, epoch: 7 }),
            Change::Stands(stands),
            Change::TriesCleared { .. },
        ] = &decision.changes[..]
        else {
            panic!("{:?}", decision.changes);
        };
        let expected = crate::change::Stands::Staff {
            id: ONE,
            revision: 3,
        };
        assert_eq!(*stands, expected);
        assert!(stop.begins.is_none() && stop.stands(Moment(0)));
        assert_eq!(decision.entry.actor, Actor::Staff(ONE));
        assert!(decision.entry.facts.contains("案件 2020-9"));
    }

    /// Who lifts, what was proposed before, which end: what follows.
    #[test]
    fn a_stop_is_lifted_by_two_people() {
        let day = Span::hours(24);
        type Case = (
            Option<StopProposal>,
            StaffId,
            Option<Moment>,
            (VerdictKind, Reason),
        );
        use crate::verdict::VerdictKind;
        let cases: Vec<Case> = vec![
            (None, ONE, None, (VerdictKind::Hold, Reason::SecondPerson)),
            (
                proposed(ONE, NOW, None),
                ONE,
                None,
                (VerdictKind::Refuse, Reason::SamePerson),
            ),
            (
                proposed(ONE, NOW, None),
                TWO,
                None,
                (VerdictKind::Allow, Reason::Proved),
            ),
            (
                proposed(ONE, NOW.minus(day), None),
                TWO,
                None,
                (VerdictKind::Hold, Reason::SecondPerson),
            ),
            (
                proposed(ONE, NOW, None),
                TWO,
                Some(later(1)),
                (VerdictKind::Refuse, Reason::StopOther),
            ),
            (
                proposed(ONE, NOW, Some(later(1))),
                TWO,
                Some(later(1)),
                (VerdictKind::Allow, Reason::Proved),
            ),
            (
                None,
                ONE,
                Some(later(9)),
                (VerdictKind::Refuse, Reason::StopOver),
            ),
            (
                None,
                ONE,
                Some(NOW),
                (VerdictKind::Refuse, Reason::StopOver),
            ),
        ];
        for (proposal, by, end, (verdict, reason)) in cases {
            let stop = stop(Some(later(5)), proposal);
            let decision = decide(&Attempt::Lift(end), &facts(by, Some(stop)), &policy());
            let told = (decision.verdict().kind(), decision.reasons()[0]);
            assert_eq!(told, (verdict, reason), "{proposal:?} {by} {end:?}");
            assert_eq!(decision.changes.len() == 1, verdict == VerdictKind::Refuse);
        }
    }

    #[test]
    fn an_approver_agrees_and_does_nothing_else() {
        let approver = |stop| Facts {
            staff: StaffProved::assert_staff(TWO, 1, vec![StaffRole::Approver, StaffRole::Desk]),
            ..facts(TWO, Some(stop))
        };
        let lift = Attempt::Lift(None);
        let alone = decide(&lift, &approver(stop(None, None)), &policy());
        assert_eq!(alone.reasons(), [Reason::StaffRole]);
        let second = approver(stop(None, proposed(ONE, NOW, None)));
        assert_eq!(decide(&lift, &second, &policy()).verdict(), &Verdict::Allow);
        for attempt in [Attempt::Make(Box::new(new(None))), Attempt::Extend(None)] {
            let refused = decide(&attempt, &approver(stop(Some(later(1)), None)), &policy());
            assert_eq!(refused.reasons(), [Reason::StaffRole]);
        }
    }

    #[test]
    fn one_person_sets_a_later_end_and_no_earlier_one() {
        for (before, after, reason) in [
            (Some(later(2)), Some(later(3)), Reason::Proved),
            (Some(later(2)), None, Reason::Proved),
            (Some(later(2)), Some(later(2)), Reason::StopShorter),
            (Some(later(2)), Some(later(1)), Reason::StopShorter),
            (None, Some(later(9)), Reason::StopShorter),
            (None, None, Reason::StopShorter),
        ] {
            let facts = facts(ONE, Some(stop(before, None)));
            let decision = decide(&Attempt::Extend(after), &facts, &policy());
            assert_eq!(decision.reasons(), [reason], "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_stop_that_is_over_stays_so_and_what_would_never_stand_is_not_made() {
        let mut over = stop(None, None);
        over.lifted = Some((TWO, NOW));
        for attempt in [Attempt::Extend(None), Attempt::Lift(None)] {
            let decision = decide(&attempt, &facts(ONE, Some(over.clone())), &policy());
            assert_eq!(decision.reasons(), [Reason::StopOver]);
        }
        let past = Attempt::Make(Box::new(new(Some(NOW))));
        let refused = decide(&past, &facts(ONE, None), &policy());
        assert_eq!(refused.reasons(), [Reason::StopOver]);
        let mut full = facts(ONE, None);
        full.stops.listed = vec![over; MOST_STOPS];
        let refused = decide(&Attempt::Make(Box::new(new(None))), &full, &policy());
        assert_eq!(refused.reasons(), [Reason::StopMany]);
    }

    #[test]
    fn of_several_stops_the_one_that_lasts_longest_is_told() {
        let named = |number: u8, ends| StopKnown {
            id: StopId([number; 16]),
            ..stop(ends, None)
        };
        let mut stops = StopsKnown {
            epoch: 1,
            at: NOW,
            listed: vec![
                named(1, Some(later(1))),
                named(2, None),
                named(3, Some(later(9))),
            ],
        };
        let kind = crate::access::OperationKind::parse("withdraw").unwrap();
        let asked = (&kind, crate::id::ApplicationId([5; 16]));
        let way = crate::known::Way::default();
        let told = |stops: &StopsKnown| stops.stopping(asked, &way).map(|stop| stop.id.0[0]);
        assert_eq!(told(&stops), Some(2));
        stops.listed.remove(1);
        assert_eq!(told(&stops), Some(3));
        stops.at = later(9);
        assert_eq!(told(&stops), None);
    }

    #[test]
    fn what_refused_is_read_from_the_entry() {
        let stop = stop(None, None);
        let facts = noted(r#"{"history":3}"#.to_owned(), Some(&stop));
        let mut entry = decide(&Attempt::Lift(None), &self::facts(ONE, None), &policy()).entry;
        entry.facts = facts;
        assert_eq!(refusing(&entry), None);
        entry.reasons = vec![Reason::Stopped];
        assert_eq!(refusing(&entry), Some(stop.id));
    }
}
