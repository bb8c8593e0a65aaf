//! Operations confirmed by a passkey, and the lock that shuts out everything weaker.

use sekisho_core::moment::Span;
use sekisho_core::operation::OperationState;
use sekisho_core::verdict::Requirement;
use sekisho_gate::{
    Body, ConfirmAnswer, ConfirmSent, ConfirmWays, Enrolled, PasskeyPrompt, ShownOperation,
};
use sekisho_world::passkey::{BACKUP_ELIGIBLE, Passkey};

use super::confirm::Story;
use super::passkey::{answered, made, name, session, signed_in};

pub(super) async fn enrolled(story: &Story) -> Passkey {
    let (passkey, offer) = made(&story.here, &story.session, 7).await;
    let gate = &story.here.gate;
    let named = (name("携帯"), &story.home);
    let done = gate.enrol(&story.session, &offer, named).await;
    assert_eq!(done.unwrap(), Enrolled::Done);
    passkey
}

pub(super) async fn shown(story: &Story, id: sekisho_core::id::OperationId) -> ShownOperation {
    let locale = sekisho_core::notice::Locale::Ja;
    let shown = story.here.gate.shown(&story.session, id, locale).await;
    shown.unwrap().unwrap()
}

pub(super) fn prompt(shown: &ShownOperation) -> PasskeyPrompt {
    let ConfirmWays::Passkey(prompt) = &shown.ways else {
        panic!("{shown:?}")
    };
    prompt.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_passkey_signs_confirms_one_operation_once() {
    for story in Story::settled().await {
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

async fn confirmed(story: &Story, passkey: &mut Passkey, amount: &str) -> ConfirmAnswer {
    let view = story.created(amount).await;
    let answer = answered(passkey, &prompt(&shown(story, view.id).await));
    let gate = &story.here.gate;
    let answer = gate.confirm(&story.session, view.id, &answer, &story.home);
    answer.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_of_today_from_a_place_that_is_not_settled_moves_no_money() {
    for mut story in Story::each().await {
        let mut passkey = enrolled(&story).await;
        let held = confirmed(&story, &mut passkey, "150000").await;
        assert_eq!(held, ConfirmAnswer::Held);
        let messages = story.here.messages().await.unwrap();
        let held = |body: &Body| matches!(body, Body::Hold(_));
        assert!(messages.iter().any(|one| held(&one.body)));
        story.here.pass(Span::hours(24));
        story.session = signed_in(&story.here, &mut passkey).await;
        let done = confirmed(&story, &mut passkey, "150001").await;
        assert!(matches!(done, ConfirmAnswer::Confirmed), "{done:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lock_outlasts_the_last_passkey() {
    for mut story in Story::settled().await {
        let mut passkey = enrolled(&story).await;
        story.session = signed_in(&story.here, &mut passkey).await;
        let gate = &story.here.gate;
        let id = gate.passkeys(&story.session).await.unwrap().all[0].id;
        let gone = gate.discard(&story.session, id).await.unwrap();
        assert_eq!(gone, Enrolled::Done);
        let view = story.created("150000").await;
        assert_eq!(shown(&story, view.id).await.ways, ConfirmWays::Enrol);
        let sent = gate.confirm_send(&story.session, view.id, &story.home);
        assert_ne!(sent.await.unwrap(), ConfirmSent::Sent);
        story.here.pass(Span::hours(24));
        let opened = story.here.signed_in(&story.home).await.unwrap();
        story.session = session(&story.here, &opened).await;
        let view = story.created("150001").await;
        let gate = &story.here.gate;
        let sent = gate.confirm_send(&story.session, view.id, &story.home);
        assert_eq!(sent.await.unwrap(), ConfirmSent::Sent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn applications_are_told_that_a_passkey_is_wanted_and_grants_that_it_was_used() {
    for story in Story::settled().await {
        let before = story.created("150000").await;
        assert_eq!(before.decision.requirements, [Requirement::Confirmation]);
        let mut passkey = enrolled(&story).await;
        passkey.flags |= BACKUP_ELIGIBLE;
        let view = story.created("150001").await;
        let asked = [Requirement::Confirmation, Requirement::PhishingResistant];
        assert_eq!(view.decision.requirements, asked);
        let answer = answered(&mut passkey, &prompt(&shown(&story, view.id).await));
        let gate = &story.here.gate;
        let done = gate.confirm(&story.session, view.id, &answer, &story.home);
        // An authenticator that says one day that its key may be copied is another one.
        assert_eq!(done.await.unwrap(), ConfirmAnswer::Wrong);
        passkey.flags &= !BACKUP_ELIGIBLE;
        let answer = answered(&mut passkey, &prompt(&shown(&story, view.id).await));
        let done = gate.confirm(&story.session, view.id, &answer, &story.home);
        assert!(matches!(done.await.unwrap(), ConfirmAnswer::Confirmed));
        let view = gate.operation(&story.caller, view.id).await.unwrap();
        let grant = view.unwrap().grant.unwrap();
        // The session was opened by password and code, which confirmed nothing.
        assert_eq!(claims(&grant)["amr"], serde_json::json!(["hwk", "user"]));
    }
}

fn claims(grant: &str) -> serde_json::Value {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let payload = URL_SAFE_NO_PAD.decode(grant.split('.').nth(1).unwrap());
    serde_json::from_slice(&payload.unwrap()).unwrap()
}
