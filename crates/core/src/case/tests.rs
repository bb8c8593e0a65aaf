use super::*;
use crate::access::{Access, OperationKind};
use crate::bytes::TokenHash;
use crate::id::StaffId;
use crate::known::{StaffKnown, StaffName};
use crate::sample::{NOW, channels, customer, policy};
use crate::sighting::Ending;
use crate::sweep::{Finding, Suspicion};
use crate::text::Reference;
use crate::verdict::VerdictKind;

fn staff(role: StaffRole) -> StaffProved {
    StaffProved::assert_staff(&StaffKnown {
        id: StaffId([4; 16]),
        name: StaffName::parse("sato").unwrap(),
        roles: vec![role],
        hash: TokenHash([0; 32]),
        created: NOW,
        given: NOW,
        founded: NOW,
        disabled: None,
        revision: 3,
    })
}

fn procedure() -> Procedure {
    Procedure {
        access: Access {
            decision: DecisionId([6; 16]),
            customer: CustomerId([1; 16]),
            at: NOW.minus(Span::hours(50)),
            act: Act::Confirm(OperationKind::parse("payout_account_change").unwrap()),
            ending: Ending::Success,
            verdict: VerdictKind::Allow,
            address: None,
            system: None,
            country: None,
            device: None,
            client: None,
            application: None,
        },
        reference: Reference::parse("C-1").unwrap(),
    }
}

fn facts<'a>(who: Who<'a>, worry: Worry, procedure: &'a Procedure) -> OpenFacts<'a> {
    OpenFacts {
        who,
        procedure,
        worry,
        customer: customer(1),
        channels: channels(),
        there: false,
        fresh: (DecisionId([9; 16]), CaseId([8; 16]), NoticeId([7; 16])),
        report: (TokenHash([5; 32]), "ABCDE-FGHJK".to_owned().into()),
        now: NOW,
    }
}

fn ground() -> Ground {
    Ground::parse("他社での資金流出、案件 2026-121").unwrap()
}

const TOUCHED: Worry = Worry::Operation(Finding::Touched);

#[test]
fn the_customer_is_asked_on_every_channel_about_that_procedure() {
    let (staff, procedure) = (staff(StaffRole::Operations), procedure());
    let facts = facts(Who::Staff(&staff), TOUCHED, &procedure);
    let opened = open(Telling::Ask, &ground(), &facts, &policy());
    assert_eq!(opened.verdict(), &Verdict::Allow);
    let verified = channels()
        .iter()
        .filter(|one| one.verified.is_some())
        .count();
    assert_eq!(opened.notices.len(), verified);
    let issued = opened.changes.iter().find_map(|change| match change {
        Change::ReportCodeIssued(issued) => Some(issued.decision),
        _ => None,
    });
    assert_eq!(
        issued,
        Some(DecisionId([6; 16])),
        "the procedure, not the case"
    );
    for notice in &opened.notices {
        let NoticeKind::Check(told) = &notice.kind else {
            panic!("{notice:?}");
        };
        assert_eq!(told.about.days, 2);
        assert_ne!(told.about.operation, "payout_account_change", "its name");
    }
    assert!(opened.changes.contains(&staff.stands()));
    let silent = open(Telling::Silent, &ground(), &facts, &policy());
    assert!(silent.notices.is_empty());
    assert_eq!(silent.changes.len(), 2);
}

#[test]
fn nobody_else_opens_one_and_what_is_usual_is_none() {
    let procedure = procedure();
    let desk = staff(StaffRole::Desk);
    let sato = staff(StaffRole::Operations);
    for (who, worry, reason) in [
        (Who::Staff(&desk), TOUCHED, Reason::StaffRole),
        (
            Who::Staff(&sato),
            Worry::Operation(Finding::Usual),
            Reason::CaseNone,
        ),
        (
            Who::Worker,
            Worry::Withdrawal(Suspicion::None),
            Reason::CaseNone,
        ),
    ] {
        let facts = facts(who, worry, &procedure);
        let refused = open(Telling::Ask, &ground(), &facts, &policy());
        assert_eq!(refused.reasons(), [reason]);
        assert!(refused.changes.is_empty() && refused.notices.is_empty());
    }
    let facts = facts(Who::Worker, Worry::Withdrawal(Suspicion::Alarm), &procedure);
    let opened = open(Telling::Ask, &ground(), &facts, &policy());
    assert_eq!(opened.verdict(), &Verdict::Allow);
    assert_eq!(opened.entry.actor, Actor::Worker);
}

#[test]
fn a_frozen_customer_is_not_asked() {
    let (staff, procedure) = (staff(StaffRole::Operations), procedure());
    let mut facts = facts(Who::Staff(&staff), TOUCHED, &procedure);
    facts.customer.state = CustomerState::Frozen;
    let opened = open(Telling::Ask, &ground(), &facts, &policy());
    assert_eq!((opened.notices.len(), opened.changes.len()), (0, 2));
}

fn case(closed: bool) -> CaseKnown {
    let procedure = procedure();
    CaseKnown {
        id: CaseId([8; 16]),
        customer: procedure.reference,
        worry: TOUCHED,
        about: procedure.access.decision,
        act: procedure.access.act,
        done: procedure.access.at,
        opened: NOW,
        opened_by: None,
        taken: None,
        closed: closed.then_some((StaffId([5; 16]), NOW, CaseEnd::Genuine)),
        revision: 2,
    }
}

#[test]
fn a_case_is_taken_and_closed_once_by_whoever_is_in_the_role() {
    let open = || Some((case(false), CustomerId([1; 16])));
    let closed = || Some((case(true), CustomerId([1; 16])));
    for (role, case, reason) in [
        (StaffRole::Operations, open(), Reason::Proved),
        (StaffRole::Operations, closed(), Reason::CaseClosed),
        (StaffRole::Operations, None, Reason::CaseNone),
        (StaffRole::Desk, open(), Reason::StaffRole),
        (StaffRole::Approver, open(), Reason::StaffRole),
    ] {
        let ends = CaseEnd::ALL.map(Attempt::Close);
        for attempt in [Attempt::Take].into_iter().chain(ends) {
            let staff = staff(role);
            let facts = Facts {
                staff: &staff,
                case: case.clone(),
                judged: Some((DecisionId([8; 16]), None)),
                seen: None,
                decision: DecisionId([9; 16]),
                now: NOW,
            };
            let decision = decide(attempt, &ground(), &facts, &policy());
            assert_eq!(decision.reasons(), [reason], "{role:?} {attempt:?}");
            let is_proved = reason == Reason::Proved;
            let said = match attempt {
                Attempt::Close(CaseEnd::Fraud) => Some(Outcome::ConfirmedFraud),
                Attempt::Close(CaseEnd::Genuine) => Some(Outcome::ConfirmedGenuine),
                _ => None,
            };
            let said = said
                .filter(|_| is_proved)
                .map(|outcome| Change::OutcomeRecorded {
                    decision: DecisionId([8; 16]),
                    outcome,
                    at: NOW,
                });
            let changes = if is_proved { 2 } else { 0 };
            assert_eq!(
                decision.changes.len(),
                changes + usize::from(said.is_some())
            );
            assert!(said.is_none_or(|said| decision.changes.contains(&said)));
        }
    }
}

#[test]
fn whoever_comes_second_changes_nothing_and_a_note_of_both_is_kept() {
    let (open, staff) = (case(false), staff(StaffRole::Operations));
    let facts = |seen| Facts {
        staff: &staff,
        case: Some((open.clone(), CustomerId([1; 16]))),
        judged: None,
        seen,
        decision: DecisionId([9; 16]),
        now: NOW,
    };
    for (seen, reason) in [
        (open.revision, Reason::Proved),
        (open.revision - 1, Reason::CaseAltered),
    ] {
        for attempt in [Attempt::Take, Attempt::Close(CaseEnd::Fraud)] {
            let decision = decide(attempt, &ground(), &facts(Some(seen)), &policy());
            assert_eq!(decision.reasons(), [reason]);
            assert_eq!(decision.changes.is_empty(), reason != Reason::Proved);
        }
        let noted = note(Sealed(vec![1]), &facts(Some(seen)), &policy());
        assert_eq!(noted.reasons(), [Reason::Proved]);
    }
}
