use super::*;
use crate::bytes::TokenHash;
use crate::id::{ChallengeId, GrantId, NoticeId};
use crate::known::StaffKnown;
use crate::proof::CodeProved;
use crate::sample::{NOW, channels, customer, policy};
use std::collections::BTreeMap;

const SATO: StaffId = StaffId([1; 16]);
const TANAKA: StaffId = StaffId([2; 16]);

fn person(id: StaffId, roles: &[StaffRole]) -> StaffKnown {
    StaffKnown {
        id,
        name: crate::known::StaffName::parse("suzuki").unwrap(),
        roles: roles.to_vec(),
        hash: TokenHash([7; 32]),
        created: NOW,
        given: NOW,
        disabled: None,
        revision: 1,
    }
}

fn desk(by: StaffId, roles: &[StaffRole]) -> Desk {
    Desk {
        staff: StaffProved::assert_staff(&person(by, roles)),
        tries: CounterKey([9; 16]),
        now: NOW,
    }
}

fn fresh() -> Fresh {
    Fresh {
        decision: DecisionId([8; 16]),
        operation: OperationId([5; 16]),
        grant: GrantId([11; 16]),
        notice: NoticeId([12; 16]),
        report: (TokenHash([13; 32]), "ABCDE-FGHJK".to_owned().into()),
    }
}

fn call() -> CallKnown {
    CallKnown {
        id: CallId([4; 16]),
        customer: customer(1),
        staff: SATO,
        opened: NOW,
        ends: NOW.plus(CALL_LIFE),
    }
}

fn challenge() -> ChallengeKnown {
    ChallengeKnown {
        id: ChallengeId([7; 16]),
        kind: ChannelKind::Mail,
        bound: Bound::Telephone(customer(1).id).digest(),
        code: Digest([7; 32]),
        sent: NOW,
        expires: NOW.plus(Span::minutes(10)),
    }
}

fn read(bound: Bound<'_>) -> FactorProved {
    FactorProved::MailCode(CodeProved::assert_code(
        ChallengeId([7; 16]),
        bound.digest(),
        NOW,
    ))
}

fn identify(change: impl FnOnce(&mut IdentifyFacts)) -> Decision {
    let mut facts = IdentifyFacts {
        desk: desk(SATO, &[StaffRole::Desk]),
        customer: customer(1),
        tried: (
            Tried::Code(Some(challenge())),
            Some(read(Bound::Telephone(customer(1).id))),
        ),
        admission: (Admission::Admitted, CounterKey([6; 16])),
        fresh: (DecisionId([8; 16]), CallId([4; 16])),
    };
    change(&mut facts);
    decide_identify(&facts, &policy())
}

fn opens(decision: &Decision) -> bool {
    let opened = |change: &Change| matches!(change, Change::Desk(DeskChange::CallOpened { .. }));
    decision.changes.iter().any(opened)
}

#[test]
fn only_the_code_of_this_customer_opens_a_call() {
    let right = identify(|_| ());
    assert!(opens(&right) && right.verdict() == &Verdict::Allow);
    assert_eq!(right.entry.actor, Actor::Staff(SATO));
    let used = |change: &Change| matches!(change, Change::ChallengeUsed { .. });
    assert!(right.changes.iter().any(used));
    type Bend = fn(&mut IdentifyFacts);
    let bends: [(Bend, Reason); 5] = [
        (|facts| facts.tried.1 = None, Reason::CodeWrong),
        (
            |facts| facts.tried.1 = Some(read(Bound::Telephone(customer(2).id))),
            Reason::CodeWrong,
        ),
        (
            |facts| facts.admission.0 = Admission::Locked,
            Reason::TriesExhausted,
        ),
        (
            |facts| facts.customer.state = CustomerState::Frozen,
            Reason::Frozen,
        ),
        (
            |facts| facts.desk = desk(SATO, &[StaffRole::Operations, StaffRole::Approver]),
            Reason::StaffRole,
        ),
    ];
    for (bend, reason) in bends {
        let decision = identify(bend);
        assert_eq!(decision.reasons(), [reason]);
        assert!(!opens(&decision), "{reason:?}");
    }
}

fn spec(effect: OperationEffect) -> OperationPolicy {
    let policy = policy();
    let kind = OperationKind::parse("withdraw").unwrap();
    let mut spec = policy.operation.get(&kind).cloned().unwrap();
    spec.effect = effect;
    spec
}

fn fields() -> Fields {
    let types = BTreeMap::from([("note".to_owned(), crate::operation::FieldType::Text)]);
    Fields::parse(&serde_json::json!({ "note": "to Yamada" }), &types).unwrap()
}

fn asked(effect: OperationEffect, change: impl FnOnce(&mut Facts)) -> Decision {
    let attempt = Attempt {
        application: ApplicationId([6; 16]),
        kind: OperationKind::parse("withdraw").unwrap(),
        fields: fields(),
    };
    let mut facts = Facts {
        desk: desk(SATO, &[StaffRole::Desk, StaffRole::Approver]),
        call: call(),
        channels: channels(),
        stops: StopsKnown::default(),
        crowd: Vec::new(),
        sealed: Sealed(vec![1]),
        fresh: fresh(),
    };
    change(&mut facts);
    decide(&attempt, &facts, &spec(effect), &policy())
}

fn made(decision: &Decision) -> Option<&OperationCreated> {
    decision.changes.iter().find_map(|change| match change {
        Change::OperationCreated(created) => Some(created.as_ref()),
        _ => None,
    })
}

#[test]
fn money_and_where_it_goes_wait_for_a_second_person_and_the_customer_is_told() {
    use OperationEffect::{MoneyOut, Other, PayoutChange};
    for (effect, state) in [
        (MoneyOut, OperationState::Held),
        (PayoutChange, OperationState::Held),
        (Other, OperationState::Confirmed),
    ] {
        let decision = asked(effect, |_| ());
        let created = made(&decision).unwrap();
        assert_eq!(created.state, state);
        assert_eq!(created.grant.is_some(), state == OperationState::Confirmed);
        assert_eq!(created.way.channel, Some(Word::desk()));
        assert_eq!(decision.notices.len(), 2, "every verified channel");
        assert!(matches!(decision.changes[0], Change::Stands(_)));
    }
}

#[test]
fn nothing_is_asked_for_past_a_call_a_role_a_freeze_or_a_stop() {
    type Bend = fn(&mut Facts);
    let bends: [(Bend, Reason); 5] = [
        (
            |facts| facts.desk = desk(TANAKA, &[StaffRole::Desk]),
            Reason::SamePerson,
        ),
        (
            |facts| facts.desk = desk(SATO, &[StaffRole::Approver]),
            Reason::StaffRole,
        ),
        (|facts| facts.call.ends = NOW, Reason::Expired),
        (
            |facts| facts.call.customer.state = CustomerState::Frozen,
            Reason::Frozen,
        ),
        (
            |facts| facts.stops = crate::stop::standing(NOW),
            Reason::Stopped,
        ),
    ];
    for (bend, reason) in bends {
        let decision = asked(OperationEffect::Other, bend);
        assert_eq!(decision.reasons(), [reason]);
        assert!(made(&decision).is_none() && decision.notices.is_empty());
    }
}

fn approved(change: impl FnOnce(&mut ApproveFacts)) -> Decision {
    let mut facts = ApproveFacts {
        desk: desk(TANAKA, &[StaffRole::Approver]),
        operation: OperationKnown {
            id: OperationId([5; 16]),
            application: ApplicationId([6; 16]),
            customer: customer(1),
            kind: OperationKind::parse("withdraw").unwrap(),
            fields: Sealed(vec![1]),
            digest: Digest([7; 32]),
            state: OperationState::Held,
            required: Vec::new(),
            nonce: None,
            way: way(),
            return_uri: None,
            decision: DecisionId([8; 16]),
            created: NOW,
            expires: NOW.plus(AGREE_LIFE),
            grant: None,
            hold: Some(hold(NOW)),
            ended: None,
            payout_changed: None,
            revision: 1,
        },
        fields: fields(),
        asked: Some((CallId([4; 16]), SATO)),
        channels: channels(),
        stops: StopsKnown::default(),
        fresh: fresh(),
    };
    change(&mut facts);
    decide_approve(&facts, &spec(OperationEffect::PayoutChange), &policy())
}

#[test]
fn a_second_different_person_agrees_and_nobody_else() {
    let right = approved(|_| ());
    assert_eq!(right.verdict(), &Verdict::Allow);
    assert_eq!(right.notices.len(), 2);
    type Bend = fn(&mut ApproveFacts);
    let bends: [(Bend, Reason); 7] = [
        (
            |facts| facts.desk = desk(SATO, &[StaffRole::Approver]),
            Reason::SamePerson,
        ),
        (
            |facts| facts.desk = desk(TANAKA, &[StaffRole::Desk]),
            Reason::StaffRole,
        ),
        (|facts| facts.asked = None, Reason::OperationClosed),
        (
            |facts| facts.operation.state = OperationState::Refused,
            Reason::OperationClosed,
        ),
        (
            |facts| facts.operation.created = NOW.minus(AGREE_LIFE),
            Reason::Expired,
        ),
        (
            |facts| facts.operation.customer.state = CustomerState::Frozen,
            Reason::Frozen,
        ),
        (
            |facts| facts.stops = crate::stop::standing(NOW),
            Reason::Stopped,
        ),
    ];
    for (bend, reason) in bends {
        let decision = approved(bend);
        assert_eq!(decision.reasons(), [reason]);
        let moved = |change: &Change| matches!(change, Change::OperationMoved { .. });
        assert!(!decision.changes.iter().any(moved) && decision.notices.is_empty());
    }
}
