//! Attacks across customers: a real list with three hits, a morning behind a carrier's address, and
//! ten thousand addresses with one program.

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::access::Act;
use sekisho_core::attack::{AttackKind, Severity, Touch, severity};
use sekisho_core::change::Change;
use sekisho_core::decision::Decision;
use sekisho_core::entry::Entry;
use sekisho_core::id::DecisionId;
use sekisho_core::judge::Check;
use sekisho_core::known::StaffRole;
use sekisho_core::moment::Span;
use sekisho_core::proof::Method;
use sekisho_core::reason::Reason;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{
    Body, Caller, CodeAnswer, Gate, JudgeRequest, RequestContext, SignIn, SignInAnswer,
    StaffAnswer, StaffClaim, Visitor, When,
};
use sekisho_sim::installation::{Installation, PASSWORD, anywhere, typed, visitor};
use sekisho_store::{AlertQuestion, Committal};

use super::guess::entries;
use super::judge::{asked, decided};
use super::stop::{person, person_by};

const AWAY: [u8; 4] = [198, 51, 100, 9];
const ELSEWHERE: [u8; 4] = [203, 0, 113, 7];
const CARRIER: [u8; 4] = [110, 163, 0, 1];

fn ground() -> Ground {
    Ground::parse("朝の確認").unwrap()
}

const ALL: AlertQuestion = AlertQuestion {
    closed: true,
    since: None,
    most: 100,
};

fn login(number: usize) -> String {
    format!("customer{number}@example.jp")
}

async fn tries(gate: &Gate, login: String, password: &str, from: &Visitor) -> SignInAnswer {
    let attempt = SignIn {
        login,
        password: SecretString::from(password.to_owned()),
        ..typed(password, from)
    };
    gate.sign_in(attempt).await.unwrap()
}

/// Whoever signs in is asked for a code from the mail, and has it.
async fn with_code(here: &Installation, answer: SignInAnswer) {
    let SignInAnswer::StepUp { interaction } = answer else {
        panic!("{answer:?}")
    };
    let code = here.code().await.unwrap();
    let token = interaction.text().expose_secret();
    let answer = here.gate.answer(token, &code, &visitor(AWAY)).await;
    assert!(matches!(answer.unwrap(), CodeAnswer::Opened(_)));
}

async fn shown(gate: &Gate, who: &StaffClaim) -> (AttackKind, Severity, Vec<(String, Touch)>) {
    let StaffAnswer::Done(alerts) = gate.alerts(who, ALL, ground()).await.unwrap() else {
        panic!("a person")
    };
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    let StaffAnswer::Done(Some((alert, touched))) =
        gate.alert(who, alerts[0].id, ground()).await.unwrap()
    else {
        panic!("the alert")
    };
    let touched = touched
        .into_iter()
        .map(|one| (one.reference.to_string(), one.how));
    (
        alert.kind,
        severity(alert.kind, &alert.counts),
        touched.collect(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_with_three_hits_is_found_and_names_who_was_entered() {
    // Customers who need no second factor where nothing is strange: the hits get in.
    for here in Installation::each("jp-legacy").await.unwrap() {
        let sato = person(&here.gate, "sato", &[StaffRole::Operations]).await;
        here.gate.replay_attempts().await.unwrap();
        let other = here.another_node().await.unwrap();
        other.replay_attempts().await.unwrap();
        for number in 0..24 {
            here.customer(&format!("C-{number}"), &login(number))
                .await
                .unwrap();
        }
        let begun = here.gate.now();
        for number in 0..24 {
            let hit = number % 8 == 4;
            let password = if hit { PASSWORD } else { "123456" };
            let answer = tries(&here.gate, login(number), password, &visitor(AWAY)).await;
            if hit {
                // The thief reads the mail, too.
                with_code(&here, answer).await;
            }
            here.pass(Span::seconds(1));
        }
        // Found by the worker of any node, which looks every five seconds.
        assert_eq!(here.gate.find_attacks().await.unwrap(), 1);
        assert!(here.gate.now().since(begun) < Span::seconds(30));
        let (kind, severity, touched) = shown(&here.gate, &sato).await;
        assert_eq!((kind, severity), (AttackKind::List, Severity::High));
        assert_eq!(touched.len(), 24);
        let entered = touched.iter().filter(|(_, how)| *how == Touch::Entered);
        let entered: Vec<_> = entered.map(|(customer, _)| customer.as_str()).collect();
        assert_eq!(entered, ["C-4", "C-12", "C-20"]);

        // No news, no second row; another node finds the same one.
        assert_eq!(here.gate.find_attacks().await.unwrap(), 0);
        other.read_attempts(begun).await.unwrap();
        assert_eq!(other.find_attacks().await.unwrap(), 1);
        shown(&other, &sato).await;
        close(&here, &sato).await;
    }
}

/// Closed, it stays so until the attack goes on.
async fn close(here: &Installation, sato: &StaffClaim) {
    let gate = &here.gate;
    let desk = person_by(gate, sato, ("suzuki", &[StaffRole::Desk])).await;
    let StaffAnswer::Done(alerts) = gate.alerts(sato, ALL, ground()).await.unwrap() else {
        panic!("a person")
    };
    let id = alerts[0].id;
    let refused = gate.close_alert(&desk, id, ground()).await.unwrap();
    assert!(matches!(refused, StaffAnswer::Refused(Reason::StaffRole)));
    for done in [true, false] {
        let closed = gate.close_alert(sato, id, ground()).await.unwrap();
        assert!(matches!(closed, StaffAnswer::Done(was) if was == done));
    }
    let open = AlertQuestion {
        closed: false,
        ..ALL
    };
    let count = async || match gate.alerts(sato, open, ground()).await.unwrap() {
        StaffAnswer::Done(alerts) => alerts.len(),
        _ => panic!("a person"),
    };
    here.pass(Span::seconds(90));
    assert_eq!(gate.find_attacks().await.unwrap(), 0);
    assert_eq!(count().await, 0);
    tries(
        gate,
        "nobody@example.jp".to_owned(),
        "123456",
        &visitor(AWAY),
    )
    .await;
    assert_eq!(gate.find_attacks().await.unwrap(), 1);
    assert_eq!(count().await, 1);
    assert_eq!(entries(here, "alert", "").await, 4);
}

fn request(caller: &Caller, number: u32, agent: &str, check: Check) -> JudgeRequest {
    JudgeRequest {
        customer: Reference::parse(&format!("R-{number}")).unwrap(),
        context: RequestContext {
            address: Some(std::net::Ipv4Addr::from(0x0b00_0000 + number * 257).into()),
            user_agent: Some(agent.to_owned()),
            device: None,
        },
        when: When::Now,
        verified: vec![Method::Password],
        check,
        ..asked(caller)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_program_behind_changing_addresses_is_one_alert_and_asks_strangers_for_more() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        here.gate.replay_attempts().await.unwrap();
        let sato = person(&here.gate, "sato", &[StaffRole::Operations]).await;
        let caller = here.application("a").await.unwrap();
        let calm = request(
            &caller,
            9_000,
            "Mozilla/5.0 (Windows NT 10.0) Chrome/141.0",
            Check::Passed,
        );
        let before = decided(&here.gate, calm.clone()).await;
        assert!(!before.reasons.contains(&Reason::PaceHigh));
        // Each from an address of its own, in a network of its own.
        for number in 0..160 {
            let failed = request(&caller, number, "python-requests/2.32", Check::Failed);
            decided(&here.gate, failed).await;
            here.pass(Span(100_000));
        }
        assert_eq!(here.gate.find_attacks().await.unwrap(), 1);
        let (kind, _, touched) = shown(&here.gate, &sato).await;
        // All names were invented, as far as anybody knows.
        assert_eq!((kind, touched.len()), (AttackKind::Enumeration, 0));
        let hit = request(&caller, 8_000, "python-requests/2.32", Check::Passed);
        let hit = decided(&here.gate, hit).await;
        assert!(hit.reasons.contains(&Reason::PaceHigh));
        assert_eq!(hit.verdict, VerdictKind::StepUp);
        let other = decided(&here.gate, calm).await;
        assert!(
            !other.reasons.contains(&Reason::PaceHigh),
            "another program is not asked"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_morning_behind_a_carriers_address_raises_nothing() {
    for here in Installation::each("jp-legacy").await.unwrap() {
        here.gate.replay_attempts().await.unwrap();
        let caller = here.application("a").await.unwrap();
        for number in 0..240_u32 {
            let from = |check| JudgeRequest {
                context: RequestContext {
                    address: Some(CARRIER.into()),
                    user_agent: Some("Mozilla/5.0 (Linux; Android 15) Chrome/141.0".to_owned()),
                    device: Some(format!("phone {number}")),
                },
                ..request(&caller, number, "", check)
            };
            // One in seven mistypes first.
            if number % 7 == 0 {
                decided(&here.gate, from(Check::Failed)).await;
            }
            let proved = JudgeRequest {
                verified: vec![Method::Password, Method::MailCode],
                ..from(Check::Passed)
            };
            let answer = decided(&here.gate, proved).await;
            assert_eq!(answer.verdict, VerdictKind::Allow);
            here.pass(Span::seconds(1));
        }
        assert_eq!(here.gate.find_attacks().await.unwrap(), 0);
        assert_eq!(entries(&here, "sign_in", "pace_high").await, 0);
    }
}

/// The policy under which whoever was entered is frozen.
fn freezing() -> &'static str {
    let text = include_str!("../../../../crates/core/src/policy/jp-legacy.toml");
    Box::leak(format!("{text}\n[attack]\nentered = \"freeze\"\n").into_boxed_str())
}

/// The customer was there before, so that a password is enough on another device, too.
async fn was_there(here: &Installation, number: usize) {
    let answer = tries(&here.gate, login(number), PASSWORD, &visitor(AWAY)).await;
    with_code(here, answer).await;
    here.pass(Span::days(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_entered_is_frozen_once_where_the_policy_says_so() {
    for here in Installation::each(freezing()).await.unwrap() {
        here.gate.replay_attempts().await.unwrap();
        for number in 0..24 {
            here.customer(&format!("C-{number}"), &login(number))
                .await
                .unwrap();
        }
        was_there(&here, 2).await;
        let mut session = None;
        for number in 0..24 {
            let hit = [2, 20].contains(&number);
            let password = if hit { PASSWORD } else { "123456" };
            let answer = tries(&here.gate, login(number), password, &visitor(AWAY)).await;
            match &answer {
                SignInAnswer::Opened(opened) => {
                    session = Some(opened.session.text().expose_secret().to_owned());
                }
                // Entered as well, and left to a person.
                SignInAnswer::StepUp { .. } => with_code(&here, answer).await,
                _ => {}
            }
            here.pass(Span::seconds(1));
        }
        let session = session.unwrap();
        assert!(
            here.gate
                .session(&session, &anywhere())
                .await
                .unwrap()
                .is_some()
        );
        assert_eq!(here.gate.find_attacks().await.unwrap(), 1);
        assert!(
            here.gate
                .session(&session, &anywhere())
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(entries(&here, "alert", "attack_entered").await, 1);
        let told = here.messages().await.unwrap();
        let frozen = |message: &&sekisho_gate::Message| matches!(message.body, Body::Frozen { .. });
        assert_eq!(told.iter().filter(frozen).count(), 1);
        // Neither this node nor one that begins anew does it again.
        here.pass(Span::seconds(90));
        tries(
            &here.gate,
            "nobody@example.jp".to_owned(),
            "123456",
            &visitor(AWAY),
        )
        .await;
        assert_eq!(here.gate.find_attacks().await.unwrap(), 1);
        let other = here.another_node().await.unwrap();
        other.replay_attempts().await.unwrap();
        assert_eq!(other.find_attacks().await.unwrap(), 1);
        assert_eq!(entries(&here, "alert", "attack_entered").await, 1);
    }
}

/// As the desk does it once the customer has proved who they are.
async fn thawed(here: &Installation, reference: &str) {
    let store = here.place.store().await.unwrap();
    let reference = Reference::parse(reference).unwrap();
    let known = store.customer_by_reference(&reference).await.unwrap();
    let known = known.unwrap();
    let at = here.gate.now();
    let id = DecisionId((at.0 as u128).to_be_bytes());
    let entry = Entry::of_worker(Act::Thaw, (id, at), "{}".to_owned(), &here.gate.policy());
    let (id, revision) = (known.id, known.revision);
    let thawed = Decision::of(entry).with([Change::CustomerThawed { id, revision }]);
    let landed = store.commit(&thawed, &[]).await.unwrap();
    assert_eq!(landed, Committal::Committed);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_entered_is_frozen_when_that_is_clear_and_again_when_entered_again() {
    const SCRIPT: &str = "python-requests/2.32";
    for here in Installation::each(freezing()).await.unwrap() {
        let gate = &here.gate;
        gate.replay_attempts().await.unwrap();
        let caller = here.application("a").await.unwrap();
        let tried = async |number, address: Option<[u8; 4]>, check| {
            let mut request = request(&caller, number, SCRIPT, check);
            request.context.address =
                address.map_or(request.context.address, |one| Some(one.into()));
            here.pass(Span::seconds(1));
            decided(gate, request).await.verdict
        };
        let frozen = async || entries(&here, "alert", "attack_entered").await;
        // The application's customers, each from home.
        for number in 0..14 {
            let from_home = request(&caller, number, "Mozilla/5.0 Firefox/140.0", Check::Passed);
            decided(gate, from_home).await;
        }
        // One of them was at both places before.
        for address in [AWAY, ELSEWHERE] {
            let mut request = request(&caller, 500, "Mozilla/5.0 Firefox/140.0", Check::Passed);
            request.verified = vec![Method::Password, Method::MailCode];
            request.context.address = Some(address.into());
            decided(gate, request).await;
        }
        here.pass(Span::days(2));
        // One of nine was entered: that may be the program of a whole town.
        tried(0, Some(AWAY), Check::Failed).await;
        let entered = tried(500, Some(AWAY), Check::Passed).await;
        assert_eq!(entered, VerdictKind::Allow);
        for number in 1..8 {
            tried(number, Some(AWAY), Check::Failed).await;
        }
        assert_eq!(gate.find_attacks().await.unwrap(), 1);
        assert_eq!(frozen().await, 0);
        // It was named by then, and is frozen when it is clear.
        for number in 8..14 {
            tried(number, Some(AWAY), Check::Failed).await;
        }
        gate.find_attacks().await.unwrap();
        assert_eq!(frozen().await, 1);
        thawed(&here, "R-500").await;
        // The same entry is seen again as a part of something wider, of another kind.
        for number in 20..180 {
            tried(number, None, Check::Failed).await;
        }
        assert_eq!(gate.find_attacks().await.unwrap(), 1);
        let other = here.another_node().await.unwrap();
        other.replay_attempts().await.unwrap();
        assert!(other.find_attacks().await.unwrap() > 0);
        assert_eq!(frozen().await, 1, "it was settled, by whichever alert");
        // Entered again within a day, as likely as not by who thawed it.
        here.pass(Span::hours(23));
        again(&here, &caller).await;
        assert_eq!(frozen().await, 1);
        here.pass(Span::days(2));
        again(&here, &caller).await;
        assert_eq!(frozen().await, 2);
        let refused = tried(500, Some(AWAY), Check::Passed).await;
        assert_eq!(refused, VerdictKind::Refuse);
        gate.find_attacks().await.unwrap();
        assert_eq!(frozen().await, 2);
    }
}

/// The list goes on elsewhere, and one of it gets in before it is seen.
async fn again(here: &Installation, caller: &Caller) {
    let tried = async |number, check| {
        let mut request = request(caller, number, "curl/8.16.0", check);
        request.context.address = Some(ELSEWHERE.into());
        here.pass(Span::seconds(1));
        decided(&here.gate, request).await.verdict
    };
    tried(0, Check::Failed).await;
    assert_eq!(tried(500, Check::Passed).await, VerdictKind::Allow);
    for number in 1..14 {
        tried(number, Check::Failed).await;
    }
    assert!(here.gate.find_attacks().await.unwrap() > 0);
}
