//! Limits through the whole gate: what goes through at once, one after the other, a day later, and
//! what a customer's own limits do.

use sekisho_core::access::OperationKind;
use sekisho_core::change::{Change, LimitChange};
use sekisho_core::decision::Decision;
use sekisho_core::known::{ChoiceKnown, LimitKnown, OwnLimit};
use sekisho_core::moment::Span;
use sekisho_core::money::Currency;
use sekisho_core::operation::OperationState;
use sekisho_core::policy::Choice;
use sekisho_core::proof::Method;
use sekisho_core::reason::Reason;
use sekisho_gate::{ConfirmAnswer, Fault, OperateRequest, Operated, OperationView, Redeemed};
use sekisho_sim::sample::entry;
use sekisho_store::Committal;

use super::confirm::{Story, handed, request};

fn kind() -> OperationKind {
    OperationKind::parse("withdraw").unwrap()
}

impl Story {
    async fn changed(&self, number: u64, change: LimitChange) {
        let store = self.here.place.store().await.unwrap();
        let decision = Decision::of(entry(number)).with([Change::Limit(change)]);
        let landed = store.commit(&decision, &[]).await.unwrap();
        assert_eq!(landed, Committal::Committed);
    }

    /// The customer chose that withdrawals ask nothing.
    async fn chose_none(&self) {
        let customer = self.session.customer();
        let to = ChoiceKnown {
            own: Some(Choice::None),
            next: None,
            revision: 0,
        };
        let kind = kind();
        let chosen = LimitChange::Chosen { customer, kind, to };
        self.changed(9_001, chosen).await;
    }

    /// The customer's own limit of a day, in yen; `revision` is that of the row there is.
    async fn day(&self, day: i64, revision: i64) {
        let customer = self.session.customer();
        let to = LimitKnown {
            own: OwnLimit {
                each: None,
                day: Some(day),
            },
            revision,
            ..LimitKnown::none(Currency::parse("JPY").unwrap())
        };
        let number = 9_100 + u64::try_from(revision).unwrap();
        let kind = kind();
        self.changed(number, LimitChange::Set { customer, kind, to })
            .await;
    }

    fn asked(&self, amount: &str) -> OperateRequest {
        OperateRequest {
            verified: vec![Method::Password, Method::MailCode],
            ..request(&self.caller, amount)
        }
    }

    async fn operated(&self, amount: &str) -> OperationView {
        let made = self.here.gate.operate(self.asked(amount)).await.unwrap();
        let Operated::Created(view) = made else {
            panic!("{made:?}")
        };
        view
    }

    async fn paid_out(&self, view: &OperationView) {
        let grant = view.grant.clone().unwrap();
        let done = self.here.gate.redeem(&self.caller, handed(&grant, None));
        let done = done.await.unwrap();
        assert!(matches!(done, Redeemed::Redeemed(_)), "{done:?}");
    }
}

/// Fifty of 900,000 yen at once, with a limit of 20,000,000 a day: 22 go through.
#[tokio::test(flavor = "multi_thread")]
async fn what_goes_through_at_once_is_never_more_than_the_day_allows() {
    for story in Story::settled_under("jp-legacy").await {
        story.chose_none().await;
        let mut racing = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (gate, asked) = (story.here.gate.clone(), story.asked("900000"));
            racing.spawn(async move { gate.operate(asked).await });
        }
        let mut granted = Vec::new();
        let (mut refused, mut again) = (0, 0);
        for answer in racing.join_all().await {
            match answer {
                Ok(Operated::Created(view)) if view.grant.is_some() => granted.push(view),
                Ok(Operated::Created(view)) => {
                    assert_eq!(view.state, OperationState::Refused);
                    assert!(view.decision.reasons.contains(&Reason::LimitDay));
                    refused += 1;
                }
                // So many at once that it was decided too often anew; the application asks again.
                Err(Fault::Contended { .. }) => again += 1,
                other => panic!("{other:?}"),
            }
        }
        assert!(granted.len() <= 22, "{}", granted.len());
        for _ in 0..again {
            let view = story.operated("900000").await;
            match view.grant {
                Some(_) => granted.push(view),
                None => {
                    let reasons = &view.decision.reasons;
                    assert!(reasons.contains(&Reason::LimitDay), "{view:?}");
                    refused += 1;
                }
            }
        }
        // What counts is the limit to the last one that fits, whatever each of them was answered.
        let store = story.here.place.store().await.unwrap();
        let known = store.confirm(granted[0].id, story.here.clock.now());
        let standing = known.await.unwrap().unwrap().standing;
        let yen = Currency::parse("JPY").unwrap();
        assert_eq!(standing.counted(yen), 22 * 900_000, "{refused} refused");
        // 200,000 are left, and not a yen more.
        assert!(story.operated("200001").await.grant.is_none());
        let last = story.operated("200000").await;
        assert!(last.grant.is_some());
        assert!(last.decision.reasons.contains(&Reason::OwnChoice));
        assert!(story.operated("1").await.grant.is_none());
        // What nobody redeemed counts no more once it cannot be; what was redeemed counts a day.
        story.paid_out(&last).await;
        story.paid_out(&granted[0]).await;
        story.here.pass(Span::minutes(3));
        let rest = 20_000_000 - 200_000 - 900_000;
        for _ in 0..rest / 900_000 {
            let view = story.operated("900000").await;
            story.paid_out(&view).await;
        }
        assert!(story.operated("900000").await.grant.is_none());
        story
            .here
            .pass(Span(Span::hours(24).0 - Span::minutes(4).0));
        assert!(
            story.operated("900000").await.grant.is_none(),
            "rolling hours"
        );
        story.here.pass(Span::minutes(5));
        assert!(story.operated("900000").await.grant.is_some());
    }
}

/// The limit binds when it is confirmed, whatever was said when it was asked for.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_confirmations_at_once_the_limit_lets_one_through() {
    for story in Story::settled().await {
        story.day(1_000_000, 0).await;
        let [first, second] = [story.created("900000").await, story.created("900000").await];
        let mut racing = tokio::task::JoinSet::new();
        for view in [first.id, second.id] {
            let gate = story.here.gate.clone();
            let (session, home) = (story.session.clone(), story.home.clone());
            gate.confirm_send(&session, view, &home).await.unwrap();
            let code = story.here.code().await.unwrap();
            story.here.pass(Span::seconds(31));
            racing.spawn(async move { gate.confirm(&session, view, &code, &home).await });
        }
        let answers: Vec<_> = racing.join_all().await;
        let confirmed =
            |answer: &&Result<ConfirmAnswer, _>| matches!(answer, Ok(ConfirmAnswer::Confirmed));
        assert_eq!(answers.iter().filter(confirmed).count(), 1, "{answers:?}");
        let gate = &story.here.gate;
        let mut states = Vec::new();
        for view in [first.id, second.id] {
            let view = gate.operation(&story.caller, view).await.unwrap().unwrap();
            states.push(view.state);
        }
        states.sort_by_key(|state| state.word());
        assert_eq!(states, [OperationState::Confirmed, OperationState::Refused]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_lowered_meanwhile_binds_what_is_confirmed_then() {
    for story in Story::settled().await {
        story.day(1_000_000, 0).await;
        let view = story.created("900000").await;
        let gate = &story.here.gate;
        let sent = gate.confirm_send(&story.session, view.id, &story.home);
        sent.await.unwrap();
        let code = story.here.code().await.unwrap();
        story.day(899_999, 1).await;
        let answer = gate.confirm(&story.session, view.id, &code, &story.home);
        assert_eq!(answer.await.unwrap(), ConfirmAnswer::Closed);
        let view = gate.operation(&story.caller, view.id).await.unwrap();
        let view = view.unwrap();
        assert_eq!(view.state, OperationState::Refused);
        assert!(view.grant.is_none());
        // Asked for again, it is refused at once; and less goes on.
        let made = gate
            .operate(request(&story.caller, "900000"))
            .await
            .unwrap();
        let Operated::Created(made) = made else {
            panic!("{made:?}")
        };
        assert_eq!(made.decision.reasons.last(), Some(&Reason::LimitDay));
        story.created("899999").await;
    }
}
