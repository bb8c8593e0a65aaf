use super::*;
use crate::id::StaffId;
use crate::known::{StopsKnown, Word};
use crate::sample::{NOW, given, policy};

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

fn person(id: StaffId, roles: &[StaffRole]) -> StaffKnown {
    crate::sample::person(id.0[0], roles)
}

fn facts(by: StaffId, stop: Option<StopKnown>) -> Facts {
    let proposal = stop.as_ref().and_then(|stop| stop.proposal);
    Facts {
        staff: StaffProved::assert_staff(&person(by, &[StaffRole::Operations])),
        named: stop.as_ref().map(|stop| stop.id),
        proposer: proposal.map(|proposal| person(proposal.by, &[StaffRole::Operations])),
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
            (VerdictKind::Hold, Reason::SecondPerson),
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
        assert_eq!(decision.changes.is_empty(), verdict == VerdictKind::Refuse);
        let agreed = verdict == VerdictKind::Allow;
        assert_eq!(decision.changes.len() == 3, agreed, "both people stand");
    }
}

#[test]
fn an_approver_agrees_and_does_nothing_else() {
    let approver = |stop| Facts {
        staff: StaffProved::assert_staff(&person(TWO, &[StaffRole::Approver, StaffRole::Desk])),
        ..facts(TWO, Some(stop))
    };
    let later_end = Attempt::Lift(Some(later(1)));
    let other = decide(
        &later_end,
        &approver(stop(Some(later(5)), proposed(ONE, NOW, None))),
        &policy(),
    );
    assert_eq!(other.reasons(), [Reason::StopOther]);
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
fn a_secret_of_this_week_neither_lifts_nor_proposes_to() {
    let week = Span::days(7);
    for (age, reason) in [
        (Span(0), Reason::StaffFresh),
        (Span(week.0 - 1), Reason::StaffFresh),
        (week, Reason::Proved),
    ] {
        // However long the stop has stood.
        let new = given(age, person(TWO, &[StaffRole::Operations]));
        for made in [NOW, NOW.minus(Span::days(30))] {
            let mut facts = facts(TWO, Some(stop(None, proposed(ONE, NOW, None))));
            facts.staff = StaffProved::assert_staff(&new);
            facts.stop.as_mut().unwrap().made = made;
            let agreed = decide(&Attempt::Lift(None), &facts, &policy());
            assert_eq!(agreed.reasons(), [reason], "{age:?} {made}");
            facts.stop.as_mut().unwrap().proposal = None;
            let refused = reason == Reason::StaffFresh;
            let proposes = decide(&Attempt::Lift(None), &facts, &policy());
            assert_eq!(proposes.verdict() == &Verdict::Refuse, refused);
        }
        // A stop anybody makes at once.
        let mut make = facts(TWO, None);
        make.staff = StaffProved::assert_staff(&new);
        let made = decide(&Attempt::Make(Box::new(self::new(None))), &make, &policy());
        assert_eq!(made.verdict(), &Verdict::Allow);
    }
}

#[test]
fn a_proposal_ends_with_the_right_of_who_made_it() {
    let lift = Attempt::Lift(None);
    let standing = facts(TWO, Some(stop(None, proposed(ONE, NOW, None))));
    assert_eq!(
        decide(&lift, &standing, &policy()).verdict(),
        &Verdict::Allow
    );
    let proposer = |change: fn(&mut StaffKnown)| {
        let mut known = person(ONE, &[StaffRole::Operations]);
        change(&mut known);
        let stop = stop(None, proposed(ONE, NOW, None));
        let facts = Facts {
            proposer: Some(known),
            ..facts(TWO, Some(stop))
        };
        decide(&lift, &facts, &policy()).verdict().clone()
    };
    assert_eq!(proposer(|known| known.disabled = Some(NOW)), Verdict::Hold);
    let rotated = |known: &mut StaffKnown| known.given = NOW.plus(Span::seconds(1));
    assert_eq!(proposer(rotated), Verdict::Hold);
    let fresh = |known: &mut StaffKnown| known.founded = NOW.minus(Span::days(9));
    assert_eq!(proposer(fresh), Verdict::Hold);
    assert_eq!(proposer(|known| known.id = TWO), Verdict::Hold);
}

#[test]
fn nobody_fills_every_place_alone() {
    let make = Attempt::Make(Box::new(new(None)));
    let mut full = facts(ONE, None);
    full.stops.listed = vec![stop(None, None); MOST_STOPS_EACH];
    let refused = decide(&make, &full, &policy());
    assert_eq!(refused.reasons(), [Reason::StopMany]);
    let other = Facts {
        stops: full.stops.clone(),
        ..facts(TWO, None)
    };
    assert_eq!(decide(&make, &other, &policy()).verdict(), &Verdict::Allow);
}

#[test]
fn a_stop_that_is_not_there_is_told_and_recorded_by_the_id_that_was_named() {
    let named = StopId([77; 16]);
    let facts = Facts {
        named: Some(named),
        ..facts(ONE, None)
    };
    for attempt in [Attempt::Extend(None), Attempt::Lift(None)] {
        let decision = decide(&attempt, &facts, &policy());
        assert_eq!(decision.reasons(), [Reason::StopUnknown]);
        assert!(decision.entry.facts.contains(&named.to_string()));
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
