//! The support desk: who calls, what is asked for, who agrees, and every way past that.

use secrecy::ExposeSecret as _;
use sekisho_core::id::CallId;
use sekisho_core::known::{StaffRole, StopScope};
use sekisho_core::moment::Span;
use sekisho_core::operation::OperationState;
use sekisho_core::reason::Reason;
use sekisho_core::text::Reference;
use sekisho_gate::{Assisted, DeskRequest, Redeemed, StaffClaim, TelephoneCode};
use sekisho_sim::installation::other_code;

use super::confirm::{Story, handed, request};
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
    match gate.identify(by, &caller(), &code).await.unwrap() {
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
        let alone = gate.agree_at_desk(&suzuki, id).await.unwrap();
        assert_eq!(alone, Assisted::Refused(Reason::SamePerson));
        let view = gate.operation(&story.caller, id).await.unwrap().unwrap();
        assert!(view.grant.is_none() && view.state == OperationState::Held);
        let agreed = gate.agree_at_desk(&tanaka, id).await.unwrap();
        assert_eq!(agreed, Assisted::Done(id));
        let view = gate.operation(&story.caller, id).await.unwrap().unwrap();
        let grant = view.grant.unwrap();
        let redeemed = gate.redeem(&story.caller, handed(&grant, None)).await;
        assert!(matches!(redeemed.unwrap(), Redeemed::Redeemed(_)));
        let again = gate.agree_at_desk(&tanaka, id).await.unwrap();
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
            async move { gate.identify(&suzuki, &caller(), &code).await.unwrap() }
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
        let agreed = gate.agree_at_desk(&tanaka, id).await.unwrap();
        assert_eq!(agreed, Assisted::Refused(Reason::Stopped));
        let asked = gate.operate_for_caller(&suzuki, call, withdrawal(&story));
        assert_eq!(asked.await.unwrap(), Assisted::Refused(Reason::Stopped));
        // A freeze takes with it what waits.
        gate.freeze(&story.session, &story.home).await.unwrap();
        let agreed = gate.agree_at_desk(&tanaka, id).await.unwrap();
        assert_eq!(agreed, Assisted::Refused(Reason::OperationClosed));
        let asked = gate.look_at_caller(&suzuki, call).await.unwrap();
        assert!(matches!(asked, Assisted::Refused(Reason::Frozen)));
    }
}
