//! Operations confirmed by an approval on a phone, for exactly the amount and payee that it shows.

use sekisho_core::moment::Span;
use sekisho_core::notice::Locale;
use sekisho_core::operation::OperationState;
use sekisho_gate::{ApprovalAbout, ApproveAnswer, Claim, ConfirmAnswer, PushTarget};
use sekisho_sim::installation::Installation;

use super::confirm::Story;
use super::push::{asked, equipped, secret};
use super::push_host::PushHost;

#[tokio::test(flavor = "multi_thread")]
async fn the_phone_shows_amount_and_payee_and_confirms_exactly_those() {
    let service = PushHost::start().await;
    for here in Installation::each_pushing("jsda-2025", &service.push())
        .await
        .unwrap()
    {
        let phone = equipped(&here, &service).await;
        here.pass(Span::hours(24));
        let story = Story::of(here).await;
        let (here, gate) = (&story.here, &story.here.gate);
        let (first, second) = (story.created("150000").await, story.created("150001").await);
        let target = PushTarget::Operation(&story.session, first.id);
        let number = asked(gate, target, &story.home).await;
        let opened = secret(here).await;
        let shown = gate
            .approval(&opened, &phone.visitor, Locale::Ja)
            .await
            .unwrap();
        let ApprovalAbout::Operation {
            name,
            amount,
            payees,
            texts,
        } = shown.unwrap().about
        else {
            panic!("not the operation")
        };
        assert_eq!(
            (name.as_str(), amount.as_deref()),
            ("出金", Some("150,000 JPY"))
        );
        let [payee] = &payees[..] else {
            panic!("{payees:?}")
        };
        assert!(texts.is_empty());
        assert!(payee.contains("ヤマダ") && payee.contains("567") && !payee.contains("1234567"));
        let approved = gate
            .approve(&opened, &number, &phone.visitor)
            .await
            .unwrap();
        assert_eq!(approved, ApproveAnswer::Approved);
        // It confirms no other operation, and this one once.
        let confirm = |id| gate.confirm(&story.session, id, Claim::Push, &story.home);
        assert_eq!(confirm(second.id).await.unwrap(), ConfirmAnswer::Wrong);
        assert_eq!(confirm(first.id).await.unwrap(), ConfirmAnswer::Confirmed);
        assert_eq!(confirm(first.id).await.unwrap(), ConfirmAnswer::Closed);
        let view = gate
            .operation(&story.caller, first.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(view.state, OperationState::Confirmed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_was_declined_meanwhile_is_not_approved() {
    let service = PushHost::start().await;
    for here in Installation::each_pushing("jsda-2025", &service.push())
        .await
        .unwrap()
    {
        let phone = equipped(&here, &service).await;
        here.pass(Span::hours(24));
        let story = Story::of(here).await;
        let (here, gate) = (&story.here, &story.here.gate);
        let view = story.created("150000").await;
        let target = PushTarget::Operation(&story.session, view.id);
        let number = asked(gate, target, &story.home).await;
        let opened = secret(here).await;
        gate.decline(&story.session, view.id).await.unwrap();
        let shown = gate
            .approval(&opened, &phone.visitor, Locale::Ja)
            .await
            .unwrap();
        assert!(shown.is_none());
        let late = gate
            .approve(&opened, &number, &phone.visitor)
            .await
            .unwrap();
        assert_eq!(late, ApproveAnswer::Over);
        let closed = gate
            .confirm(&story.session, view.id, Claim::Push, &story.home)
            .await;
        assert_eq!(closed.unwrap(), ConfirmAnswer::Closed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_of_today_moves_no_money() {
    let service = PushHost::start().await;
    for here in Installation::each_pushing("jsda-2025", &service.push())
        .await
        .unwrap()
    {
        let phone = equipped(&here, &service).await;
        let story = Story::of(here).await;
        let (here, gate) = (&story.here, &story.here.gate);
        let view = story.created("150000").await;
        let target = PushTarget::Operation(&story.session, view.id);
        let number = asked(gate, target, &story.home).await;
        let opened = secret(here).await;
        let approved = gate.approve(&opened, &number, &phone.visitor).await;
        assert_eq!(approved.unwrap(), ApproveAnswer::Approved);
        let held = gate.confirm(&story.session, view.id, Claim::Push, &story.home);
        assert_eq!(held.await.unwrap(), ConfirmAnswer::Held);
    }
}
