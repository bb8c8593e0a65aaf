//! Signals: two customers with one payout account, one phone or one browser, and what each of them
//! is answered.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::access::OperationKind;
use sekisho_core::judge::Check;
use sekisho_core::known::{ChannelPurpose, SignalKnown, StaffRole};
use sekisho_core::moment::Span;
use sekisho_core::operation::{FieldType, Fields, OperationState};
use sekisho_core::outcome::Outcome;
use sekisho_core::proof::Method;
use sekisho_core::reason::Reason;
use sekisho_core::sighting::TraitKind;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{
    ChangeContact, CodeAnswer, ConfirmAnswer, ContactAnswer, DecisionView, JudgeRequest, Judged,
    OperateRequest, Operated, OperationView, Redeemed, Reported, RequestContext, Session, SignUp,
    SignUpAnswer, StaffAnswer, Visitor,
};
use sekisho_sim::installation::{Installation, PASSWORD, visitor};
use sekisho_store::SignalQuestion;
use serde_json::json;

use super::confirm::{Story, handed, request};
use super::guess::entries;
use super::stop::{person, person_by};

const HOME: [u8; 4] = [203, 0, 113, 7];

/// The default policy, in which shared accounts are only noted and one other on a device is enough.
fn noting() -> &'static str {
    let text = include_str!("../../../../crates/core/src/policy/jsda-2025.toml");
    let text = text.replace("shared_account = \"hold\"", "shared_account = \"note\"");
    let text = text.replace("\ndevice = 2 ", "\ndevice = 1 ");
    Box::leak(text.into_boxed_str())
}

async fn signals(here: &Installation) -> Vec<SignalKnown> {
    let all = SignalQuestion {
        customer: None,
        kind: None,
        since: None,
        most: 100,
    };
    let store = here.place.store().await.unwrap();
    store.signals(&all).await.unwrap()
}

/// Whose signals there are, of what, and with how many others.
async fn raised(here: &Installation) -> Vec<(String, TraitKind, u32)> {
    let shown = |one: SignalKnown| {
        let crowd = one.crowd;
        (one.customer.to_string(), crowd.seen.kind, crowd.others)
    };
    signals(here).await.into_iter().map(shown).collect()
}

fn registration() -> OperationKind {
    OperationKind::parse("payout_account_registration").unwrap()
}

fn account(number: &str) -> Fields {
    let types = BTreeMap::from([("payout_account".to_owned(), FieldType::PayoutAccount)]);
    let value = json!({
        "payout_account": {"account_type": "ordinary", "bank": "0005", "branch": "123",
            "holder": "ヤマダ タロウ", "number": number},
    });
    Fields::parse(&value, &types).unwrap()
}

async fn asked(story: &Story, customer: &str, number: &str) -> OperationView {
    let request = OperateRequest {
        customer: Reference::parse(customer).unwrap(),
        kind: registration(),
        fields: account(number),
        ..request(&story.caller, "1")
    };
    match story.here.gate.operate(request).await.unwrap() {
        Operated::Created(view) => view,
        other => panic!("{other:?}"),
    }
}

/// The grant of a registration that its customer confirmed.
async fn granted(story: &Story, session: &Session, view: &OperationView) -> String {
    let gate = &story.here.gate;
    story.here.pass(Span::seconds(1));
    gate.confirm_send(session, view.id, &story.home)
        .await
        .unwrap();
    let code = story.here.code().await.unwrap();
    let answer = gate.confirm(session, view.id, &code, &story.home).await;
    assert_eq!(answer.unwrap(), ConfirmAnswer::Confirmed);
    let view = gate.operation(&story.caller, view.id).await.unwrap();
    view.unwrap().grant.unwrap()
}

/// A second customer, signed in.
async fn hanako(story: &Story) -> Session {
    let here = &story.here;
    here.customer("C-2", "hanako@example.jp").await.unwrap();
    here.pass(Span::seconds(1));
    let opened = here.signed_in_as("hanako@example.jp", &visitor(HOME)).await;
    super::passkey::session(here, &opened.unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_somebody_has_is_a_signal_and_waits_where_the_policy_says_so() {
    for (profile, waits) in [("jsda-2025", true), (noting(), false)] {
        for story in Story::each_under(profile).await {
            let gate = &story.here.gate;
            let view = asked(&story, "C-1", "1234567").await;
            let grant = granted(&story, &story.session, &view).await;
            let session = hanako(&story).await;
            // Whoever merely asks for it does not make it shared, for others or for themselves.
            asked(&story, "C-2", "1234567").await;
            assert!(raised(&story.here).await.is_empty());
            let redeemed = gate.redeem(&story.caller, handed(&grant, None)).await;
            assert!(matches!(redeemed.unwrap(), Redeemed::Redeemed(_)));
            assert!(raised(&story.here).await.is_empty());

            let shared = asked(&story, "C-2", "1234567").await;
            let signal = [("C-2".to_owned(), TraitKind::PayoutAccount, 1)];
            assert_eq!(raised(&story.here).await, signal);
            let known = &signals(&story.here).await[0];
            assert_eq!(known.entry, shared.decision.id, "of the same commit");
            assert!(known.crowd.first.is_some() && !known.crowd.reported);
            let alone = asked(&story, "C-2", "7654321").await;
            assert_eq!(alone.state, OperationState::Pending);
            if waits {
                assert_eq!(shared.state, OperationState::Held);
                continue;
            }
            assert_eq!(shared.state, alone.state);
            assert_eq!(shared.decision.verdict, alone.decision.verdict);
            assert_eq!(shared.decision.requirements, alone.decision.requirements);
            let before = story.here.messages().await.unwrap().len();
            let grant = granted(&story, &session, &shared).await;
            let redeemed = gate.redeem(&story.caller, handed(&grant, None)).await;
            assert!(matches!(redeemed.unwrap(), Redeemed::Redeemed(_)));
            let first = story.here.messages().await.unwrap().len() - before;
            // One row, whatever is tried how often; and the messages are as many without.
            assert_eq!(raised(&story.here).await, signal);
            let grant = granted(&story, &session, &alone).await;
            let redeemed = gate.redeem(&story.caller, handed(&grant, None)).await;
            assert!(matches!(redeemed.unwrap(), Redeemed::Redeemed(_)));
            let all = story.here.messages().await.unwrap().len() - before;
            assert_eq!(all, 2 * first);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_register_one_account_at_the_same_moment_one_is_seen() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let session = hanako(&story).await;
        let mine = asked(&story, "C-1", "1234567").await;
        let mine = granted(&story, &story.session, &mine).await;
        let theirs = asked(&story, "C-2", "1234567").await;
        let theirs = granted(&story, &session, &theirs).await;
        assert!(raised(&story.here).await.is_empty());
        let redeem = |grant: String| {
            let (gate, caller) = (gate.clone(), story.caller.clone());
            tokio::spawn(async move { gate.redeem(&caller, handed(&grant, None)).await })
        };
        let (mine, theirs) = (redeem(mine), redeem(theirs));
        for redeemed in [mine.await.unwrap(), theirs.await.unwrap()] {
            assert!(matches!(redeemed.unwrap(), Redeemed::Redeemed(_)));
        }
        let raised = raised(&story.here).await;
        assert_eq!(raised.len(), 1, "{raised:?}");
    }
}

fn judging(story: &Story, customer: &str, device: &str) -> JudgeRequest {
    JudgeRequest {
        way: sekisho_core::known::Way::default(),
        application: story.caller.application,
        customer: Reference::parse(customer).unwrap(),
        operation: Some((registration(), account("1234567"))),
        context: RequestContext {
            address: Some(HOME.into()),
            user_agent: None,
            device: Some(device.to_owned()),
        },
        when: sekisho_gate::When::Now,
        verified: vec![Method::Password, Method::Passkey, Method::Confirmation],
        check: Check::Passed,
        idempotency: None,
    }
}

fn decided(judged: Judged) -> DecisionView {
    match judged {
        Judged::Decided(view) => view,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_judged_is_registered_when_it_is_let_through_or_said_to_be_completed() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let mut all = Vec::new();
        // Four customers at once: exactly one of them can have been the first.
        let tasks: Vec<_> = (10..14)
            .map(|number| {
                let asked = judging(&story, &format!("C-{number}"), "an app");
                let gate = gate.clone();
                tokio::spawn(async move { gate.judge(asked).await.unwrap() })
            })
            .collect();
        for task in tasks {
            all.push(decided(task.await.unwrap()));
        }
        let first: Vec<_> = all
            .iter()
            .filter(|view| view.verdict == VerdictKind::Allow)
            .collect();
        assert_eq!(first.len(), 1, "{all:?}");
        let shared = |one: &&(String, TraitKind, u32)| one.1 == TraitKind::PayoutAccount;
        let raised = raised(&story.here).await;
        assert_eq!(raised.iter().filter(shared).count(), 3);
        // What was held was carried out all the same, and counts from then on.
        let held = all.iter().find(|view| view.verdict != VerdictKind::Allow);
        let view = held.unwrap();
        assert!(view.reasons.contains(&Reason::PayoutAccountShared));
        let done = gate.outcome(&story.caller, view.id, Outcome::Completed, None);
        done.await.unwrap();
        let late = judging(&story, "C-40", "another");
        let late = decided(gate.judge(late).await.unwrap());
        assert_eq!(late.verdict, VerdictKind::Hold);
        let found = signals(&story.here).await;
        let mine = found.iter().find(|one| one.customer.as_str() == "C-40");
        assert_eq!(mine.unwrap().crowd.others, 2);
    }
}

/// Registers with `login` from `who`; the session, and what the browser names from then on.
async fn signed_up(here: &Installation, login: &str, who: &Visitor) -> (Session, Visitor) {
    let wish = SignUp {
        login: login.to_owned(),
        password: SecretString::from(PASSWORD.to_owned()),
        return_to: "/account".to_owned(),
        visitor: who.clone(),
    };
    let SignUpAnswer::Sent { interaction } = here.gate.sign_up(wish).await.unwrap() else {
        panic!("a code goes to {login}")
    };
    let code = here.code().await.unwrap();
    here.pass(Span::seconds(1));
    let token = interaction.text().expose_secret();
    match here.gate.answer(token, &code, who).await.unwrap() {
        CodeAnswer::Opened(opened) => {
            let device = opened.device.as_ref().unwrap();
            let browser = Visitor {
                device: Some(device.text().expose_secret().to_owned()),
                ..who.clone()
            };
            (super::passkey::session(here, &opened).await, browser)
        }
        other => panic!("{other:?}"),
    }
}

/// The customer of the session takes another phone in the place of the one there is.
async fn rephoned(here: &Installation, session: &Session, numbers: [&str; 2], who: &Visitor) {
    let channels = here.gate.security(session).await.unwrap().channels;
    let wanted = ChangeContact {
        purpose: ChannelPurpose::Login,
        replaces: Some(channels[0].id),
        current: numbers[0].into(),
        wanted: numbers[1].to_owned(),
        visitor: who.clone(),
    };
    let sent = here.gate.change_contact(session, wanted).await.unwrap();
    let ContactAnswer::Sent { interaction } = sent else {
        panic!("{sent:?}")
    };
    let code = here.code().await.unwrap();
    here.pass(Span::seconds(1));
    let token = interaction.text().expose_secret();
    let answer = here.gate.answer(token, &code, who).await.unwrap();
    assert!(matches!(answer, CodeAnswer::Changed { .. }), "{answer:?}");
}

const FIRST: &str = "090-1111-2222";
const SECOND: &str = "090-3333-4444";

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_was_somebody_elses_is_a_signal_wherever_it_is_registered() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let who = visitor(HOME);
        let (mine, _) = signed_up(&here, FIRST, &who).await;
        rephoned(&here, &mine, [FIRST, SECOND], &who).await;
        assert!(raised(&here).await.is_empty(), "both are one customer's");
        // The number of before is given to somebody else, who registers with it.
        let (theirs, _) = signed_up(&here, FIRST, &who).await;
        let them = theirs.known_customer().reference.to_string();
        let phone = |who: &str| (who.to_owned(), TraitKind::Phone, 1);
        assert_eq!(raised(&here).await, [phone(&them)]);
        // And the first customer takes what was theirs once; the other had it since.
        rephoned(&here, &theirs, [FIRST, "090-5555-6666"], &who).await;
        rephoned(&here, &mine, [SECOND, FIRST], &who).await;
        let me = mine.known_customer().reference.to_string();
        assert_eq!(raised(&here).await, [phone(&me), phone(&them)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_phone_of_a_change_that_was_reported_says_so() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let who = visitor(HOME);
        let (mine, _) = signed_up(&here, FIRST, &who).await;
        rephoned(&here, &mine, [FIRST, SECOND], &who).await;
        let messages = here.messages().await.unwrap();
        let report = messages
            .iter()
            .rev()
            .find_map(|message| match &message.body {
                sekisho_gate::Body::ContactChanged { report, .. } => Some(report.clone()),
                _ => None,
            });
        let answer = here.gate.report_code(&report.unwrap(), &who).await;
        assert_eq!(answer.unwrap(), Reported::Frozen);
        let (theirs, _) = signed_up(&here, SECOND, &who).await;
        let found = signals(&here).await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].customer, theirs.known_customer().reference);
        assert!(found[0].crowd.reported && found[0].crowd.others == 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_others_registered_on_is_a_signal_unless_it_was_given_away() {
    for here in Installation::each(noting()).await.unwrap() {
        let (first, browser) = signed_up(&here, "a@example.jp", &visitor(HOME)).await;
        let (second, next) = signed_up(&here, "b@example.jp", &browser).await;
        let them = second.known_customer().reference.to_string();
        let device = [(them, TraitKind::Device, 1)];
        assert_eq!(raised(&here).await, device);
        // Whoever says that others use the browser is not counted with them.
        let shared = Visitor {
            terminal: sekisho_gate::Terminal::Shared,
            ..next.clone()
        };
        let wish = SignUp {
            login: "c@example.jp".to_owned(),
            password: SecretString::from(PASSWORD.to_owned()),
            return_to: "/account".to_owned(),
            visitor: shared.clone(),
        };
        let SignUpAnswer::Sent { interaction } = here.gate.sign_up(wish).await.unwrap() else {
            panic!("a code goes there")
        };
        let code = here.code().await.unwrap();
        let token = interaction.text().expose_secret();
        let answer = here.gate.answer(token, &code, &shared).await.unwrap();
        assert!(matches!(answer, CodeAnswer::Opened(_)), "{answer:?}");
        assert_eq!(raised(&here).await, device);
        // A device that its owner gave away is nobody's.
        let devices = here.gate.devices(&second, &next).await.unwrap();
        here.gate
            .forget_device(&second, devices[0].id, &next)
            .await
            .unwrap();
        here.pass(Span::seconds(1));
        signed_up(&here, "d@example.jp", &next).await;
        assert_eq!(raised(&here).await, device);
        drop(first);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lists_signals_is_in_the_record() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let gate = &here.gate;
        let sato = person(gate, "sato", &[StaffRole::Operations]).await;
        let desk = person_by(gate, &sato, ("suzuki", &[StaffRole::Desk])).await;
        let all = SignalQuestion {
            customer: None,
            kind: None,
            since: None,
            most: 100,
        };
        let ground = || Ground::parse("週次確認").unwrap();
        let listed = gate.signals(&sato, &all, ground()).await.unwrap();
        assert!(matches!(listed, StaffAnswer::Done(found) if found.is_empty()));
        assert_eq!(entries(&here, "sweep", "proved").await, 1);
        let refused = gate.signals(&desk, &all, ground()).await.unwrap();
        assert!(matches!(refused, StaffAnswer::Refused(Reason::StaffRole)));
        assert_eq!(entries(&here, "sweep", "staff_role").await, 1);
    }
}
