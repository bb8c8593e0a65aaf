//! Operations confirmed by a passkey, and the lock that shuts out everything weaker.

use sekisho_core::operation::OperationState;
use sekisho_gate::{
    ConfirmAnswer, ConfirmSent, ConfirmWays, Enrolled, PasskeyPrompt, ShownOperation,
};
use sekisho_world::passkey::Passkey;

use super::confirm::Story;
use super::passkey::{answered, made, name};

pub(super) async fn enrolled(story: &Story) -> Passkey {
    let (passkey, offer) = made(&story.here, &story.session, 7).await;
    let gate = &story.here.gate;
    let done = gate.enrol(&story.session, &offer, name("携帯")).await;
    assert_eq!(done.unwrap(), Enrolled::Done);
    passkey
}

async fn shown(story: &Story, id: sekisho_core::id::OperationId) -> ShownOperation {
    let locale = sekisho_core::notice::Locale::Ja;
    let shown = story.here.gate.shown(&story.session, id, locale).await;
    shown.unwrap().unwrap()
}

fn prompt(shown: &ShownOperation) -> PasskeyPrompt {
    let ConfirmWays::Passkey(prompt) = &shown.ways else {
        panic!("{shown:?}")
    };
    prompt.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_passkey_signs_confirms_one_operation_once() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let mut passkey = enrolled(&story).await;
        let (first, second) = (story.created("150000").await, story.created("150001").await);
        let answer = answered(&mut passkey, &prompt(&shown(&story, first.id).await));
        let other = gate.confirm(&story.session, second.id, &answer, &story.home);
        assert_eq!(other.await.unwrap(), ConfirmAnswer::Wrong);
        let right = gate.confirm(&story.session, first.id, &answer, &story.home);
        assert!(matches!(right.await.unwrap(), ConfirmAnswer::Confirmed));
        let again = gate.confirm(&story.session, first.id, &answer, &story.home);
        assert_eq!(again.await.unwrap(), ConfirmAnswer::Closed);
        let view = gate.operation(&story.caller, first.id).await.unwrap();
        let view = view.unwrap();
        assert_eq!(view.state, OperationState::Confirmed);
        assert!(view.grant.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_passkey_confirms_with_nothing_weaker() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        // A code that was sent before the passkey was added is worth nothing afterwards.
        let view = story.created("150000").await;
        let sent = gate.confirm_send(&story.session, view.id, &story.home);
        assert_eq!(sent.await.unwrap(), ConfirmSent::Sent);
        let code = story.here.code().await.unwrap();
        enrolled(&story).await;
        let weaker = gate.confirm(&story.session, view.id, &code, &story.home);
        assert_eq!(weaker.await.unwrap(), ConfirmAnswer::Wrong);
        let later = story.created("150001").await;
        assert!(matches!(
            shown(&story, later.id).await.ways,
            ConfirmWays::Passkey(_)
        ));
        let refused = gate.confirm_send(&story.session, later.id, &story.home);
        assert_ne!(refused.await.unwrap(), ConfirmSent::Sent);
        let entries = story.here.gate.operation(&story.caller, later.id).await;
        assert_eq!(entries.unwrap().unwrap().state, OperationState::Pending);
    }
}
