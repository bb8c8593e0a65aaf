//! Operations confirmed by an authenticator app, as long as there is no passkey.

use sekisho_core::moment::Span;
use sekisho_core::notice::Locale;
use sekisho_core::operation::OperationState;
use sekisho_gate::{Claim, ConfirmAnswer};
use sekisho_seal::totp::TotpSecret;

use super::confirm::Story;
use super::confirm_passkey::enrolled;
use super::passkey::session;
use super::totp::{added, now};

/// The code of `app` in half a minute.
fn later(story: &Story, app: &TotpSecret) -> String {
    story.here.pass(Span::seconds(30));
    now(&story.here, app)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_the_app_confirms_one_operation_once() {
    for mut story in Story::each().await {
        let app = added(&story.here, &story.session).await;
        let early = story.created("149999").await;
        let (gate, code) = (&story.here.gate, later(&story, &app));
        let claim = Claim::Totp(&code);
        let held = gate.confirm(&story.session, early.id, claim, &story.home);
        assert_eq!(held.await.unwrap(), ConfirmAnswer::Held, "added today");
        story.here.pass(Span::hours(24));
        let opened = story.here.signed_in(&story.home).await.unwrap();
        story.session = session(&story.here, &opened).await;
        let (here, gate) = (&story.here, &story.here.gate);
        let (first, second) = (story.created("150000").await, story.created("150001").await);
        let shown = gate.shown(&story.session, first.id, Locale::Ja).await;
        assert!(shown.unwrap().unwrap().totp);
        let code = now(here, &app);
        let confirm = |id, code| gate.confirm(&story.session, id, Claim::Totp(code), &story.home);
        let right = confirm(first.id, &code).await.unwrap();
        assert!(matches!(right, ConfirmAnswer::Confirmed));
        let again = confirm(second.id, &code).await.unwrap();
        assert_eq!(again, ConfirmAnswer::Wrong, "used");
        let view = gate.operation(&story.caller, second.id).await.unwrap();
        assert_eq!(view.unwrap().state, OperationState::Pending);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_passkey_confirms_no_more_by_app() {
    for story in Story::each().await {
        let (here, gate) = (&story.here, &story.here.gate);
        let app = added(here, &story.session).await;
        enrolled(&story).await;
        here.pass(Span::seconds(30));
        let view = story.created("150000").await;
        let shown = gate.shown(&story.session, view.id, Locale::Ja).await;
        assert!(!shown.unwrap().unwrap().totp);
        let code = now(here, &app);
        let claim = Claim::Totp(&code);
        let weaker = gate.confirm(&story.session, view.id, claim, &story.home);
        assert_eq!(weaker.await.unwrap(), ConfirmAnswer::Wrong);
    }
}
