//! `sekisho signal list` and `sekisho alert`.

use sekisho_core::access::Act;
use sekisho_core::change::{Change, SignalChange, SignalRaised};
use sekisho_core::decision::Decision;
use sekisho_core::entry::{Actor, Entry};
use sekisho_core::id::{CustomerId, DecisionId};
use sekisho_core::known::CrowdKnown;
use sekisho_core::moment::Moment;
use sekisho_core::notice::Locale;
use sekisho_core::sighting::{Trait, TraitKind};
use sekisho_core::text::Reference;
use sekisho_core::verdict::Verdict;
use sekisho_store::{Committal, Store, StoreConfig};
use serde_json::Value;

use crate::place::Place;
use crate::stop::{by, secret};

const NOON: &str = "2026-12-01T12:00:00Z";

/// Customer `number` registered what so many others have.
fn registered(number: u8, kind: TraitKind, others: u32) -> Decision {
    let (customer, at) = (
        CustomerId([number; 16]),
        Moment::parse_rfc3339(NOON).unwrap(),
    );
    let entry = Entry {
        id: DecisionId([number; 16]),
        at,
        act: Act::SignUp,
        actor: Actor::Customer,
        customer: Some(customer),
        operation: None,
        verdict: Verdict::Allow,
        reasons: Vec::new(),
        policy: "test".to_owned(),
        facts: "{}".to_owned(),
    };
    let created = Change::CustomerCreated {
        id: customer,
        reference: Reference::parse(&format!("C-{number}")).unwrap(),
        locale: Locale::Ja,
        at,
    };
    let raised = SignalRaised {
        customer,
        crowd: CrowdKnown {
            seen: Trait {
                kind,
                value: [0xab; 16],
            },
            others,
            first: Some(at),
            reported: others > 1,
            registered: 0,
        },
        act: Act::SignUp,
        entry: entry.id,
        at,
    };
    let raised = Change::Signal(SignalChange::Raised(Box::new(raised)));
    Decision::of(entry).with([created, raised])
}

#[test]
fn signals_are_listed_masked_and_by_customer_kind_and_moment() {
    let place = Place::ready();
    let add = ["staff", "add", "sato", "--role", "operations"];
    let sato = secret(&place.run(&add).done());
    let who = ["--reason", "週次確認", "--as", "sato"];
    let asked = |more: &[&str]| by(&place, &sato, &[more, &who[..]].concat());
    assert_eq!(asked(&["signal", "list"]).done(), "");
    let file = format!("sqlite:{}", place.path("sekisho.db").display());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&StoreConfig::new(file)).await.unwrap();
        for decision in [
            registered(1, TraitKind::Phone, 1),
            registered(2, TraitKind::PayoutAccount, 20),
        ] {
            let landed = store.commit(&decision, &[]).await.unwrap();
            assert_eq!(landed, Committal::Committed);
        }
        store.close().await;
    });
    let text = asked(&["signal", "list"]).done();
    assert!(
        text.contains("C-1  phone abababab…  1 other customer, first"),
        "{text}"
    );
    assert!(text.contains("20 or more other customers"), "{text}");
    assert!(text.contains("fraud reported"), "{text}");
    assert!(
        !text.contains(&"ab".repeat(5)),
        "the value stays masked: {text}"
    );
    let rows = |more: &[&str]| -> Vec<Value> {
        let out = asked(&[&["signal", "list", "--json"], more].concat());
        let out = out.done();
        out.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    assert_eq!(rows(&[]).len(), 2);
    let only = rows(&["--customer", "C-2"]);
    assert_eq!(only.len(), 1);
    assert_eq!(only[0]["others"], 20);
    assert_eq!(only[0]["kind"], "payout_account");
    assert_eq!(only[0]["act"], "sign_up");
    assert!(only[0]["decision"].as_str().unwrap().starts_with("dec_"));
    assert_eq!(rows(&["--kind", "phone"])[0]["customer"], "C-1");
    assert_eq!(rows(&["--since", NOON]).len(), 2);
    assert!(rows(&["--since", "2026-12-01T12:00:01Z"]).is_empty());
    assert_eq!(rows(&["--most", "1"]).len(), 1);
    for wrong in [
        ["--since", "yesterday"],
        ["--kind", "country"],
        ["--customer", "a b"],
    ] {
        let run = asked(&[&["signal", "list"][..], &wrong[..]].concat());
        assert_eq!(run.code, 2, "{run:?}");
    }
}

#[test]
fn alerts_are_asked_for_in_the_name_of_a_person() {
    let place = Place::ready();
    let add = ["staff", "add", "sato", "--role", "operations"];
    let sato = secret(&place.run(&add).done());
    let who = ["--reason", "朝の確認", "--as", "sato"];
    let asked = |more: &[&str]| by(&place, &sato, &[more, &who[..]].concat());
    assert_eq!(asked(&["alert", "list", "--closed", "--json"]).done(), "");
    let none = "alr_00000000000000000000000000";
    for (act, said) in [("show", "no alert"), ("close", "no open alert")] {
        let run = asked(&["alert", act, none]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains(said), "{}", run.err);
    }
    let wrong = by(&place, "wrong", &[&["alert", "list"], &who[..]].concat());
    assert_eq!(wrong.code, 2, "{wrong:?}");
}
