//! Stops: what they refuse, who makes and lifts them, and that nothing slips through.

use std::collections::BTreeSet;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::access::OperationKind;
use sekisho_core::id::{OperationId, StopId};
use sekisho_core::known::{Left, StaffName, StaffRole, StopMessage, StopScope, Way, Word};
use sekisho_core::login::Login;
use sekisho_core::moment::{Moment, Span};
use sekisho_core::notice::Locale;
use sekisho_core::operation::OperationState;
use sekisho_core::reason::Reason;
use sekisho_core::stop::NewStop;
use sekisho_core::text::{Line, Reference};
use sekisho_core::thaw::Ground;
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{
    CodeAnswer, ConfirmAnswer, ConfirmSent, Gate, ImportLine, Judged, OperateRequest, Operated,
    Redeemed, Session, SignIn, SignInAnswer, StaffAnswer, StaffClaim, StopAnswer, Visitor,
};
use sekisho_sim::installation::{FOREIGN_HASH, Installation, PASSWORD, visitor};

use tokio::sync::Semaphore;

use super::confirm::{Story, handed, request};

/// The first person of a firm.
pub(super) async fn person(gate: &Gate, name: &str, roles: &[StaffRole]) -> StaffClaim {
    added(gate, None, (name, roles)).await
}

/// A further person, for whom `by` answers.
pub(super) async fn person_by(
    gate: &Gate,
    by: &StaffClaim,
    who: (&str, &[StaffRole]),
) -> StaffClaim {
    added(gate, Some(by), who).await
}

async fn added(gate: &Gate, by: Option<&StaffClaim>, who: (&str, &[StaffRole])) -> StaffClaim {
    let name = StaffName::parse(who.0).unwrap();
    let added = gate.add_staff(name.clone(), who.1.to_vec(), by).await;
    let StaffAnswer::Done((_, secret)) = added.unwrap() else {
        panic!("a person")
    };
    let secret = secret.text().clone();
    StaffClaim { name, secret }
}

pub(super) async fn two(gate: &Gate) -> [StaffClaim; 2] {
    let sato = person(gate, "sato", &[StaffRole::Operations]).await;
    let tanaka = person_by(gate, &sato, ("tanaka", &[StaffRole::Operations])).await;
    [sato, tanaka]
}

pub(super) fn new(scope: StopScope, ends: Option<Moment>) -> NewStop {
    NewStop {
        scope,
        reason: Ground::parse("他社での資金流出、案件 2020-9").unwrap(),
        message: StopMessage {
            ja: Line::parse("ウェブでの出金を停止しています。").unwrap(),
            en: Line::parse("Withdrawals on the web are stopped.").unwrap(),
        },
        left: vec![Left::Desk, Left::Paper],
        begins: None,
        ends,
    }
}

fn withdraw() -> StopScope {
    StopScope {
        kind: OperationKind::parse("withdraw"),
        ..StopScope::default()
    }
}

pub(super) async fn made(gate: &Gate, by: &StaffClaim, new: NewStop) -> StopId {
    match gate.stop(by, new).await.unwrap() {
        StopAnswer::Done(id) => id,
        other => panic!("{other:?}"),
    }
}

async fn lifted(gate: &Gate, id: StopId, by: &[StaffClaim; 2]) {
    let asked = gate.lift_stop(&by[0], id, None).await.unwrap();
    assert_eq!(asked, StopAnswer::Proposed(id));
    let again = gate.lift_stop(&by[0], id, None).await.unwrap();
    assert_eq!(again, StopAnswer::Refused(Reason::SamePerson));
    let agreed = gate.lift_stop(&by[1], id, None).await.unwrap();
    assert_eq!(agreed, StopAnswer::Done(id));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_is_not_confirmed_and_goes_on_once_two_people_lifted() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let people = two(gate).await;
        let view = story.created("150000").await;
        let sent = |id| gate.confirm_send(&story.session, id, &story.home);
        assert_eq!(sent(view.id).await.unwrap(), ConfirmSent::Sent);
        let code = story.here.code().await.unwrap();
        // Another node makes the stop.
        let other = story.here.another_node().await.unwrap();
        let id = made(&other, &people[0], new(withdraw(), None)).await;
        let confirm = || gate.confirm(&story.session, view.id, &code, &story.home);
        assert_eq!(confirm().await.unwrap(), ConfirmAnswer::Closed);
        story.here.pass(Span::minutes(1));
        assert_eq!(sent(view.id).await.unwrap(), ConfirmSent::Closed);
        let shown = gate.shown(&story.session, view.id, Locale::Ja).await;
        let shown = shown.unwrap().unwrap();
        assert_eq!(shown.stop.map(|stop| stop.id), Some(id));
        let seen = gate.operation(&story.caller, view.id).await.unwrap();
        let seen = seen.unwrap();
        assert_eq!(seen.state, OperationState::Pending);
        assert_eq!(
            seen.stop.map(|stop| stop.left),
            Some(vec![Left::Desk, Left::Paper])
        );
        lifted(gate, id, &people).await;
        assert_eq!(confirm().await.unwrap(), ConfirmAnswer::Confirmed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stopped_can_be_declined() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let people = two(gate).await;
        let view = story.created("150000").await;
        made(gate, &people[0], new(StopScope::default(), None)).await;
        gate.decline(&story.session, view.id).await.unwrap();
        let seen = gate.operation(&story.caller, view.id).await.unwrap();
        assert_eq!(seen.unwrap().state, OperationState::Refused);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_does_not_go_through_while_it_is_stopped() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let people = two(gate).await;
        let view = story.confirmed("150000").await;
        let grant = view.grant.unwrap();
        let id = made(gate, &people[0], new(withdraw(), None)).await;
        let redeemed = gate
            .redeem(&story.caller, handed(&grant, None))
            .await
            .unwrap();
        assert!(matches!(redeemed, Redeemed::Stopped(stop) if stop.id == id));
        let seen = gate
            .operation(&story.caller, view.id)
            .await
            .unwrap()
            .unwrap();
        assert!(seen.grant.is_none() && seen.stop.is_some());
        lifted(gate, id, &people).await;
        let redeemed = gate
            .redeem(&story.caller, handed(&grant, None))
            .await
            .unwrap();
        assert!(matches!(redeemed, Redeemed::Redeemed(_)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_while_it_is_stopped_is_refused_and_says_so() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let people = two(gate).await;
        let web = StopScope {
            channel: Word::parse("web"),
            ..withdraw()
        };
        let ends = gate.now().plus(Span::hours(2));
        let id = made(gate, &people[0], new(web, Some(ends))).await;
        let asked = |channel: Option<&str>| {
            let mut asked = request(&story.caller, "150000");
            asked.way.channel = channel.and_then(Word::parse);
            gate.operate(asked)
        };
        for channel in [Some("web"), None] {
            let Operated::Created(view) = asked(channel).await.unwrap() else {
                panic!("an operation")
            };
            assert_eq!(view.state, OperationState::Refused);
            assert_eq!(view.decision.reasons, [Reason::Stopped]);
            let stop = view.stop.unwrap();
            assert_eq!((stop.id, stop.until), (id, Some(ends)));
            assert_eq!(
                stop.message.en.as_str(),
                "Withdrawals on the web are stopped."
            );
        }
        let Operated::Created(view) = asked(Some("app")).await.unwrap() else {
            panic!("an operation")
        };
        assert_eq!((view.state, view.stop), (OperationState::Pending, None));
        judged(&story, id).await;
        story.here.pass(Span::hours(2));
        let Operated::Created(view) = asked(Some("web")).await.unwrap() else {
            panic!("an operation")
        };
        assert_ne!(view.decision.reasons, [Reason::Stopped]);
    }
}

/// The decision API says the same, also when it is read again, and nobody is kept from signing in.
async fn judged(story: &Story, id: StopId) {
    let gate = &story.here.gate;
    let OperateRequest {
        customer, fields, ..
    } = request(&story.caller, "150000");
    let mut asked = sekisho_gate::JudgeRequest {
        application: story.caller.application,
        customer,
        operation: OperationKind::parse("withdraw").map(|kind| (kind, fields)),
        way: Way::default(),
        context: sekisho_gate::RequestContext::default(),
        when: sekisho_gate::When::Now,
        verified: Vec::new(),
        check: sekisho_core::judge::Check::Passed,
        idempotency: None,
    };
    let Judged::Decided(view) = gate.judge(asked.clone()).await.unwrap() else {
        panic!("a decision")
    };
    assert_eq!(view.verdict, VerdictKind::Refuse);
    assert_eq!(view.reasons[0], Reason::Stopped);
    assert_eq!(view.stop.map(|stop| stop.id), Some(id));
    let again = gate.decision(&story.caller, view.id).await.unwrap();
    assert_eq!(again.unwrap().stop.map(|stop| stop.id), Some(id));
    asked.operation = None;
    let Judged::Decided(view) = gate.judge(asked).await.unwrap() else {
        panic!("a decision")
    };
    assert!(!view.reasons.contains(&Reason::Stopped) && view.stop.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_prove_who_they_are_does_nothing() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let people = two(gate).await;
        let claim = |name: &str, secret: &str| StaffClaim {
            name: StaffName::parse(name).unwrap(),
            secret: SecretString::from(secret.to_owned()),
        };
        let right = people[0].secret.expose_secret();
        let stop = |claim: StaffClaim| async move {
            gate.stop(&claim, new(withdraw(), None)).await.unwrap()
        };
        for (name, secret) in [("nobody", right), ("tanaka", right), ("sato", "skf_x")] {
            assert_eq!(stop(claim(name, secret)).await, StopAnswer::Unproved);
        }
        let desk = person_by(gate, &people[0], ("suzuki", &[StaffRole::Desk])).await;
        let role = StopAnswer::Refused(Reason::StaffRole);
        assert_eq!(stop(desk.clone()).await, role);
        let disabled = gate.disable_staff(&desk.name, Some(&people[0])).await;
        assert!(matches!(disabled.unwrap(), StaffAnswer::Done(())));
        assert_eq!(stop(desk).await, StopAnswer::Unproved);
        // Guesses lock the name, and another secret opens it.
        for _ in 0..5 {
            assert_eq!(stop(claim("sato", "skf_x")).await, StopAnswer::Unproved);
        }
        assert_eq!(stop(people[0].clone()).await, StopAnswer::Unproved);
        let name = &people[0].name;
        let rotated = gate.rotate_staff(name, Some(&people[1])).await.unwrap();
        let StaffAnswer::Done(secret) = rotated else {
            panic!("a secret")
        };
        assert_eq!(stop(people[0].clone()).await, StopAnswer::Unproved);
        let secret = secret.text().expose_secret();
        assert!(matches!(
            stop(claim("sato", secret)).await,
            StopAnswer::Done(_)
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_immediate_stop_holds_whatever_a_clock_says() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let people = two(gate).await;
        made(gate, &people[0], new(withdraw(), None)).await;
        story.here.pass(Span::hours(-1));
        let made = gate
            .operate(request(&story.caller, "150000"))
            .await
            .unwrap();
        assert!(matches!(made, Operated::Created(view) if view.stop.is_some()));
    }
}

/// A customer with a session and four operations whose codes were sent.
async fn ready(here: &Installation, number: u32, caller: &sekisho_gate::Caller) -> Ready {
    let login = format!("taro{number}@example.jp");
    let reference = Reference::parse(&format!("C-{number}")).unwrap();
    let line = ImportLine {
        reference: reference.clone(),
        login: Login::parse(&login).unwrap(),
        hash: Some(FOREIGN_HASH.to_owned()),
        pin: None,
        verified: Some(here.gate.now()),
        locale: Locale::Ja,
    };
    here.gate.import(line).await.unwrap();
    // The newest message is the last one.
    here.pass(Span::seconds(1));
    let [a, b] = u16::try_from(number).unwrap().to_be_bytes();
    let home = visitor([203, a, b, 7]);
    let typed = SignIn {
        login,
        password: SecretString::from(PASSWORD.to_owned()),
        return_to: "/account".to_owned(),
        visitor: home.clone(),
    };
    let SignInAnswer::StepUp { interaction } = here.gate.sign_in(typed).await.unwrap() else {
        panic!("a code")
    };
    let code = here.code().await.unwrap();
    let interaction = interaction.text().expose_secret();
    let answer = here.gate.answer(interaction, &code, &home).await.unwrap();
    let CodeAnswer::Opened(opened) = answer else {
        panic!("{answer:?}")
    };
    let session = super::passkey::session(here, &opened).await;
    let mut operations = Vec::new();
    for amount in ["1000", "2000", "3000", "4000"] {
        here.pass(Span::seconds(1));
        let mut asked = request(caller, amount);
        asked.customer = reference.clone();
        let Operated::Created(view) = here.gate.operate(asked).await.unwrap() else {
            panic!("an operation")
        };
        let sent = here.gate.confirm_send(&session, view.id, &home).await;
        assert_eq!(sent.unwrap(), ConfirmSent::Sent);
        operations.push((view.id, here.code().await.unwrap()));
    }
    Ready {
        session,
        home,
        operations,
    }
}

struct Ready {
    session: Session,
    home: Visitor,
    operations: Vec<(OperationId, String)>,
}

/// The operations that are confirmed now.
async fn confirmed(
    gate: &Gate,
    caller: &sekisho_gate::Caller,
    all: &[Ready],
) -> BTreeSet<OperationId> {
    let mut found = BTreeSet::new();
    for (id, _) in all.iter().flat_map(|ready| &ready.operations) {
        let view = gate.operation(caller, *id).await.unwrap().unwrap();
        if view.state == OperationState::Confirmed {
            found.insert(*id);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_confirmations_none_lands_once_the_stop_was_answered() {
    for here in Installation::each("jsda-2025").await.unwrap() {
        let caller = here.application("ひので証券").await.unwrap();
        let people = two(&here.gate).await;
        let mut all = Vec::new();
        for number in 1..=50 {
            all.push(ready(&here, number, &caller).await);
        }
        let nodes = [here.gate.clone(), here.another_node().await.unwrap()];
        let mut racing = tokio::task::JoinSet::new();
        // A few at a time, so that the stop lands in the midst of them.
        let turns = Arc::new(Semaphore::new(4));
        let operations = all.iter().flat_map(|ready| {
            let one = move |operation: &(OperationId, String)| (ready, operation.clone());
            ready.operations.iter().map(one)
        });
        for (place, (ready, (id, code))) in operations.enumerate() {
            let node = nodes[place % 2].clone();
            let (session, home) = (ready.session.clone(), ready.home.clone());
            let turns = Arc::clone(&turns);
            racing.spawn(async move {
                let _turn = turns.acquire().await.unwrap();
                node.confirm(&session, id, &code, &home).await
            });
        }
        // Some have landed before the stop is made, and most have not.
        let first = racing.join_next().await.unwrap().unwrap();
        assert_eq!(first.unwrap(), ConfirmAnswer::Confirmed);
        let stop = new(StopScope::default(), None);
        made(&nodes[1], &people[0], stop).await;
        let at_the_stop = confirmed(&nodes[1], &caller, &all).await;
        let answers = racing.join_all().await;
        let refused = |answer: &&Result<ConfirmAnswer, _>| {
            matches!(answer, Ok(ConfirmAnswer::Closed | ConfirmAnswer::Wrong))
        };
        let refused = answers.iter().filter(refused).count();
        assert_eq!(confirmed(&nodes[0], &caller, &all).await, at_the_stop);
        assert!(
            refused > 0 && refused + at_the_stop.len() == 200,
            "{refused}"
        );
    }
}
