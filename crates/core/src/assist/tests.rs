use super::*;
use crate::bound::Bound;
use crate::bytes::{CounterKey, TokenHash};
use crate::entry::Actor;
use crate::guess::Sends;
use crate::id::{ChallengeId, CustomerId, DecisionId, GrantId, NoticeId};
use crate::known::{ChallengeKnown, CustomerKnown, PayoutChangeKnown, StaffKnown};
use crate::login::ChannelKind;
use crate::notice::{DeskNotice, NoticeKind};
use crate::policy::{After, Cooling, Then};
use crate::proof::{CodeProved, FactorProved, StaffProved};
use crate::sample::{NOW, channels, customer, policy};
use crate::sighting::TraitKind;
use crate::step_up::{Admission, FreshChallenge, Tried};
use std::collections::BTreeMap;

const SATO: StaffId = StaffId([1; 16]);
const TANAKA: StaffId = StaffId([2; 16]);

fn person(id: StaffId, roles: &[StaffRole]) -> StaffKnown {
    crate::sample::person(id.0[0], roles)
}

fn this_week(id: StaffId, role: StaffRole) -> StaffProved {
    let age = Span(Span::days(7).0 - 1);
    StaffProved::assert_staff(&crate::sample::given(age, person(id, &[role])))
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
        channels: channels(),
        by: By::Page,
        fresh: (DecisionId([8; 16]), CallId([4; 16])),
        told: (fresh().report, NoticeId([12; 16])),
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
    // Every verified channel learns of it, with a code that ends it.
    assert_eq!(right.notices.len(), 2);
    for notice in &right.notices {
        let kind = &notice.kind;
        assert!(matches!(
            kind,
            NoticeKind::Desk(DeskNotice::Identified { .. })
        ));
    }
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
    spec.tier.clear();
    let day = |then| Cooling {
        after: After::PasswordChange,
        hours: 24,
        then,
    };
    spec.cooling = vec![day(Then::Hold)];
    spec
}

fn fields() -> Fields {
    let types = BTreeMap::from([("note".to_owned(), crate::operation::FieldType::Text)]);
    Fields::parse(&serde_json::json!({ "note": "to Yamada" }), &types).unwrap()
}

/// One payee of whom nothing bad is known, and a customer who has been one for long.
fn payees() -> Vec<Payee> {
    let known = crate::sample::settled(&[TraitKind::All, TraitKind::PayoutAccount]);
    vec![(Some([1; 16]), known)]
}

fn wanted() -> Attempt {
    Attempt {
        application: ApplicationId([6; 16]),
        kind: OperationKind::parse("withdraw").unwrap(),
        fields: fields(),
    }
}

fn facts() -> Facts {
    Facts {
        desk: desk(SATO, &[StaffRole::Desk, StaffRole::Approver]),
        call: call(),
        channels: channels(),
        stops: StopsKnown::default(),
        standing: Standing::default(),
        crowd: Vec::new(),
        payees: payees(),
        sealed: Sealed(vec![1]),
        fresh: fresh(),
    }
}

fn asked(effect: OperationEffect, change: impl FnOnce(&mut Facts)) -> Decision {
    let mut facts = facts();
    change(&mut facts);
    decide(&wanted(), &facts, &spec(effect), &policy())
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
        // It asks for a confirmation, which nobody gives here but the second person.
        (Other, OperationState::Held),
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
    let bends: [(Bend, Reason); 6] = [
        (
            |facts| facts.desk = desk(TANAKA, &[StaffRole::Desk]),
            Reason::SamePerson,
        ),
        // Nor does whoever gave out a secret ask by it, and agree to it as themselves.
        (
            |facts| facts.desk.staff = this_week(SATO, StaffRole::Desk),
            Reason::StaffFresh,
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

fn agreeing() -> ApproveFacts {
    ApproveFacts {
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
            hold: Some(hold(NOW, Span(0), &[])),
            ended: None,
            payout_changed: None,
            revision: 1,
        },
        fields: fields(),
        asked: Some((CallId([4; 16]), SATO)),
        channels: channels(),
        stops: StopsKnown::default(),
        standing: Standing::default(),
        payees: payees(),
        ground: None,
        fresh: fresh(),
    }
}

fn approved(change: impl FnOnce(&mut ApproveFacts)) -> Decision {
    let mut facts = agreeing();
    change(&mut facts);
    decide_approve(&facts, &spec(OperationEffect::PayoutChange), &policy())
}

#[test]
fn a_second_different_person_agrees_and_nobody_else() {
    let right = approved(|_| ());
    assert_eq!(right.verdict(), &Verdict::Allow);
    assert_eq!(right.notices.len(), 2);
    type Bend = fn(&mut ApproveFacts);
    let bends: [(Bend, Reason); 8] = [
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
        // The secret was given this week, however long before it was asked for.
        (
            |facts| facts.desk.staff = this_week(TANAKA, StaffRole::Approver),
            Reason::StaffFresh,
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

#[test]
fn what_rules_hold_waits_for_it_and_nobody_agrees_without_saying_what_they_looked_at() {
    let reported = |payees: &mut Vec<Payee>| payees[0].1.payee_reported = true;
    let plain = asked(OperationEffect::PayoutChange, |_| ());
    assert_eq!(plain.reasons()[0], Reason::SecondPerson);
    let why = |decision: &Decision| made(decision).unwrap().hold.clone().unwrap().reasons;
    assert_eq!(why(&plain), [Reason::SecondPerson]);
    let ask = asked(OperationEffect::PayoutChange, |facts| {
        reported(&mut facts.payees);
    });
    assert_eq!(why(&ask), [Reason::SecondPerson, Reason::PartyReported]);
    assert!(ask.reasons().contains(&Reason::PartyReported));
    assert!(ask.entry.facts.contains("\"party_reported\":true"));
    assert!(
        ask.entry.facts.starts_with("{\"address\":"),
        "it is tried again"
    );
    // Also where it became known only after it was asked for.
    let agree = |ground: Option<&str>| {
        approved(|facts| {
            reported(&mut facts.payees);
            facts.ground = ground.map(|text| Ground::parse(text).unwrap());
        })
    };
    let silent = agree(None);
    assert_eq!(silent.verdict(), &Verdict::Hold);
    assert_eq!(silent.reasons()[0], Reason::PartyReported);
    let moved = |change: &Change| matches!(change, Change::OperationMoved { .. });
    assert!(!silent.changes.iter().any(moved) && silent.notices.is_empty());
    let said = agree(Some("振込先の口座を銀行に照会、案件 2026-130"));
    assert_eq!(said.verdict(), &Verdict::Allow);
    assert!(said.entry.facts.contains("案件 2026-130"));
    // One payee of a batch is enough.
    let batch = asked(OperationEffect::MoneyOut, |facts| {
        let mut other = payees().remove(0);
        other.0 = Some([2; 16]);
        other.1.payee_reported = true;
        facts.payees.push(other);
    });
    assert!(why(&batch).contains(&Reason::PartyReported));
}

#[test]
fn what_rules_refuse_or_ask_a_passkey_for_the_desk_does_not_do() {
    for (verdict, reason) in [
        ("\"refuse\"", Reason::parse("rule_mine").unwrap()),
        (
            "\"step_up\"\nrequire = [\"phishing_resistant\"]",
            Reason::PolicyRequires,
        ),
    ] {
        let text = format!(
            "version = \"mine.1\"\n[[rule]]\nreason = \"rule_mine\"\nwhen = \"true\"\n\
             verdict = {verdict}\ncase = \"x\"\ntext.ja = \"x\"\ntext.en = \"x\"\n"
        );
        let rules = crate::rules::RuleSet::parse(&text).unwrap();
        let policy = policy().judging_by(std::sync::Arc::new(rules), None);
        let spec = spec(OperationEffect::PayoutChange);
        let attempt = wanted();
        let decision = decide(&attempt, &facts(), &spec, &policy);
        assert_eq!(decision.verdict(), &Verdict::Refuse);
        assert_eq!(decision.reasons()[0], reason);
        let mut agreeing = agreeing();
        agreeing.ground = Some(Ground::parse("案件 2026-130").unwrap());
        let decision = decide_approve(&agreeing, &spec, &policy);
        assert_eq!(decision.reasons()[0], reason, "whatever they looked at");
        assert!(decision.notices.is_empty());
    }
}

#[test]
fn the_customer_is_reminded_of_a_payout_account_that_was_changed() {
    let days = |decision: &Decision| match &decision.notices[0].kind {
        NoticeKind::Hold(told) => told.about.payout_changed_days,
        other => panic!("{other:?}"),
    };
    let plain = asked(OperationEffect::MoneyOut, |_| ());
    assert_eq!(days(&plain), None);
    let changed = asked(OperationEffect::MoneyOut, |facts| {
        facts.payees[0].1.payout_change = Some(PayoutChangeKnown {
            at: NOW.minus(Span::days(2)),
            strange: Strange::Known,
        });
    });
    assert_eq!(days(&changed), Some(2));
}

const CALL: CallId = CallId([4; 16]);

fn back(call: CallId, staff: StaffId, customer: u8) -> Bound<'static> {
    By::CallBack(call).bound(CustomerId([customer; 16]), staff)
}

fn called_back(change: impl FnOnce(&mut CallBackFacts)) -> Decision {
    let mut facts = CallBackFacts {
        desk: desk(SATO, &[StaffRole::Desk]),
        customer: customer(1),
        channels: channels(),
        sends: Sends {
            key: CounterKey([2; 16]),
            tries: None,
        },
        challenge: FreshChallenge {
            id: ChallengeId([7; 16]),
            code: "123456".into(),
            hash: Digest([7; 32]),
            notice: NoticeId([12; 16]),
        },
        fresh: (DecisionId([8; 16]), CALL),
    };
    change(&mut facts);
    decide_call_back(&facts, &policy())
}

#[test]
fn a_call_back_sends_its_code_to_a_phone_that_has_been_the_customers() {
    let right = called_back(|_| ());
    assert_eq!(right.notices.len(), 1);
    let notice = &right.notices[0];
    assert!(matches!(
        notice.kind,
        NoticeKind::Desk(DeskNotice::Code { .. })
    ));
    assert_eq!(notice.to.channel, Some(channels()[1].id), "the phone");
    let bound = right.changes.iter().find_map(|change| match change {
        Change::ChallengeSent { bound, .. } => Some(*bound),
        _ => None,
    });
    assert_eq!(bound, Some(back(CALL, SATO, 1).digest()));
    type Bend = fn(&mut CallBackFacts);
    let bends: [(Bend, Reason); 6] = [
        (
            |facts| facts.desk = desk(SATO, &[StaffRole::Approver]),
            Reason::StaffRole,
        ),
        (
            |facts| facts.customer.state = CustomerState::Frozen,
            Reason::Frozen,
        ),
        (
            |facts| facts.customer.contact_changed = Some(NOW.minus(Span::hours(1))),
            Reason::ContactFresh,
        ),
        (
            |facts| facts.customer.contact_doubted = Some(NOW.minus(Span::days(30))),
            Reason::ContactDoubted,
        ),
        (
            |facts| facts.channels.retain(|one| one.kind == ChannelKind::Mail),
            Reason::FactorMissing,
        ),
        (
            |facts| facts.channels[1].verified = None,
            Reason::FactorMissing,
        ),
    ];
    for (bend, reason) in bends {
        let decision = called_back(bend);
        assert_eq!(decision.reasons(), [reason]);
        assert!(decision.notices.is_empty());
        let sent = |change: &Change| matches!(change, Change::ChallengeSent { .. });
        assert!(!decision.changes.iter().any(sent), "{reason:?}");
    }
}

#[test]
fn the_code_of_a_call_back_counts_in_that_call_of_that_person_alone() {
    let tried = |made: Bound<'static>, by: By| {
        identify(move |facts| {
            facts.by = by;
            let mut known = challenge();
            known.bound = made.digest();
            facts.tried = (Tried::Code(Some(known)), Some(read(made)));
        })
    };
    let right = tried(back(CALL, SATO, 1), By::CallBack(CALL));
    assert!(opens(&right));
    let wrong = [
        tried(back(CallId([5; 16]), SATO, 1), By::CallBack(CALL)),
        tried(back(CALL, TANAKA, 1), By::CallBack(CALL)),
        tried(back(CALL, SATO, 2), By::CallBack(CALL)),
        // Nor does one stand in for the other.
        tried(back(CALL, SATO, 1), By::Page),
        tried(Bound::Telephone(customer(1).id), By::CallBack(CALL)),
    ];
    for decision in wrong {
        assert_eq!(decision.reasons(), [Reason::CodeWrong]);
        assert!(!opens(&decision) && decision.notices.is_empty());
    }
    // A phone that was put there since proves nothing.
    let late = identify(|facts| {
        facts.by = By::CallBack(CALL);
        let made = back(CALL, SATO, 1);
        let mut known = challenge();
        known.bound = made.digest();
        facts.tried = (Tried::Code(Some(known)), Some(read(made)));
        facts.customer.contact_changed = Some(NOW);
    });
    assert_eq!(late.reasons(), [Reason::ContactFresh]);
}

#[test]
fn what_the_web_would_hold_or_refuse_the_desk_does_not_do() {
    type Bend = fn(&mut CustomerKnown, &mut Standing);
    let bends: [(Bend, Option<Reason>); 4] = [
        (|_, _| (), None),
        (
            |customer, _| customer.contact_changed = Some(NOW.minus(Span::hours(1))),
            Some(Reason::ContactFresh),
        ),
        (
            |customer, _| customer.pin_recovered = Some(NOW.minus(Span::hours(1))),
            Some(Reason::PinFresh),
        ),
        (
            |_, standing| standing.lately.password = Some(NOW.minus(Span::hours(1))),
            Some(Reason::CoolingPassword),
        ),
    ];
    for (bend, reason) in bends {
        let ask = asked(OperationEffect::PayoutChange, |facts| {
            bend(&mut facts.call.customer, &mut facts.standing);
        });
        let agree = approved(|facts| {
            bend(&mut facts.operation.customer, &mut facts.standing);
        });
        let refused = |decision: &Decision| decision.verdict() == &Verdict::Refuse;
        assert_eq!(refused(&ask), reason.is_some());
        assert_eq!(refused(&agree), reason.is_some());
        if let Some(reason) = reason {
            assert_eq!(ask.reasons(), [reason]);
            assert_eq!(agree.reasons(), [reason]);
            assert!(made(&ask).is_none() && ask.notices.is_empty());
        }
    }
}
