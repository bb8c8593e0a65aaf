//! Batches: several payments that are shown, confirmed, granted and redeemed as one.

use sekisho_core::access::OperationKind;
use sekisho_core::moment::Span;
use sekisho_core::notice::Locale;
use sekisho_core::operation::{Fields, OperationState};
use sekisho_core::outcome::Outcome;
use sekisho_core::policy::Policy;
use sekisho_core::reason::Reason;
use sekisho_core::text::Reference;
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{
    Body, ConfirmAnswer, ConfirmSent, ConfirmWays, OperateRequest, Operated, OperationView,
    OutcomeAnswer, Redeemed,
};
use serde_json::{Value, json};

use super::confirm::{Story, handed, request};

const PROFILE: &str = concat!(
    include_str!("../../../../crates/core/src/policy/jsda-2025.toml"),
    r#"
[operation.transfer_batch]
name = { ja = "総合振込", en = "Batch transfer" }
fields = { payments = "payments" }
require = ["confirmation"]
effect = "money_out"
"#
);

fn batch(payments: &[(&str, &str)]) -> Value {
    let one = |(amount, number): &(&str, &str)| {
        json!({
            "amount": {"currency": "JPY", "value": amount},
            "payee": {"account_type": "ordinary", "bank": "0005", "branch": "123",
                "holder": "ヤマダ タロウ", "number": number},
        })
    };
    json!({ "payments": payments.iter().map(one).collect::<Vec<_>>() })
}

async fn asked(story: &Story, customer: &str, payments: &[(&str, &str)]) -> OperationView {
    let kind = OperationKind::parse("transfer_batch").unwrap();
    let types = &Policy::parse(PROFILE).unwrap().operation[&kind].fields;
    let request = OperateRequest {
        customer: Reference::parse(customer).unwrap(),
        kind,
        fields: Fields::parse(&batch(payments), types).unwrap(),
        ..request(&story.caller, "1")
    };
    match story.here.gate.operate(request).await.unwrap() {
        Operated::Created(view) => view,
        other => panic!("{other:?}"),
    }
}

/// The customer of the story confirms it, and it is redeemed.
async fn carried_out(story: &Story, view: &OperationView) {
    let gate = &story.here.gate;
    gate.confirm_send(&story.session, view.id, &story.home)
        .await
        .unwrap();
    let code = story.here.code().await.unwrap();
    let answer = gate.confirm(&story.session, view.id, &code, &story.home);
    assert_eq!(answer.await.unwrap(), ConfirmAnswer::Confirmed);
    let view = gate.operation(&story.caller, view.id).await.unwrap();
    let grant = view.unwrap().grant.unwrap();
    let done = gate.redeem(&story.caller, handed(&grant, None)).await;
    assert!(matches!(done.unwrap(), Redeemed::Redeemed(_)));
}

async fn settled() -> Vec<Story> {
    let mut all = Story::each_under(PROFILE).await;
    for story in &mut all {
        story.here.pass(Span::hours(73));
        let opened = story.here.signed_in(&story.home).await.unwrap();
        story.session = super::passkey::session(&story.here, &opened).await;
        story.here.pass(Span::seconds(1));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn total_and_payees_are_shown_sent_and_confirmed_together() {
    for story in settled().await {
        let view = asked(
            &story,
            "C-1",
            &[("150000", "1234567"), ("250000", "7654321")],
        )
        .await;
        assert_eq!(view.state, OperationState::Pending, "{view:?}");
        let gate = &story.here.gate;
        let shown = gate.shown(&story.session, view.id, Locale::Ja).await;
        let shown = shown.unwrap().unwrap();
        assert_eq!(shown.amount.as_deref(), Some("400,000 JPY"));
        let each = shown.payments.iter();
        let each: Vec<_> = each
            .map(|(amount, to)| (amount.as_str(), to.number.as_str()))
            .collect();
        assert_eq!(
            each,
            [("150,000 JPY", "1234567"), ("250,000 JPY", "7654321")]
        );
        assert_eq!(shown.statement.lines.len(), 1 + 2 * 6);
        assert_eq!(
            shown.payment, None,
            "a dialog of the browser would leave payees out"
        );
        carried_out(&story, &view).await;
        let messages = story.here.messages().await.unwrap();
        let told = messages.into_iter().find_map(|message| match message.body {
            Body::ConfirmCode { amount, payee, .. } => Some((amount, payee)),
            _ => None,
        });
        let (amount, payee) = told.unwrap();
        assert_eq!(amount.as_deref(), Some("400,000 JPY"));
        let payee = payee.unwrap();
        assert_eq!(
            payee,
            "0005-123 ****567 ヤマダ タロウ / 0005-123 ****321 ヤマダ タロウ (2)"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fraud_with_a_batch_is_held_against_every_payee_of_it() {
    for story in settled().await {
        let view = asked(&story, "C-1", &[("1000", "1111111"), ("1000", "2222222")]).await;
        carried_out(&story, &view).await;
        let fraud = story.here.gate.outcome(
            &story.caller,
            view.decision.id,
            Outcome::ConfirmedFraud,
            None,
        );
        assert_eq!(fraud.await.unwrap(), OutcomeAnswer::Recorded);
        story
            .here
            .customer("C-2", "hanako@example.jp")
            .await
            .unwrap();
        for payee in ["1111111", "2222222"] {
            let view = asked(&story, "C-2", &[("1000", "3333333"), ("1000", payee)]).await;
            let reasons = &view.decision.reasons;
            assert!(
                reasons.contains(&Reason::PartyReported),
                "{payee} {reasons:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_payee_that_others_use_holds_the_whole_batch_wherever_it_stands() {
    for story in settled().await {
        let view = asked(&story, "C-1", &[("1000", "1111111"), ("1000", "2222222")]).await;
        carried_out(&story, &view).await;
        story
            .here
            .customer("C-2", "hanako@example.jp")
            .await
            .unwrap();
        for payments in [
            [("1000", "2222222"), ("1000", "3333333")],
            [("1000", "3333333"), ("1000", "2222222")],
        ] {
            let view = asked(&story, "C-2", &payments).await;
            assert_eq!(view.decision.verdict, VerdictKind::Hold, "{payments:?}");
            let reasons = &view.decision.reasons;
            assert!(
                reasons.contains(&Reason::PayoutAccountShared),
                "{reasons:?}"
            );
        }
        let view = asked(&story, "C-2", &[("1000", "3333333"), ("1000", "4444444")]).await;
        assert_eq!(view.decision.verdict, VerdictKind::StepUp);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_sent_only_where_its_message_names_everybody() {
    for story in settled().await {
        let gate = &story.here.gate;
        let four = ["1111111", "2222222", "3333333", "4444444"].map(|number| ("1000", number));
        let sent = async |payments| {
            let view = asked(&story, "C-1", payments).await;
            story.here.pass(Span::minutes(2));
            let sent = gate.confirm_send(&story.session, view.id, &story.home);
            (view, sent.await.unwrap())
        };
        let (_, three) = sent(&four[..3]).await;
        assert_eq!(three, ConfirmSent::Sent);
        let (view, all) = sent(&four).await;
        assert_ne!(all, ConfirmSent::Sent);
        let shown = gate.shown(&story.session, view.id, Locale::Ja).await;
        let shown = shown.unwrap().unwrap();
        assert_eq!((shown.payments.len(), &shown.ways), (4, &ConfirmWays::None));
        // What the page is named by is no hash that amount and payee could be guessed from.
        assert_ne!(shown.seen, shown.statement.digest().to_string());
    }
}
