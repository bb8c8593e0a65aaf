use super::*;
use crate::id::{NoticeId, StaffId};
use crate::known::CustomerState;
use crate::sample::{NOW, channels, customer, given, person, policy};

const ONE: u8 = 1;
const TWO: u8 = 2;

fn wanted() -> CampaignWanted {
    CampaignWanted {
        kind: CampaignKind::CheckContact,
        text: None,
        set: CampaignSet::OldPassword(365),
        as_of: NOW,
        rate: 600,
    }
}

fn ground() -> Ground {
    Ground::parse("他社での流出、案件 2026-114").unwrap()
}

fn reach(number: u8, mail: bool, sms: bool) -> Reach {
    Reach {
        id: CustomerId([number; 16]),
        mail,
        sms,
        frozen: number == 9,
    }
}

fn shown(wanted: &CampaignWanted) -> (Reached, Digest) {
    let mut showing = Showing::of(wanted, 0);
    showing.take(&[reach(1, true, true), reach(2, false, true)]);
    showing.take(&[reach(3, false, false), reach(9, true, true)]);
    showing.end()
}

fn facts(by: StaffKnown, campaign: Option<CampaignKnown>) -> Facts {
    let shown = shown(&wanted());
    Facts {
        staff: StaffProved::assert_staff(&by),
        campaign,
        proposer: Some(person(ONE, &[StaffRole::Operations])),
        open: 0,
        agreed: Some((shown.1, shown.0.all)),
        shown,
        fresh: (DecisionId([9; 16]), CampaignId([8; 16])),
        now: NOW,
    }
}

fn propose(wanted: CampaignWanted) -> Attempt {
    Attempt::Propose(Box::new((wanted, Vec::new(), ground())))
}

fn known(state: CampaignState) -> CampaignKnown {
    let facts = facts(person(ONE, &[StaffRole::Operations]), None);
    let decision = decide(&propose(wanted()), &facts, &policy());
    let Some(Change::Campaign(change)) = decision.changes.first() else {
        panic!("a proposal: {decision:?}")
    };
    let CampaignChange::Proposed { campaign, .. } = &**change else {
        panic!("a proposal: {change:?}")
    };
    let run = !matches!(state, CampaignState::Proposed);
    let line = Line::parse("x").unwrap();
    CampaignKnown {
        state,
        started: run.then_some((StaffId([TWO; 16]), NOW)),
        stopped: (state == CampaignState::Stopped).then_some((StaffId([ONE; 16]), NOW, line)),
        ..(**campaign).clone()
    }
}

fn reason(decision: &Decision) -> Reason {
    let refused = decision.verdict() == &Verdict::Refuse;
    assert_eq!(
        decision.changes.is_empty(),
        refused,
        "a refusal changes nothing"
    );
    assert!(decision.notices.is_empty(), "nobody is told by it");
    decision.reasons()[0]
}

#[test]
fn what_is_shown_counts_everybody_once_and_its_digest_is_of_message_and_set() {
    let (reached, digest) = shown(&wanted());
    let counted = (reached.all, reached.mail, reached.sms, reached.nowhere);
    assert_eq!(counted, (4, 1, 2, 2));
    for other in [
        CampaignWanted {
            rate: 601,
            ..wanted()
        },
        CampaignWanted {
            set: CampaignSet::OldPassword(364),
            ..wanted()
        },
        CampaignWanted {
            kind: CampaignKind::OldPassword,
            ..wanted()
        },
        CampaignWanted {
            as_of: NOW.minus(Span(1)),
            ..wanted()
        },
    ] {
        assert_ne!(shown(&other).1, digest, "{other:?}");
    }
    // Of a set that is a question its size is agreed to; who was named, one for one.
    let of = |set, whom: &[u8]| {
        let mut showing = Showing::of(&CampaignWanted { set, ..wanted() }, 0);
        whom.iter()
            .for_each(|one| showing.take(&[reach(*one, true, true)]));
        showing.end().1
    };
    assert_eq!(of(CampaignSet::OldPassword(365), &[1]), digest);
    let named = of(CampaignSet::Listed, &[1, 2]);
    assert_ne!(of(CampaignSet::Listed, &[1]), named);
    assert_ne!(of(CampaignSet::Listed, &[1, 3]), named);
}

/// Who, at which act, in which state: what follows.
#[test]
fn who_may_what_in_which_state() {
    use CampaignState::{Finished, Proposed, Running, Stopped};
    for role in StaffRole::ALL {
        let proposed = decide(
            &propose(wanted()),
            &facts(person(TWO, &[role]), None),
            &policy(),
        );
        let expected = match role {
            StaffRole::Operations => Reason::Proved,
            _ => Reason::StaffRole,
        };
        assert_eq!(reason(&proposed), expected, "{role:?}");
        for state in CampaignState::ALL {
            let facts = facts(person(TWO, &[role]), Some(known(state)));
            let expected = match (role, state) {
                (StaffRole::Approver, Proposed | Stopped) => Reason::Proved,
                (StaffRole::Approver, Running | Finished) => Reason::CampaignOver,
                _ => Reason::StaffRole,
            };
            let started = decide(&Attempt::Start, &facts, &policy());
            assert_eq!(reason(&started), expected, "start {role:?} {state:?}");
            let expected = match (role, state) {
                (StaffRole::Approver | StaffRole::Operations, Proposed | Running) => Reason::Proved,
                (StaffRole::Approver | StaffRole::Operations, _) => Reason::CampaignOver,
                _ => Reason::StaffRole,
            };
            let stopped = decide(&Attempt::Stop(ground()), &facts, &policy());
            assert_eq!(reason(&stopped), expected, "stop {role:?} {state:?}");
            assert!(stopped.entry.facts.contains("2026-114"));
        }
    }
}

#[test]
fn it_takes_two_people_of_whom_both_count() {
    let both = [StaffRole::Operations, StaffRole::Approver];
    let start = |facts: &Facts| reason(&decide(&Attempt::Start, facts, &policy()));
    let proposed = || Some(known(CampaignState::Proposed));
    assert_eq!(
        start(&facts(person(ONE, &both), proposed())),
        Reason::SamePerson
    );
    let stopped = Some(known(CampaignState::Stopped));
    assert_eq!(
        start(&facts(person(ONE, &both), stopped)),
        Reason::SamePerson
    );
    let fresh = given(Span::days(6), person(TWO, &both));
    assert_eq!(start(&facts(fresh.clone(), proposed())), Reason::StaffFresh);
    let proposes = decide(&propose(wanted()), &facts(fresh, None), &policy());
    assert_eq!(reason(&proposes), Reason::StaffFresh);

    let with = |change: fn(&mut StaffKnown)| {
        let mut facts = facts(person(TWO, &both), proposed());
        change(facts.proposer.as_mut().unwrap());
        start(&facts)
    };
    assert_eq!(with(|_| {}), Reason::Proved);
    assert_eq!(
        with(|known| known.disabled = Some(NOW)),
        Reason::CampaignOver
    );
    assert_eq!(with(|known| known.roles.clear()), Reason::CampaignOver);
    let rotated = |known: &mut StaffKnown| known.given = NOW.plus(Span(1));
    assert_eq!(with(rotated), Reason::CampaignOver);
    assert_eq!(
        with(|known| known.id = StaffId([TWO; 16])),
        Reason::CampaignOver
    );
    let mut unknown = facts(person(TWO, &both), proposed());
    unknown.proposer = None;
    assert_eq!(start(&unknown), Reason::CampaignOver);
}

#[test]
fn what_was_not_shown_is_not_done() {
    let by = || person(TWO, &[StaffRole::Operations, StaffRole::Approver]);
    let (reached, digest) = shown(&wanted());
    let other = Some((Digest([0; 32]), reached.all));
    for agreed in [None, other, Some((digest, reached.all - 1))] {
        let stale = |campaign| Facts {
            agreed,
            ..facts(by(), campaign)
        };
        let proposed = decide(&propose(wanted()), &stale(None), &policy());
        assert_eq!(reason(&proposed), Reason::CampaignOther);
        let known = Some(known(CampaignState::Proposed));
        let started = decide(&Attempt::Start, &stale(known), &policy());
        assert_eq!(reason(&started), Reason::CampaignOther);
    }
    let more = Facts {
        agreed: Some((digest, reached.all + 1)),
        ..facts(by(), Some(known(CampaignState::Proposed)))
    };
    let fewer = decide(&Attempt::Start, &more, &policy());
    assert_eq!(reason(&fewer), Reason::Proved, "somebody left the set");
    assert!(
        fewer.entry.facts.contains(r#""agreed":5"#),
        "and it is recorded"
    );
    for as_of in [NOW.plus(Span(1)), NOW.minus(SHOWN).minus(Span(1))] {
        let wanted = CampaignWanted { as_of, ..wanted() };
        let proposed = decide(&propose(wanted), &facts(by(), None), &policy());
        assert_eq!(reason(&proposed), Reason::CampaignOther, "{as_of}");
    }
}

#[test]
fn what_is_not_whole_or_for_nobody_or_too_much_is_not_proposed() {
    let by = || person(ONE, &[StaffRole::Operations]);
    let text = CampaignText::stored(["a", "b", "c", "d"].map(str::to_owned));
    for other in [
        CampaignWanted {
            rate: 0,
            ..wanted()
        },
        CampaignWanted {
            rate: MOST_RATE + 1,
            ..wanted()
        },
        CampaignWanted {
            set: CampaignSet::Cases(0),
            ..wanted()
        },
        CampaignWanted {
            set: CampaignSet::OldPassword(MOST_DAYS + 1),
            ..wanted()
        },
        CampaignWanted {
            kind: CampaignKind::PhishingWarning,
            ..wanted()
        },
        CampaignWanted {
            text: Some(text),
            ..wanted()
        },
    ] {
        let decision = decide(&propose(other.clone()), &facts(by(), None), &policy());
        assert_eq!(reason(&decision), Reason::CampaignOther, "{other:?}");
    }
    let named = Attempt::Propose(Box::new((wanted(), vec![CustomerId([1; 16])], ground())));
    let decision = decide(&named, &facts(by(), None), &policy());
    assert_eq!(reason(&decision), Reason::CampaignOther);
    let mut nobody = facts(by(), None);
    nobody.shown.0.nowhere = nobody.shown.0.all;
    let decision = decide(&propose(wanted()), &nobody, &policy());
    assert_eq!(reason(&decision), Reason::CampaignEmpty);
    let many = Facts {
        open: MOST_OPEN,
        ..facts(by(), None)
    };
    let decision = decide(&propose(wanted()), &many, &policy());
    assert_eq!(reason(&decision), Reason::CampaignMany);
}

#[test]
fn a_wish_ends_after_a_week_and_what_was_stopped_before_it_began_is_refused() {
    let by = || person(TWO, &[StaffRole::Approver]);
    for (state, age, may) in [
        (CampaignState::Proposed, Span(LIFE.0 - 1), true),
        (CampaignState::Proposed, LIFE, false),
        (CampaignState::Stopped, Span(LIFE.0 - 1), true),
        (CampaignState::Stopped, LIFE, false),
    ] {
        let facts = Facts {
            now: NOW.plus(age),
            ..facts(by(), Some(known(state)))
        };
        let started = decide(&Attempt::Start, &facts, &policy());
        let expected = if may {
            Reason::Proved
        } else {
            Reason::CampaignOver
        };
        assert_eq!(reason(&started), expected, "{state:?} {age:?}");
    }
    // Stopped again and again, and proposed long ago.
    for (age, expected) in [
        (Span(LONGEST.0 - 1), Reason::Proved),
        (LONGEST, Reason::CampaignOver),
    ] {
        let mut known = known(CampaignState::Stopped);
        let at = NOW.plus(age);
        let of = known.stopped.take();
        known.stopped = of.map(|(by, _, ground)| (by, at.minus(Span::hours(1)), ground));
        let facts = Facts {
            now: at,
            ..facts(by(), Some(known))
        };
        let started = decide(&Attempt::Start, &facts, &policy());
        assert_eq!(reason(&started), expected, "{age:?}");
    }
    let refused = CampaignKnown {
        started: None,
        ..known(CampaignState::Stopped)
    };
    let started = decide(&Attempt::Start, &facts(by(), Some(refused)), &policy());
    assert_eq!(reason(&started), Reason::CampaignOver);
    let none = decide(&Attempt::Start, &facts(by(), None), &policy());
    assert_eq!(reason(&none), Reason::CampaignUnknown);
}

fn turn(frozen: bool, reached: bool) -> Decision {
    let mut customer = customer(5);
    if frozen {
        customer.state = CustomerState::Frozen;
    }
    let facts = TurnFacts {
        campaign: known(CampaignState::Running),
        customer,
        channels: if reached { channels() } else { Vec::new() },
        fresh: (DecisionId([9; 16]), NoticeId([7; 16])),
        now: NOW.plus(Span::seconds(5)),
    };
    decide_turn(&facts, &policy())
}

#[test]
fn a_turn_tells_or_passes_over_and_rests_on_the_customer_as_seen() {
    for (frozen, reached, expected) in [
        (false, true, Reason::CampaignSent),
        (true, true, Reason::Frozen),
        (false, false, Reason::CampaignNowhere),
        (true, false, Reason::Frozen),
    ] {
        let decision = turn(frozen, reached);
        assert_eq!(decision.reasons(), [expected]);
        assert_eq!(decision.entry.customer, Some(CustomerId([5; 16])));
        let told = expected == Reason::CampaignSent;
        assert_eq!(decision.notices.len(), if told { 2 } else { 0 });
        let [
            Change::Campaign(change),
            Change::Stands(Stands::Customer { .. }),
        ] = &decision.changes[..]
        else {
            panic!("{:?}", decision.changes)
        };
        let CampaignChange::Turn {
            seen, sent, next, ..
        } = &**change
        else {
            panic!("{change:?}")
        };
        assert_eq!((*seen, *sent), (CampaignKnown::NOBODY, told));
        // 600 a minute are one each tenth of a second, from now on and not from when it began.
        let pause = Span::seconds(5).0 + 100_000;
        assert_eq!(*next, if told { NOW.plus(Span(pause)) } else { NOW });
    }
}

#[test]
fn only_what_runs_is_due_and_the_pace_is_kept() {
    for state in CampaignState::ALL {
        let running = state == CampaignState::Running;
        assert_eq!(due(&known(state), NOW), running);
    }
    let mut campaign = known(CampaignState::Running);
    let mut taken = 0;
    while due(&campaign, NOW) {
        let pause = Span(Span::minutes(1).0 / i64::from(campaign.wanted.rate));
        campaign.next = campaign.next.max(NOW).plus(pause);
        taken += 1;
    }
    assert_eq!(taken, 10, "those of a second");
}
