//! The support desk: who calls, what is asked for, who agrees, and every way past that.

use secrecy::ExposeSecret as _;
use sekisho_core::assist::By;
use sekisho_core::id::CallId;
use sekisho_core::known::ChannelPurpose;
use sekisho_core::known::{StaffRole, StopScope};
use sekisho_core::moment::Span;
use sekisho_core::operation::OperationState;
use sekisho_core::outcome::Outcome;
use sekisho_core::reason::Reason;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_gate::{
    Assisted, Body, CallBack, ChangeContact, CodeAnswer, ContactAnswer, DeskBody, DeskRequest,
    JudgeRequest, Message, OutcomeAnswer, Redeemed, Reported, StaffClaim, TelephoneCode,
};
use sekisho_sim::installation::{LOGIN, other_code};

use super::confirm::{Story, handed, request};
use super::guess::entries;
use super::stop::{made, new, person, person_by};

const DESK: &[StaffRole] = &[StaffRole::Desk, StaffRole::Approver];

fn caller() -> Reference {
    Reference::parse("C-1").unwrap()
}

async fn code(story: &Story) -> String {
    match story
        .here
        .gate
        .telephone_code(&story.session)
        .await
        .unwrap()
    {
        TelephoneCode::Made(code, _) => code.expose_secret().to_owned(),
        other => panic!("{other:?}"),
    }
}

async fn called(story: &Story, by: &StaffClaim) -> CallId {
    let code = code(story).await;
    let gate = &story.here.gate;
    match gate
        .identify(by, &caller(), (&code, By::Page))
        .await
        .unwrap()
    {
        Assisted::Done(call) => call,
        other => panic!("{other:?}"),
    }
}

fn withdrawal(story: &Story) -> DeskRequest {
    let asked = request(&story.caller, "150000");
    DeskRequest {
        application: asked.application,
        kind: asked.kind,
        fields: asked.fields,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_read_the_code_is_served_by_two_people_while_the_web_is_stopped() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let suzuki = person(gate, "suzuki", DESK).await;
        let tanaka = person_by(gate, &suzuki, ("tanaka", DESK)).await;
        let sato = person_by(gate, &suzuki, ("sato", &[StaffRole::Operations])).await;
        let web = StopScope {
            channel: sekisho_core::known::Word::parse("web"),
            ..StopScope::default()
        };
        made(gate, &sato, new(web, None)).await;
        let call = called(&story, &suzuki).await;
        let Assisted::Done(shown) = gate.look_at_caller(&suzuki, call).await.unwrap() else {
            panic!("the caller")
        };
        assert!(shown.channels[0].masked.contains('*'));
        let before = story.here.messages().await.unwrap().len();
        let asked = gate.operate_for_caller(&suzuki, call, withdrawal(&story));
        let Assisted::Done((id, OperationState::Held)) = asked.await.unwrap() else {
            panic!("an operation that waits")
        };
        let after = story.here.messages().await.unwrap().len();
        assert!(after > before, "the customer is told at once");
        let alone = gate.agree_at_desk(&suzuki, id, None).await.unwrap();
        assert_eq!(alone, Assisted::Refused(Reason::SamePerson));
        let view = gate.operation(&story.caller, id).await.unwrap().unwrap();
        assert!(view.grant.is_none() && view.state == OperationState::Held);
        let agreed = gate.agree_at_desk(&tanaka, id, None).await.unwrap();
        assert_eq!(agreed, Assisted::Done(id));
        let view = gate.operation(&story.caller, id).await.unwrap().unwrap();
        let grant = view.grant.unwrap();
        let redeemed = gate.redeem(&story.caller, handed(&grant, None)).await;
        assert!(matches!(redeemed.unwrap(), Redeemed::Redeemed(_)));
        let again = gate.agree_at_desk(&tanaka, id, None).await.unwrap();
        assert_eq!(again, Assisted::Refused(Reason::OperationClosed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_read_once_within_its_time_and_guesses_are_counted() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let suzuki = person(gate, "suzuki", DESK).await;
        let identify = |code: String| {
            let suzuki = suzuki.clone();
            async move {
                gate.identify(&suzuki, &caller(), (&code, By::Page))
                    .await
                    .unwrap()
            }
        };
        let first = code(&story).await;
        assert!(matches!(identify(first.clone()).await, Assisted::Done(_)));
        assert!(matches!(identify(first).await, Assisted::Refused(_)));
        let late = code(&story).await;
        story.here.pass(Span::minutes(11));
        assert!(matches!(identify(late).await, Assisted::Refused(_)));
        let fresh = story.here.signed_in(&story.home).await.unwrap();
        let session = super::passkey::session(&story.here, &fresh).await;
        let TelephoneCode::Made(right, _) = gate.telephone_code(&session).await.unwrap() else {
            panic!("a code")
        };
        let right = right.expose_secret().to_owned();
        for _ in 0..5 {
            let wrong = identify(other_code(&right)).await;
            assert!(matches!(wrong, Assisted::Refused(_)));
        }
        assert_eq!(
            identify(right).await,
            Assisted::Refused(Reason::TriesExhausted)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_works_in_the_call_of_another_or_past_a_stop_for_the_desk() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let suzuki = person(gate, "suzuki", DESK).await;
        let tanaka = person_by(gate, &suzuki, ("tanaka", DESK)).await;
        let sato = person_by(gate, &suzuki, ("sato", &[StaffRole::Operations])).await;
        let call = called(&story, &suzuki).await;
        let asked = gate.operate_for_caller(&tanaka, call, withdrawal(&story));
        assert_eq!(asked.await.unwrap(), Assisted::Refused(Reason::SamePerson));
        let asked = gate.operate_for_caller(&suzuki, call, withdrawal(&story));
        let Assisted::Done((id, _)) = asked.await.unwrap() else {
            panic!("an operation")
        };
        made(gate, &sato, new(StopScope::default(), None)).await;
        let agreed = gate.agree_at_desk(&tanaka, id, None).await.unwrap();
        assert_eq!(agreed, Assisted::Refused(Reason::Stopped));
        let asked = gate.operate_for_caller(&suzuki, call, withdrawal(&story));
        assert_eq!(asked.await.unwrap(), Assisted::Refused(Reason::Stopped));
        // A freeze takes with it what waits.
        gate.freeze(&story.session, &story.home).await.unwrap();
        let agreed = gate.agree_at_desk(&tanaka, id, None).await.unwrap();
        assert_eq!(agreed, Assisted::Refused(Reason::OperationClosed));
        let asked = gate.look_at_caller(&suzuki, call).await.unwrap();
        assert!(matches!(asked, Assisted::Refused(Reason::Frozen)));
    }
}

fn refused<T>(answer: &Assisted<T>, reason: Reason) -> bool {
    matches!(answer, Assisted::Refused(said) if *said == reason)
}

const PHONE: &str = "090-1111-2222";

/// The usual customer has a phone as well, for longer than a change of contact counts as fresh.
async fn with_phone(story: &mut Story) {
    let here = &story.here;
    let wanted = ChangeContact {
        purpose: ChannelPurpose::Login,
        replaces: None,
        current: LOGIN.into(),
        wanted: PHONE.to_owned(),
        visitor: story.home.clone(),
    };
    let sent = here.gate.change_contact(&story.session, wanted).await;
    let ContactAnswer::Sent { interaction } = sent.unwrap() else {
        panic!("a code goes to the phone")
    };
    let code = here.code().await.unwrap();
    let token = interaction.text().expose_secret();
    let answer = here.gate.answer(token, &code, &story.home).await.unwrap();
    assert!(matches!(answer, CodeAnswer::Changed { .. }), "{answer:?}");
}

/// The newest code for a call back, and where it went.
async fn called_back(story: &Story) -> Option<(String, String)> {
    let messages = story.here.messages().await.unwrap();
    messages
        .into_iter()
        .rev()
        .find_map(|message| match message.body {
            Body::Desk(DeskBody::Code { code, .. }) => Some((message.to, code)),
            _ => None,
        })
}

async fn identified(story: &Story, by: &StaffClaim, code: &str, how: By) -> Assisted<CallId> {
    let gate = &story.here.gate;
    gate.identify(by, &caller(), (code, how)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_called_back_reads_a_code_that_counts_there_alone_and_is_told() {
    for mut story in Story::each().await {
        let suzuki = person(&story.here.gate, "suzuki", DESK).await;
        let tanaka = person_by(&story.here.gate, &suzuki, ("tanaka", DESK)).await;
        let none = story.here.gate.call_back(&suzuki, &caller()).await.unwrap();
        assert!(refused(&none, Reason::FactorMissing));
        with_phone(&mut story).await;
        let fresh = story.here.gate.call_back(&suzuki, &caller()).await.unwrap();
        assert!(refused(&fresh, Reason::ContactFresh));
        assert!(
            called_back(&story).await.is_none(),
            "no phone of today is called"
        );
        story.here.pass(Span::hours(25));
        let gate = &story.here.gate;
        let call = async |by: &StaffClaim| {
            story.here.pass(Span::seconds(1));
            match gate.call_back(by, &caller()).await.unwrap() {
                Assisted::Done(CallBack { call, number }) => {
                    let (to, code) = called_back(&story).await.unwrap();
                    assert_eq!(
                        number.expose_secret(),
                        to,
                        "the number that the code went to"
                    );
                    (call, (to, code))
                }
                other => panic!("{other:?}"),
            }
        };
        let (first, (to, code)) = call(&suzuki).await;
        assert_eq!(to, "+819011112222");
        let (second, (_, other)) = call(&suzuki).await;
        // Not by another person, in another call, or as the code of the page.
        for (by, code, how) in [
            (&tanaka, &code, By::CallBack(first)),
            (&suzuki, &code, By::CallBack(second)),
            (&suzuki, &code, By::Page),
        ] {
            let answer = identified(&story, by, code, how).await;
            let wrong = [Reason::CodeExpired, Reason::CodeWrong].map(Assisted::Refused);
            assert!(wrong.contains(&answer), "{answer:?}");
        }
        let before = story.here.messages().await.unwrap().len();
        let answer = identified(&story, &suzuki, &code, By::CallBack(first)).await;
        assert_eq!(answer, Assisted::Done(first));
        let messages = story.here.messages().await.unwrap();
        let told =
            |message: &&Message| matches!(message.body, Body::Desk(DeskBody::Identified { .. }));
        assert_eq!(messages.iter().filter(told).count(), 2, "on every channel");
        assert_eq!(messages.len(), before + 2);
        let again = identified(&story, &suzuki, &code, By::CallBack(first)).await;
        assert!(matches!(again, Assisted::Refused(_)), "{again:?}");
        // The other call is open to its own code, within its time.
        story.here.pass(Span::minutes(11));
        let late = identified(&story, &suzuki, &other, By::CallBack(second)).await;
        assert!(matches!(late, Assisted::Refused(_)), "{late:?}");
        // What was told ends it.
        let report = messages
            .iter()
            .rev()
            .find_map(|message| match &message.body {
                Body::Desk(DeskBody::Identified { report }) => Some(report.clone()),
                _ => None,
            });
        let answer = gate.report_code(&report.unwrap(), &story.home).await;
        assert_eq!(answer.unwrap(), Reported::Frozen);
        let asked = gate.operate_for_caller(&suzuki, first, withdrawal(&story));
        assert_eq!(asked.await.unwrap(), Assisted::Refused(Reason::Frozen));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_codes_of_calls_back_are_counted_together_and_calls_are_few() {
    for mut story in Story::each().await {
        let suzuki = person(&story.here.gate, "suzuki", DESK).await;
        with_phone(&mut story).await;
        story.here.pass(Span::hours(25));
        let gate = &story.here.gate;
        let mut calls = Vec::new();
        for _ in 0..20 {
            story.here.pass(Span::seconds(1));
            match gate.call_back(&suzuki, &caller()).await.unwrap() {
                Assisted::Done(CallBack { call, .. }) => {
                    calls.push((call, called_back(&story).await.unwrap().1));
                }
                other => assert!(refused(&other, Reason::TriesExhausted)),
            }
        }
        assert!((1..=10).contains(&calls.len()), "{}", calls.len());
        for (call, code) in calls.iter().take(5) {
            let wrong = other_code(code);
            let answer = identified(&story, &suzuki, &wrong, By::CallBack(*call)).await;
            assert!(matches!(answer, Assisted::Refused(_)), "{answer:?}");
        }
        let (call, code) = calls.last().unwrap();
        let answer = identified(&story, &suzuki, code, By::CallBack(*call)).await;
        assert_eq!(answer, Assisted::Refused(Reason::TriesExhausted));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_is_held_to_limits_and_tiers_when_it_asks_and_when_it_agrees() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let suzuki = person(gate, "suzuki", DESK).await;
        let tanaka = person_by(gate, &suzuki, ("tanaka", DESK)).await;
        let call = called(&story, &suzuki).await;
        let ask = async |amount: &str| {
            let asked = request(&story.caller, amount);
            let request = DeskRequest {
                application: asked.application,
                kind: asked.kind,
                fields: asked.fields,
            };
            gate.operate_for_caller(&suzuki, call, request)
                .await
                .unwrap()
        };
        // Above the limit of one, and above what nobody confirms but with a passkey.
        let refused = ask("10000001").await;
        assert_eq!(refused, Assisted::Refused(Reason::LimitEach));
        let refused = ask("1000000").await;
        assert_eq!(refused, Assisted::Refused(Reason::PolicyRequires));
        // Twenty at once may be asked for; no more are agreed to than a day's limit holds.
        let mut held = Vec::new();
        for _ in 0..21 {
            match ask("999999").await {
                Assisted::Done((id, OperationState::Held)) => held.push(id),
                other => panic!("{other:?}"),
            }
        }
        let mut agreed = 0;
        for id in held {
            match gate.agree_at_desk(&tanaka, id, None).await.unwrap() {
                Assisted::Done(_) => agreed += 1,
                other => assert_eq!(other, Assisted::Refused(Reason::LimitDay)),
            }
        }
        assert_eq!(agreed, 20, "20,000,000 yen a day");
        assert_eq!(ask("999999").await, Assisted::Refused(Reason::LimitDay));
    }
}

async fn payee_reported(story: &Story) {
    let gate = &story.here.gate;
    let asked = request(&story.caller, "1");
    let judged = JudgeRequest {
        operation: Some((asked.kind, asked.fields)),
        ..super::judge::asked(&story.caller)
    };
    let view = super::judge::decided(gate, judged).await;
    let fraud = gate.outcome(&story.caller, view.id, Outcome::ConfirmedFraud, None);
    assert_eq!(fraud.await.unwrap(), OutcomeAnswer::Recorded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payee_that_was_reported_is_not_agreed_to_without_saying_what_was_looked_at() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let suzuki = person(gate, "suzuki", DESK).await;
        let tanaka = person_by(gate, &suzuki, ("tanaka", DESK)).await;
        let call = called(&story, &suzuki).await;
        let asked = gate.operate_for_caller(&suzuki, call, withdrawal(&story));
        let Assisted::Done((id, OperationState::Held)) = asked.await.unwrap() else {
            panic!("an operation that waits")
        };
        // Another customer's money went to the account meanwhile, and that was fraud.
        payee_reported(&story).await;
        let held = gate.agree_at_desk(&tanaka, id, None).await.unwrap();
        assert_eq!(held, Assisted::Held(vec![Reason::PartyReported]));
        let view = gate.operation(&story.caller, id).await.unwrap().unwrap();
        assert!(view.grant.is_none());
        let ground = Ground::parse("口座名義を銀行に照会、案件 2026-131").unwrap();
        let agreed = gate.agree_at_desk(&tanaka, id, Some(ground)).await.unwrap();
        assert_eq!(agreed, Assisted::Done(id));
        assert!(entries(&story.here, "assist", "案件 2026-131").await > 0);
        let call = called(&story, &suzuki).await;
        let asked = gate.operate_for_caller(&suzuki, call, withdrawal(&story));
        let Assisted::Done((id, _)) = asked.await.unwrap() else {
            panic!("an operation that waits")
        };
        let view = gate.operation(&story.caller, id).await.unwrap().unwrap();
        let reasons = view.hold.unwrap().reasons;
        assert_eq!(reasons, [Reason::SecondPerson, Reason::PartyReported]);
    }
}
