//! Guarded operations from the request to the redeemed grant, and every way to misuse one.

use std::collections::BTreeMap;

use secrecy::ExposeSecret as _;
use sekisho_core::access::OperationKind;
use sekisho_core::bytes::Digest;
use sekisho_core::moment::Span;
use sekisho_core::notice::OperationEvent;
use sekisho_core::operation::{FieldType, Fields, OperationState};
use sekisho_core::proof::Method;
use sekisho_core::reason::Reason;
use sekisho_core::text::Reference;
use sekisho_core::verdict::VerdictKind;
use sekisho_gate::{
    Body, Caller, CodeAnswer, ConfirmAnswer, ConfirmSent, OperateRequest, Operated, OperationView,
    RedeemRequest, Redeemed, Reported, RequestContext, Session, SignInAnswer, Visitor,
};
use sekisho_sim::installation::{
    Installation, LOGIN, PASSWORD, anywhere, other_code, typed, visitor,
};
use serde_json::json;

const HOME: [u8; 4] = [203, 0, 113, 7];
const AWAY: [u8; 4] = [198, 51, 100, 9];

fn kind() -> OperationKind {
    OperationKind::parse("withdraw").unwrap()
}

fn fields(amount: &str) -> Fields {
    let types = BTreeMap::from([
        ("amount".to_owned(), FieldType::Money),
        ("payee".to_owned(), FieldType::PayoutAccount),
    ]);
    let value = json!({
        "amount": {"currency": "JPY", "value": amount},
        "payee": {"account_type": "ordinary", "bank": "0005", "branch": "123", "holder": "ヤマダ タロウ", "number": "1234567"},
    });
    Fields::parse(&value, &types).unwrap()
}

pub(super) fn request(caller: &Caller, amount: &str) -> OperateRequest {
    OperateRequest {
        way: sekisho_core::known::Way::default(),
        application: caller.application,
        customer: Reference::parse("C-1").unwrap(),
        kind: kind(),
        fields: fields(amount),
        context: RequestContext {
            address: Some(HOME.into()),
            user_agent: Some(visitor(HOME).user_agent),
            device: None,
        },
        verified: Vec::new(),
        nonce: None,
        return_uri: Some("http://localhost/done".to_owned()),
        idempotency: None,
    }
}

pub(super) fn handed(grant: &str, about: Option<Fields>) -> RedeemRequest {
    RedeemRequest {
        grant: grant.to_owned(),
        about: about.map(|fields| (kind(), fields)),
        idempotency: None,
    }
}

pub(super) struct Story {
    pub(super) here: Installation,
    pub(super) caller: Caller,
    pub(super) session: Session,
    pub(super) home: Visitor,
}

impl Story {
    pub(super) async fn each() -> Vec<Self> {
        Self::each_under("jsda-2025").await
    }

    pub(super) async fn each_under(profile: &'static str) -> Vec<Self> {
        let mut all = Vec::new();
        for here in Installation::each(profile).await.unwrap() {
            here.customer("C-1", LOGIN).await.unwrap();
            all.push(Self::of(here).await);
        }
        all
    }

    /// The same, when the place has been the customer's for as long as it takes.
    pub(super) async fn settled() -> Vec<Self> {
        let mut all = Self::each().await;
        for story in &mut all {
            story.here.pass(Span::hours(73));
            let opened = story.here.signed_in(&story.home).await.unwrap();
            story.session = super::passkey::session(&story.here, &opened).await;
        }
        all
    }

    /// The same under a profile that takes the password alone where the customer is at home: the
    /// session is another browser's, and has a second factor.
    pub(super) async fn settled_under(profile: &'static str) -> Vec<Self> {
        let mut all = Self::each_under(profile).await;
        for story in &mut all {
            story.here.pass(Span::hours(73));
            let opened = story.here.signed_in(&visitor(AWAY)).await.unwrap();
            story.session = super::passkey::session(&story.here, &opened).await;
            // What is sent next is sent later.
            story.here.pass(Span::seconds(1));
        }
        all
    }

    /// The usual customer signs in, with an application that asks for operations.
    pub(super) async fn of(here: Installation) -> Self {
        let caller = here.application("ひので証券").await.unwrap();
        let mut home = visitor(HOME);
        let opened = here.signed_in(&home).await.unwrap();
        let device = opened.device.unwrap();
        home.device = Some(device.text().expose_secret().to_owned());
        let cookie = opened.session.text().expose_secret();
        let session = here.gate.session(cookie, &anywhere()).await.unwrap();
        Self {
            here,
            caller,
            session: session.unwrap(),
            home,
        }
    }

    pub(super) async fn created(&self, amount: &str) -> OperationView {
        let made = self
            .here
            .gate
            .operate(request(&self.caller, amount))
            .await
            .unwrap();
        let Operated::Created(view) = made else {
            panic!("{made:?}")
        };
        assert_eq!(
            (view.state, view.decision.verdict),
            (OperationState::Pending, VerdictKind::StepUp)
        );
        view
    }

    pub(super) async fn confirmed(&self, amount: &str) -> OperationView {
        let view = self.created(amount).await;
        assert_eq!(
            self.here
                .gate
                .confirm_send(&self.session, view.id, &self.home)
                .await
                .unwrap(),
            ConfirmSent::Sent
        );
        let code = self.here.code().await.unwrap();
        let answer = self
            .here
            .gate
            .confirm(&self.session, view.id, &code, &self.home)
            .await
            .unwrap();
        assert_eq!(answer, ConfirmAnswer::Confirmed);
        self.here
            .gate
            .operation(&self.caller, view.id)
            .await
            .unwrap()
            .unwrap()
    }

    async fn refused(&self, caller: &Caller, grant: &str, about: Option<Fields>) -> Reason {
        let handed = handed(grant, about);
        let redeemed = self.here.gate.redeem(caller, handed).await.unwrap();
        let Redeemed::Refused(reason) = redeemed else {
            panic!("{redeemed:?}")
        };
        reason
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_what_is_confirmed_granted_and_redeemed_once() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let view = story.confirmed("150000").await;
        let messages = story.here.messages().await.unwrap();
        let told = messages.iter().find_map(|message| match &message.body {
            Body::ConfirmCode { amount, payee, .. } => Some((amount.clone(), payee.clone())),
            _ => None,
        });
        let (amount, payee) = told.unwrap();
        assert_eq!(amount.as_deref(), Some("150,000 JPY"));
        assert_eq!(payee.as_deref(), Some("0005-123 ****567 ヤマダ タロウ"));
        assert_eq!(view.state, OperationState::Confirmed);
        let grant = view.grant.unwrap();
        assert_eq!(
            story
                .refused(&story.caller, &grant, Some(fields("150001")))
                .await,
            Reason::OperationAltered
        );
        let done = gate
            .redeem(&story.caller, handed(&grant, Some(fields("150000"))))
            .await
            .unwrap();
        assert!(matches!(done, Redeemed::Redeemed(view) if view.state == OperationState::Redeemed));
        assert_eq!(
            story.refused(&story.caller, &grant, None).await,
            Reason::GrantInvalid
        );
        assert!(
            gate.operation(&story.caller, view.id)
                .await
                .unwrap()
                .unwrap()
                .grant
                .is_none()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_worth_nothing_to_others_altered_or_late() {
    for story in Story::each().await {
        let other = story.here.application("別の会社").await.unwrap();
        let view = story.confirmed("150000").await;
        let grant = view.grant.unwrap();
        assert_eq!(
            story.refused(&other, &grant, None).await,
            Reason::GrantInvalid
        );
        assert!(
            story
                .here
                .gate
                .operation(&other, view.id)
                .await
                .unwrap()
                .is_none()
        );
        let mut altered = grant.clone().into_bytes();
        let middle = altered.len() / 2;
        altered[middle] = if altered[middle] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        for bad in [altered.as_str(), "", "a.b.c", &"x".repeat(100_000)] {
            assert_eq!(
                story.refused(&story.caller, bad, None).await,
                Reason::GrantInvalid
            );
        }
        story.here.pass(Span::seconds(61));
        assert_eq!(
            story.refused(&story.caller, &grant, None).await,
            Reason::GrantInvalid
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_redemptions_at_once_on_two_nodes_one_succeeds() {
    for story in Story::each().await {
        let grant = story.confirmed("150000").await.grant.unwrap();
        let nodes = [
            story.here.gate.clone(),
            story.here.another_node().await.unwrap(),
        ];
        let mut racing = tokio::task::JoinSet::new();
        for gate in nodes.iter().cycle().take(1_000) {
            let (gate, caller, grant) = (gate.clone(), story.caller.clone(), grant.clone());
            racing.spawn(async move { gate.redeem(&caller, handed(&grant, None)).await });
        }
        let answers = racing.join_all().await;
        let won = |answer: &&Result<Redeemed, _>| matches!(answer, Ok(Redeemed::Redeemed(_)));
        assert_eq!(answers.iter().filter(won).count(), 1);
        // Whoever was sent away for want of room asks again, and is refused.
        assert_eq!(
            story.refused(&story.caller, &grant, None).await,
            Reason::GrantInvalid
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_missed_the_answer_may_ask_again() {
    for story in Story::each().await {
        let grant = story.confirmed("150000").await.grant.unwrap();
        let keyed = |body: &[u8]| RedeemRequest {
            idempotency: Some(("k-1".to_owned(), Digest::of(body))),
            ..handed(&grant, None)
        };
        let redeem = |request| story.here.gate.redeem(&story.caller, request);
        let first = redeem(keyed(b"one")).await.unwrap();
        assert!(matches!(first, Redeemed::Redeemed(_)));
        assert!(matches!(
            redeem(keyed(b"one")).await.unwrap(),
            Redeemed::Replayed(_)
        ));
        assert!(matches!(
            redeem(keyed(b"two")).await.unwrap(),
            Redeemed::KeyReused
        ));
        assert!(matches!(
            redeem(handed(&grant, None)).await.unwrap(),
            Redeemed::Refused(_)
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_cannot_confirm_for_the_customer() {
    for story in Story::each().await {
        let everything = vec![Method::Password, Method::MailCode, Method::Confirmation];
        let claimed = OperateRequest {
            verified: everything,
            ..request(&story.caller, "1")
        };
        let made = story.here.gate.operate(claimed).await.unwrap();
        let Operated::Created(view) = made else {
            panic!("{made:?}")
        };
        assert_eq!(view.state, OperationState::Pending);
        assert!(view.grant.is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_confirms_only_what_it_was_sent_for() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let first = story.created("150000").await;
        let second = story.created("990000").await;
        gate.confirm_send(&story.session, first.id, &story.home)
            .await
            .unwrap();
        let code = story.here.code().await.unwrap();
        let none = gate
            .confirm(&story.session, second.id, &code, &story.home)
            .await
            .unwrap();
        assert_eq!(
            none,
            ConfirmAnswer::Wrong,
            "no code was sent for the second one"
        );
        gate.confirm_send(&story.session, second.id, &story.home)
            .await
            .unwrap();
        let crossed = gate
            .confirm(&story.session, second.id, &code, &story.home)
            .await
            .unwrap();
        assert_eq!(crossed, ConfirmAnswer::Wrong);
        let right = gate
            .confirm(&story.session, first.id, &code, &story.home)
            .await
            .unwrap();
        assert!(matches!(right, ConfirmAnswer::Confirmed));
        let again = gate
            .confirm(&story.session, first.id, &code, &story.home)
            .await
            .unwrap();
        assert_eq!(again, ConfirmAnswer::Closed, "confirmed once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_wishes_at_once_send_one_code() {
    for story in Story::each().await {
        let view = story.created("150000").await;
        let before = story.here.messages().await.unwrap().len();
        let mut wishes = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (gate, session) = (story.here.gate.clone(), story.session.clone());
            let home = story.home.clone();
            wishes.spawn(async move { gate.confirm_send(&session, view.id, &home).await.unwrap() });
        }
        let answers = wishes.join_all().await;
        let sent = |answer: &&ConfirmSent| **answer == ConfirmSent::Sent;
        assert_eq!(answers.iter().filter(sent).count(), 1);
        assert!(!answers.contains(&ConfirmSent::Closed));
        assert_eq!(story.here.messages().await.unwrap().len(), before + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_ends_the_operation_and_tells_the_customer() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let view = story.created("150000").await;
        gate.confirm_send(&story.session, view.id, &story.home)
            .await
            .unwrap();
        let wrong = other_code(&story.here.code().await.unwrap());
        for _ in 0..4 {
            let answer = gate
                .confirm(&story.session, view.id, &wrong, &story.home)
                .await
                .unwrap();
            assert_eq!(answer, ConfirmAnswer::Wrong);
        }
        let last = gate
            .confirm(&story.session, view.id, &wrong, &story.home)
            .await
            .unwrap();
        assert_eq!(last, ConfirmAnswer::Closed);
        let view = gate
            .operation(&story.caller, view.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(view.state, OperationState::Refused);
        let messages = story.here.messages().await.unwrap();
        assert!(
            messages
                .iter()
                .any(|message| is_about(&message.body, OperationEvent::Refused))
        );
    }
}

/// Whether `body` tells that `event` became of an operation.
pub(super) fn is_about(body: &Body, event: OperationEvent) -> bool {
    matches!(body, Body::Operation(told) if told.event == event)
}

#[tokio::test(flavor = "multi_thread")]
async fn time_refusal_and_declining_close_an_operation() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let late = story.created("1").await;
        gate.confirm_send(&story.session, late.id, &story.home)
            .await
            .unwrap();
        let code = story.here.code().await.unwrap();
        story.here.pass(Span::minutes(10));
        let answer = gate
            .confirm(&story.session, late.id, &code, &story.home)
            .await
            .unwrap();
        assert_ne!(answer, ConfirmAnswer::Confirmed);
        let view = gate
            .operation(&story.caller, late.id)
            .await
            .unwrap()
            .unwrap();
        assert!(view.grant.is_none() && view.state == OperationState::Refused);
        let declined = story.created("2").await;
        gate.decline(&story.session, declined.id).await.unwrap();
        let sent = gate
            .confirm_send(&story.session, declined.id, &story.home)
            .await
            .unwrap();
        assert_eq!(sent, ConfirmSent::Closed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_customer_sees_nothing_of_it() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        story
            .here
            .customer("C-2", "hanako@example.jp")
            .await
            .unwrap();
        let view = story.created("150000").await;
        let mut attempt =
            sekisho_sim::installation::typed(sekisho_sim::installation::PASSWORD, &story.home);
        attempt.login = "hanako@example.jp".to_owned();
        let answer = gate.sign_in(attempt).await.unwrap();
        let sekisho_gate::SignInAnswer::StepUp { interaction } = answer else {
            panic!("{answer:?}")
        };
        let code = story.here.code().await.unwrap();
        let opened = gate
            .answer(interaction.text().expose_secret(), &code, &story.home)
            .await
            .unwrap();
        let sekisho_gate::CodeAnswer::Opened(opened) = opened else {
            panic!("{opened:?}")
        };
        let session = gate
            .session(opened.session.text().expose_secret(), &anywhere())
            .await
            .unwrap()
            .unwrap();
        let locale = sekisho_core::notice::Locale::Ja;
        assert!(
            gate.shown(&session, view.id, locale)
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(
            gate.confirm_send(&session, view.id, &story.home)
                .await
                .unwrap(),
            ConfirmSent::Closed
        );
        let answer = gate
            .confirm(&session, view.id, "123456", &story.home)
            .await
            .unwrap();
        assert_eq!(answer, ConfirmAnswer::Closed);
        gate.decline(&session, view.id).await.unwrap();
        let shown = gate.shown(&story.session, view.id, locale).await.unwrap();
        assert_eq!(shown.unwrap().state, OperationState::Pending, "it waits on");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_with_the_password_cannot_stop_a_confirmation() {
    for story in Story::each().await {
        let (gate, away) = (&story.here.gate, visitor([198, 51, 100, 9]));
        let answer = gate.sign_in(typed(PASSWORD, &away)).await.unwrap();
        let SignInAnswer::StepUp { interaction } = answer else {
            panic!("{answer:?}")
        };
        let token = interaction.text().expose_secret();
        for n in 1..=5 {
            let wrong = gate.answer(token, "no code", &away).await.unwrap();
            assert_eq!(matches!(wrong, CodeAnswer::Over), n == 5, "{wrong:?}");
        }
        let view = story.confirmed("150000").await;
        assert_eq!(view.state, OperationState::Confirmed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_takes_back_what_was_confirmed() {
    for story in Story::each().await {
        let gate = &story.here.gate;
        let view = story.confirmed("150000").await;
        let page = gate.history(&story.session, None).await.unwrap();
        let about = page.rows.first().unwrap().decision;
        let reported = gate.report_access(&story.session, about).await.unwrap();
        assert_eq!(reported, Reported::Frozen);
        let now = gate.operation(&story.caller, view.id).await.unwrap();
        assert_eq!(now.unwrap().state, OperationState::Refused);
        let grant = view.grant.unwrap();
        story.refused(&story.caller, &grant, None).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_the_whole_account_and_messages_mask_it() {
    for story in Story::each().await {
        let view = story.created("150000").await;
        let locale = sekisho_core::notice::Locale::Ja;
        let shown = story.here.gate.shown(&story.session, view.id, locale).await;
        let account = shown.unwrap().unwrap().payee.unwrap();
        assert_eq!(account.number, "1234567");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redemption_in_flight_while_a_report_lands_moves_no_money_after_it() {
    for story in Story::each().await {
        let grant = story.confirmed("150000").await.grant.unwrap();
        let page = story.here.gate.history(&story.session, None).await.unwrap();
        let about = page.rows.first().unwrap().decision;
        let mut redeeming = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let (gate, caller) = (story.here.gate.clone(), story.caller.clone());
            let request = handed(&grant, None);
            redeeming.spawn(async move { gate.redeem(&caller, request).await.unwrap() });
        }
        let reported = story.here.gate.report_access(&story.session, about).await;
        assert_eq!(reported.unwrap(), sekisho_gate::Reported::Frozen);
        let answers = redeeming.join_all().await;
        let redeemed = |answer: &&Redeemed| matches!(answer, Redeemed::Redeemed(_));
        let redeemed = answers.iter().filter(redeemed).count();
        let store = story.here.place.store().await.unwrap();
        let contents = story.here.place.contents(&store).await.unwrap();
        let operation = contents["operation"].first().unwrap();
        // Either the money had left before the report, once, or it never leaves.
        let state = if redeemed == 1 {
            "|redeemed|"
        } else {
            "|refused|"
        };
        assert!(
            redeemed <= 1 && operation.contains(state),
            "{redeemed}: {operation}"
        );
        let late = story
            .here
            .gate
            .redeem(&story.caller, handed(&grant, None))
            .await;
        assert!(!matches!(late.unwrap(), Redeemed::Redeemed(_)));
    }
}
