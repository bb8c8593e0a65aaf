//! Every act has an event, and no event says more than it should.

use serde_json::{Value, json};

use super::*;
use crate::access::OperationKind;
use crate::attack::{Attack, Counts};
use crate::entry::Actor;
use crate::id::{ApplicationId, CustomerId, OperationId, StaffId};
use crate::reason::Reason;
use crate::sample::{NOW, context, policy};
use crate::verdict::Requirement;

fn entry(act: Act, actor: Actor) -> Entry {
    Entry {
        id: DecisionId([1; 16]),
        at: NOW,
        act,
        actor,
        customer: Some(CustomerId([2; 16])),
        operation: None,
        verdict: Verdict::Allow,
        reasons: Vec::new(),
        policy: "p".to_owned(),
        facts: r#"{"login":"hanako@example.jp","address":"203.0.113.7"}"#.to_owned(),
    }
}

fn recorded(entry: Entry) -> Recorded {
    Recorded {
        entry,
        address: context().address,
        place: Place {
            system: Some(64_500),
            country: crate::context::Country::parse("JP"),
            ..Place::default()
        },
        device: Some(DeviceId([3; 16])),
        client: Some(ClientFamily::of("Firefox Linux")),
        account: None,
        raised: None,
    }
}

fn told(entry: Entry) -> Value {
    event(&recorded(entry), &Wording::default()).0
}

fn withdraw() -> OperationKind {
    OperationKind::parse("withdraw").unwrap()
}

#[test]
fn acts_are_events_of_their_classes() {
    let staff = Actor::Staff(StaffId([4; 16]));
    for (act, actor, class, activity) in [
        (Act::SignIn, Actor::Customer, 3002, 1),
        (Act::StepUp, Actor::Customer, 3002, 1),
        (Act::SignOut, Actor::Customer, 3002, 2),
        (Act::Prove, Actor::Customer, 3002, 99),
        (Act::StaffSignIn, staff, 3002, 1),
        (Act::SignUp, Actor::Customer, 3001, 1),
        (Act::ChangePassword, Actor::Customer, 3001, 3),
        (Act::ChangeContact, Actor::Customer, 3001, 99),
        (Act::SetPin, Actor::Customer, 3001, 99),
        (Act::Enrol, Actor::Customer, 3001, 10),
        (Act::Discard, Actor::Customer, 3001, 11),
        (Act::Freeze, Actor::Customer, 3001, 9),
        (Act::Report, Actor::Customer, 3001, 9),
        (Act::Thaw, staff, 3001, 12),
        (Act::Respond, staff, 3001, 99),
        (Act::Alert, Actor::Worker, 3001, 9),
        (Act::Operate(withdraw()), Actor::Customer, 6003, 1),
        (Act::Confirm(withdraw()), Actor::Customer, 6003, 3),
        (Act::Look, staff, 6003, 2),
        (Act::Administer, Actor::Operator, 6003, 3),
        (Act::Case, staff, 2005, 1),
    ] {
        let told = told(entry(act.clone(), actor));
        assert_eq!(told["class_uid"], class, "{act:?}");
        assert_eq!(told["activity_id"], activity, "{act:?}");
        assert_eq!(told["type_uid"], class * 100 + activity, "{act:?}");
        assert_eq!(told["category_uid"], class / 1000, "{act:?}");
    }
}

#[test]
fn the_verdict_is_the_status_and_the_grade() {
    let asked = Verdict::StepUp(vec![Requirement::SecondFactor]);
    for (verdict, reasons, status, severity) in [
        (Verdict::Allow, vec![], 1, 1),
        (asked, vec![Reason::DeviceNew], 99, 1),
        (Verdict::Refuse, vec![Reason::CredentialMismatch], 2, 2),
        (Verdict::Hold, vec![Reason::HoldWindow], 99, 3),
        (Verdict::Refuse, vec![Reason::DeviceReused], 2, 3),
        (Verdict::Allow, vec![Reason::AttackEntered], 1, 4),
    ] {
        let detail: Vec<_> = reasons
            .iter()
            .map(|reason| reason.code().to_owned())
            .collect();
        let one = Entry {
            verdict,
            reasons,
            ..entry(Act::SignIn, Actor::Customer)
        };
        let told = told(one);
        assert_eq!(told["status_id"], status);
        assert_eq!(told["severity_id"], severity);
        assert_eq!(told["unmapped"]["reasons"], json!(detail));
        assert_eq!(
            told["status_detail"].as_str().unwrap_or_default(),
            detail.join(" ")
        );
    }
}

#[test]
fn an_event_says_who_by_id_from_where_and_when_in_milliseconds() {
    let application = Actor::Application(ApplicationId([5; 16]));
    let one = Entry {
        operation: Some(OperationId([6; 16])),
        ..entry(Act::SignIn, application)
    };
    let told = told(one.clone());
    let customer = CustomerId([2; 16]).to_string();
    assert_eq!(told["time"], NOW.0 / 1_000);
    assert_eq!(told["metadata"]["uid"], one.id.to_string());
    assert_eq!(told["metadata"]["version"], "1.8.0");
    assert_eq!(told["metadata"]["correlation_uid"], json!(one.operation));
    assert_eq!(told["user"]["uid"], customer);
    assert_eq!(told["src_endpoint"]["ip"], "203.0.113.7");
    assert_eq!(told["src_endpoint"]["autonomous_system"]["number"], 64_500);
    assert_eq!(told["src_endpoint"]["location"]["country"], "JP");
    let observed: Vec<_> = told["observables"].as_array().unwrap().iter().collect();
    let values: Vec<_> = observed
        .iter()
        .map(|one| one["value"].as_str().unwrap())
        .collect();
    assert!(values.contains(&"203.0.113.7") && values.contains(&customer.as_str()));
    // What an entry's facts hold is not passed on.
    assert!(!told.to_string().contains("hanako"));
}

#[test]
fn a_name_that_nobody_has_is_told_from_others_and_by_a_hash() {
    let mut one = recorded(Entry {
        customer: None,
        ..entry(Act::SignIn, Actor::Customer)
    });
    one.account = Some(Account::Nobody([0xab; 16]));
    let (told, _) = event(&one, &Wording::default());
    assert_eq!(told["user"]["uid"], format!("nobody_{}", "ab".repeat(16)));
    one.account = None;
    let (told, _) = event(&one, &Wording::default());
    assert_eq!(told["user"]["name"], "unknown");
}

fn attack() -> Attack {
    Attack {
        label: "198.51.100.9".to_owned(),
        counts: Counts {
            failures: 40,
            entered: 1,
            ..Counts::default()
        },
        ..Attack::pumping(Reason::TextBudget, 3, (NOW, NOW))
    }
}

#[test]
fn an_alert_is_created_grows_and_is_closed() {
    let found = decide_alert();
    let mut one = recorded(found);
    one.raised = Some(NOW);
    let wording = Wording {
        console: Some("https://console.example".to_owned()),
        ..Wording::default()
    };
    let (told, severity) = event(&one, &wording);
    let id = attack().id();
    assert_eq!(one.alert(), Some(id));
    assert_eq!(
        (&told["class_uid"], &told["activity_id"]),
        (&json!(2004), &json!(1))
    );
    assert_eq!((&told["severity_id"], severity), (&json!(4), 3));
    assert_eq!(told["finding_info"]["uid"], id.to_string());
    let link = format!("https://console.example/alerts/{id}");
    assert_eq!(told["finding_info"]["src_url"], link);
    assert_eq!(told["finding_info"]["first_seen_time"], NOW.0 / 1_000);
    assert_eq!(told["evidences"][0]["src_endpoint"]["ip"], "198.51.100.9");
    assert_eq!(told["unmapped"]["counts"]["failures"], 40);
    one.raised = Some(NOW.minus(crate::moment::Span::minutes(1)));
    assert_eq!(event(&one, &wording).0["activity_id"], 2);
    one.entry.facts = json!({ "alert": id, "closed": true }).to_string();
    let (told, _) = event(&one, &wording);
    assert_eq!(
        (&told["activity_id"], &told["status_id"]),
        (&json!(3), &json!(4))
    );
}

fn decide_alert() -> Entry {
    let at = (DecisionId([1; 16]), NOW);
    crate::attack::decide(attack(), at, &policy()).entry
}

#[test]
fn where_addresses_are_withheld_none_gets_out() {
    let wording = Wording {
        addresses: Addresses::Withheld,
        console: None,
    };
    let acts = [
        Act::SignIn,
        Act::Freeze,
        Act::Look,
        Act::Operate(withdraw()),
    ];
    let entries = acts.map(|act| entry(act, Actor::Customer));
    for entry in entries.into_iter().chain([decide_alert()]) {
        let (told, _) = event(&recorded(entry), &wording);
        let text = told.to_string();
        for part in ["203.0.113.7", "198.51.100.9", "64500", "JP"] {
            assert!(!text.contains(part), "{part} in {text}");
        }
    }
}

#[test]
fn a_case_is_opened_taken_noted_and_closed() {
    let staff = Actor::Staff(StaffId([4; 16]));
    let of = |facts: Value| {
        let mut one = entry(Act::Case, staff);
        one.facts = facts.to_string();
        one
    };
    for (facts, activity, status) in [
        (
            json!({ "case": "cas_1", "found": "alarm", "again": false }),
            1,
            1,
        ),
        (json!({ "case": "cas_1", "wanted": "taken" }), 2, 2),
        (json!({ "case": "cas_1", "wanted": "note" }), 2, 2),
        (json!({ "case": "cas_1", "wanted": "genuine" }), 3, 5),
    ] {
        let told = told(of(facts.clone()));
        assert_eq!(told["activity_id"], activity, "{facts}");
        assert_eq!(told["status_id"], status, "{facts}");
        let somebody = told.get("assignee").or_else(|| told.get("assignee_group"));
        assert!(somebody.is_some(), "{facts}");
    }
    let again = told(of(json!({ "case": null, "again": true })));
    assert_eq!(again["class_uid"], 6003);
    let refused = Entry {
        verdict: Verdict::Refuse,
        reasons: vec![Reason::StaffRole],
        ..entry(Act::Case, staff)
    };
    assert_eq!(told(refused)["class_uid"], 6003);
}

#[test]
fn everything_waits_but_what_keeps_house_and_what_goes_on() {
    let of = |act: Act| entry(act, Actor::Worker);
    let waiting = |entry: Entry, ways: &[Way]| {
        let waits = waits(Decision::of(entry), ways).changes;
        waits.len()
    };
    let all = [Way::Siem, Way::Chat];
    assert_eq!(waiting(of(Act::SignIn), &[]), 0);
    assert_eq!(waiting(of(Act::SignIn), &all), 1);
    assert_eq!(waiting(of(Act::Case), &all), 2);
    for act in [Act::Reserve, Act::Deliver, Act::Tell] {
        assert_eq!(waiting(of(act.clone()), &all), 0, "{act:?}");
        let said = Entry {
            reasons: vec![Reason::TriesExhausted],
            ..of(act.clone())
        };
        assert_eq!(waiting(said, &all), 1, "{act:?}");
    }
    // The log has what a SIEM gets, but for what brings its leaf along.
    let logged = [Way::Siem, Way::Log];
    assert_eq!(waiting(of(Act::Look), &logged), 2);
    assert_eq!(waiting(entry(Act::Look, Actor::Operator), &logged), 1);
    // What was sent is no event, or sending would never end.
    let at = (DecisionId([1; 16]), NOW);
    let sent = decide_sent((Way::Siem, vec![at.0]), at, &policy());
    assert_eq!(waits(sent, &all).changes.len(), 1);
}

#[test]
fn a_test_is_an_event_of_nothing() {
    let (told, _) = test_event(DecisionId([1; 16]), NOW);
    assert_eq!(told["activity_name"], "test");
    assert_eq!(told["class_uid"], 6003);
}
