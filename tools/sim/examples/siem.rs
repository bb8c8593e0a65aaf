//! Events as a SIEM gets them, one JSON object a line, for a schema of others to judge: those of a
//! small story on a database, and one of every act, verdict and kind of actor. `./check oracles`
//! runs it.

#![allow(
    clippy::unwrap_used,
    reason = "a test from outside, which is no test function"
)]

use sekisho_core::access::Act;
use sekisho_core::attack::AttackKind;
use sekisho_core::attempt::Account;
use sekisho_core::client_family::ClientFamily;
use sekisho_core::context::{Country, Place};
use sekisho_core::entry::{Actor, Entry};
use sekisho_core::id::{ApplicationId, CustomerId, DeviceId, OperationId, StaffId};
use sekisho_core::log::{Leaf, Salt};
use sekisho_core::moment::Span;
use sekisho_core::reason::Reason;
use sekisho_core::siem::{Addresses, Recorded, Way, Wording, event, is_event, test_event};
use sekisho_core::verdict::{Requirement, Verdict};
use sekisho_gate::{Batched, Lines, SiemOut, SignIn};
use sekisho_sim::installation::{Installation, LOGIN, typed, visitor};
use sekisho_sim::sample;
use serde_json::json;

const ACTS: &[&str] = &[
    "administer",
    "adopt",
    "alert",
    "approve",
    "archive",
    "assist",
    "authorize",
    "campaign",
    "cancel",
    "case",
    "change_contact",
    "change_password",
    "confirm:withdraw",
    "continue",
    "deliver",
    "discard",
    "end_session",
    "enrol",
    "forget_device",
    "freeze",
    "import",
    "lift",
    "list_network",
    "look",
    "name_device",
    "outcome",
    "prove",
    "recover",
    "redeem",
    "release",
    "remind",
    "report",
    "reserve",
    "respond",
    "restrict",
    "set_pin",
    "sign_in",
    "sign_out",
    "sign_up",
    "staff_enrol",
    "staff_sign_in",
    "staff_sign_out",
    "step_up",
    "stop",
    "sweep",
    "tell",
    "thaw",
    "withdraw",
];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    story().await;
    for event in made() {
        println!("{event}");
    }
}

/// Sign-ins that end well and badly, and a list that is tried and found.
async fn story() {
    let here = Installation::each("jsda-2025").await.unwrap().remove(0);
    here.gate
        .tell_outside(vec![Way::Siem], wording(Addresses::Sent));
    here.gate.replay_attempts().await.unwrap();
    here.customer("C-1", LOGIN).await.unwrap();
    let from = visitor([198, 51, 100, 9]);
    here.signed_in(&from).await.unwrap();
    for number in 0..40 {
        let attempt = SignIn {
            login: format!("nobody{number}@example.jp"),
            ..typed("123456", &from)
        };
        here.gate.sign_in(attempt).await.unwrap();
        here.pass(Span::seconds(1));
    }
    assert_eq!(here.gate.find_attacks().await.unwrap(), 1);
    here.application("broker").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.ndjson");
    let out = SiemOut::File(Lines::new(path.clone()));
    while here.gate.stream_batch(&out).await.unwrap() != Batched::Nothing {}
    print!("{}", std::fs::read_to_string(&path).unwrap());
}

fn wording(addresses: Addresses) -> Wording {
    let console = Some("https://console.example".to_owned());
    Wording { addresses, console }
}

/// Every act by everybody with every verdict, and what is told of alerts and cases.
fn made() -> Vec<String> {
    let actors = [
        Actor::Application(ApplicationId([5; 16])),
        Actor::Customer,
        Actor::Operator,
        Actor::Staff(StaffId([4; 16])),
        Actor::Worker,
    ];
    let verdicts = [
        Verdict::Allow,
        Verdict::Hold,
        Verdict::Refuse,
        Verdict::StepUp(vec![Requirement::PhishingResistant]),
    ];
    let mut all = vec![
        test_event(sample::decision_id(1), sample::NOON)
            .0
            .to_string(),
    ];
    for act in ACTS.iter().filter_map(|word| Act::parse(word)) {
        for (actor, verdict) in actors
            .iter()
            .flat_map(|one| verdicts.iter().map(move |v| (one, v)))
        {
            let entry = Entry {
                actor: *actor,
                verdict: verdict.clone(),
                reasons: vec![Reason::Proved, Reason::DeviceNew],
                ..entry(act.clone(), "{}".to_owned())
            };
            all.extend(told(entry));
        }
    }
    let at = sample::NOON;
    for kind in AttackKind::ALL {
        let counts = json!({ "failures": 9, "proved": 1, "entered": 0 });
        let found = json!({
            "alert": "alr_1", "kind": kind, "label": "198.51.100.9", "first": at, "last": at,
            "counts": counts,
        });
        all.extend(told(nobody(Act::Alert, found.to_string())));
    }
    let closed = json!({ "alert": "alr_1", "closed": true });
    all.extend(told(nobody(Act::Alert, closed.to_string())));
    let opened = json!({ "case": "cas_1", "again": false, "found": "alarm" });
    all.extend(told(entry(Act::Case, opened.to_string())));
    for wanted in ["taken", "note", "genuine", "fraud"] {
        let facts = json!({ "case": "cas_1", "wanted": wanted });
        let staff = Actor::Staff(StaffId([4; 16]));
        all.extend(told(Entry {
            actor: staff,
            ..entry(Act::Case, facts.to_string())
        }));
    }
    all
}

fn entry(act: Act, facts: String) -> Entry {
    Entry {
        act,
        facts,
        customer: Some(CustomerId([2; 16])),
        operation: Some(OperationId([6; 16])),
        ..sample::entry(7)
    }
}

fn nobody(act: Act, facts: String) -> Entry {
    Entry {
        customer: None,
        operation: None,
        ..entry(act, facts)
    }
}

/// The event with and without addresses, and with as little known as can be.
fn told(entry: Entry) -> Vec<String> {
    assert!(is_event(&entry), "{entry:?}");
    let logged = Leaf::of(&entry, Salt([7; 16])).data;
    let full = Recorded {
        entry: entry.clone(),
        address: Some(sample::address()),
        place: Place {
            system: Some(64_500),
            country: Country::parse("JP"),
            ..Place::default()
        },
        device: Some(DeviceId([3; 16])),
        client: Some(ClientFamily::of("Firefox Linux")),
        account: None,
        raised: Some(entry.at),
    };
    let bare = Recorded {
        entry: Entry {
            customer: None,
            operation: None,
            reasons: Vec::new(),
            ..entry
        },
        address: None,
        place: Place::default(),
        device: None,
        client: None,
        account: Some(Account::Nobody([9; 16])),
        raised: None,
    };
    let nameless = Recorded {
        account: None,
        ..bare.clone()
    };
    let ways = [
        (full.clone(), Addresses::Sent),
        (full, Addresses::Withheld),
        (bare, Addresses::Sent),
        (nameless, Addresses::Sent),
    ];
    let told = ways.map(|(one, addresses)| event(&one, &wording(addresses)).0.to_string());
    // And what the log has of it.
    told.into_iter().chain([logged]).collect()
}
