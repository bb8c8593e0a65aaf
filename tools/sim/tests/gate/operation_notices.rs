//! What customers are told of their operations, step by step.

use sekisho_core::access::OperationKind;
use sekisho_core::moment::Span;
use sekisho_core::notice::OperationEvent;
use sekisho_core::operation::Fields;
use sekisho_core::policy::Policy;
use sekisho_gate::{Body, ConfirmAnswer, OperateRequest, Operated, OperationView, Redeemed};
use serde_json::json;

use super::confirm::{Story, handed, request};

impl Story {
    /// Asks for a change of the payout account to one with this number, confirms and redeems it.
    pub(super) async fn payout_account_changed(&self, number: &str) {
        let kind = OperationKind::parse("payout_account_change").unwrap();
        let policy = Policy::profile("jsda-2025").unwrap();
        let account = json!({"account_type": "ordinary", "bank": "0005", "branch": "123",
            "holder": "ヤマダ タロウ", "number": number});
        let fields = json!({ "payout_account": account });
        let fields = Fields::parse(&fields, &policy.operation[&kind].fields).unwrap();
        let request = OperateRequest {
            kind,
            fields,
            ..request(&self.caller, "1")
        };
        let made = self.here.gate.operate(request).await.unwrap();
        let Operated::Created(view) = made else {
            panic!("{made:?}")
        };
        self.carried_out(&view).await;
    }

    pub(super) async fn carried_out(&self, view: &OperationView) {
        let gate = &self.here.gate;
        gate.confirm_send(&self.session, view.id, &self.home)
            .await
            .unwrap();
        let code = self.here.code().await.unwrap();
        let answer = gate
            .confirm(&self.session, view.id, &code, &self.home)
            .await;
        assert_eq!(answer.unwrap(), ConfirmAnswer::Confirmed);
        // What is told next is told later.
        self.here.pass(Span::seconds(1));
        let view = gate.operation(&self.caller, view.id).await.unwrap();
        let grant = view.unwrap().grant.unwrap();
        let done = gate.redeem(&self.caller, handed(&grant, None)).await;
        assert!(matches!(done.unwrap(), Redeemed::Redeemed(_)));
    }

    /// What was told of operations, in order: the step, and how many days ago the payout account
    /// was changed.
    async fn told(&self) -> Vec<(OperationEvent, Option<u16>)> {
        let messages = self.here.messages().await.unwrap();
        let told = messages
            .into_iter()
            .filter_map(|message| match message.body {
                Body::Operation(told) => Some((told.event, told.about.payout_changed_days)),
                _ => None,
            });
        told.collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn receipt_and_completion_are_told_and_a_changed_payout_account_is_named() {
    for mut story in Story::settled().await {
        story.payout_account_changed("7654321").await;
        let steps = [OperationEvent::Confirmed, OperationEvent::Redeemed];
        assert_eq!(story.told().await, steps.map(|step| (step, None)));
        story.here.pass(Span::hours(24 * 5));
        let opened = story.here.signed_in(&story.home).await.unwrap();
        story.session = super::passkey::session(&story.here, &opened).await;
        story.here.pass(Span::seconds(1));
        let view = story.created("1000").await;
        let locale = sekisho_core::notice::Locale::Ja;
        let shown = story.here.gate.shown(&story.session, view.id, locale).await;
        assert_eq!(shown.unwrap().unwrap().payout_changed_days, Some(5));
        story.carried_out(&view).await;
        let told = story.told().await;
        assert_eq!(told[2..], steps.map(|step| (step, Some(5))));
        story.here.pass(Span::hours(24 * 26));
        let opened = story.here.signed_in(&story.home).await.unwrap();
        story.session = super::passkey::session(&story.here, &opened).await;
        story.here.pass(Span::seconds(1));
        let view = story.created("1000").await;
        story.carried_out(&view).await;
        assert_eq!(story.told().await[4..], steps.map(|step| (step, None)));
    }
}
