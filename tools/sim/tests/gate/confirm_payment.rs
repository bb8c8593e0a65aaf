//! Operations that the browser itself shows before a passkey signs (Secure Payment Confirmation),
//! and every way to pass off something else for that.

use sekisho_core::confirm::PaymentAsked;
use sekisho_core::moment::Span;
use sekisho_core::operation::OperationState;
use sekisho_gate::{
    CodeAnswer, ConfirmAnswer, ConfirmWays, OperationView, PasskeyAnswer, PasskeyPrompt,
    PasskeySignIn, ProveAnswer, ShownOperation, SignInAnswer,
};
use sekisho_sim::installation::{PASSWORD, typed};
use sekisho_world::passkey::{Answer, Page, Passkey};
use serde_json::{Value, json};

use super::confirm::Story;
use super::confirm_passkey::enrolled;
use super::passkey::answered;

const ORIGIN: &str = "http://localhost:8080";
const BINDING: &str = "the-visitor's-cookie";

/// What a browser that showed what it was asked says it showed.
fn shown_by_browser(asked: &PaymentAsked) -> Value {
    json!({
        "rpId": "localhost",
        "topOrigin": ORIGIN,
        "payeeName": asked.payee,
        "paymentEntitiesLogos": [],
        "total": { "value": asked.total.value(), "currency": asked.total.currency().code() },
        "instrument": { "icon": asked.icon, "displayName": asked.instrument },
    })
}

fn page<'a>(challenge: &'a [u8; 32]) -> Page<'a> {
    Page {
        origin: ORIGIN,
        challenge,
        top: None,
    }
}

fn posted(prompt: &PasskeyPrompt, answer: Answer) -> PasskeyAnswer {
    PasskeyAnswer {
        ticket: prompt.ticket.clone(),
        handle: answer.credential_id,
        client_data: answer.client_data_json,
        authenticator_data: answer.authenticator_data,
        signature: answer.signature,
        user_handle: Some(answer.user_handle),
    }
}

/// What the browser posts after it showed `payment` for `prompt`.
fn paid(passkey: &mut Passkey, prompt: &PasskeyPrompt, payment: &Value) -> PasskeyAnswer {
    let answer = passkey.confirm_payment(page(&prompt.challenge), &payment.to_string());
    posted(prompt, answer)
}

async fn shown(story: &Story, view: &OperationView) -> (PasskeyPrompt, PaymentAsked) {
    let locale = sekisho_core::notice::Locale::Ja;
    let shown = story.here.gate.shown(&story.session, view.id, locale).await;
    let ShownOperation { ways, payment, .. } = shown.unwrap().unwrap();
    let ConfirmWays::Passkey(prompt) = ways else {
        panic!("{ways:?}")
    };
    (prompt, payment.unwrap())
}

async fn confirmed(story: &Story, view: &OperationView, answer: &PasskeyAnswer) -> ConfirmAnswer {
    let gate = &story.here.gate;
    let answer = gate.confirm(&story.session, view.id, answer, &story.home);
    answer.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_browser_showed_confirms_one_operation_once() {
    for story in Story::settled().await {
        let mut passkey = enrolled(&story).await;
        let (first, second) = (story.created("150000").await, story.created("150000").await);
        let (prompt, asked) = shown(&story, &first).await;
        assert_eq!(asked.payee, "0005-123 普通 1234567 ヤマダ タロウ");
        assert_eq!(asked.instrument, "出金 (ひので証券)");
        assert_eq!(asked.icon, format!("{ORIGIN}/assets/payment.png"));
        let answer = paid(&mut passkey, &prompt, &shown_by_browser(&asked));
        // The same amount to the same account, and still another operation.
        assert_eq!(shown(&story, &second).await.1, asked);
        let other = confirmed(&story, &second, &answer).await;
        assert_eq!(other, ConfirmAnswer::Wrong);
        let right = confirmed(&story, &first, &answer).await;
        assert_eq!(right, ConfirmAnswer::Confirmed);
        let again = confirmed(&story, &first, &answer).await;
        assert_eq!(again, ConfirmAnswer::Closed);
        let view = story.here.gate.operation(&story.caller, first.id).await;
        let view = view.unwrap().unwrap();
        assert_eq!(view.state, OperationState::Confirmed);
        assert!(view.grant.is_some());
        // A browser that shows nothing itself signs what the page shows, as it always did.
        let (prompt, _) = shown(&story, &second).await;
        let plain = confirmed(&story, &second, &answered(&mut passkey, &prompt)).await;
        assert_eq!(plain, ConfirmAnswer::Confirmed);
    }
}

/// What a browser said it showed, one member at a time another.
fn differences(right: &Value) -> Vec<(&'static str, Value)> {
    let with = |pointer: &str, value: Value| {
        let mut other = right.clone();
        *other.pointer_mut(pointer).unwrap() = value;
        other
    };
    let more = |name: &str, value: Value| {
        let mut other = right.clone();
        other[name] = value;
        other
    };
    let mut unnamed = right.clone();
    unnamed.as_object_mut().unwrap().remove("payeeName");
    vec![
        ("party", with("/rpId", json!("evil.example"))),
        ("page", with("/topOrigin", json!("https://evil.example"))),
        (
            "payee",
            with("/payeeName", json!("スズキ イチロウ 0005-123 1234567")),
        ),
        ("nobody", unnamed),
        ("place", more("payeeOrigin", json!("https://payee.example"))),
        ("amount", with("/total/value", json!("1500"))),
        ("decimals", with("/total/value", json!("150000.00"))),
        ("currency", with("/total/currency", json!("VND"))),
        (
            "what",
            with("/instrument/displayName", json!("入金 (ひので証券)")),
        ),
        ("picture", with("/instrument/icon", json!(""))),
        (
            "logos",
            with(
                "/paymentEntitiesLogos",
                json!([{ "url": ORIGIN, "label": "x" }]),
            ),
        ),
        ("more", more("recurring", json!("monthly"))),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_else_a_browser_showed_voids_the_try() {
    for story in Story::settled().await {
        let mut passkey = enrolled(&story).await;
        let view = story.created("150000").await;
        let (prompt, asked) = shown(&story, &view).await;
        let right = shown_by_browser(&asked);
        for (what, other) in differences(&right) {
            let answer = paid(&mut passkey, &prompt, &other);
            let refused = confirmed(&story, &view, &answer).await;
            assert_eq!(refused, ConfirmAnswer::Wrong, "{what}");
        }
        // An ordinary assertion that carries a payment is neither.
        let mixed = passkey.get(page(&prompt.challenge));
        let text = String::from_utf8(mixed.client_data_json.clone()).unwrap();
        let text = text.replacen('}', &format!(",\"payment\":{right}}}"), 1);
        let forged = Answer {
            client_data_json: text.into_bytes(),
            ..mixed
        };
        let refused = confirmed(&story, &view, &posted(&prompt, forged)).await;
        assert_eq!(refused, ConfirmAnswer::Wrong);
        // What was shown for another operation, with a challenge of this one.
        let other = story.created("999000").await;
        let (_, theirs) = shown(&story, &other).await;
        let answer = paid(&mut passkey, &prompt, &shown_by_browser(&theirs));
        let refused = confirmed(&story, &view, &answer).await;
        assert_eq!(refused, ConfirmAnswer::Wrong);
        let done = paid(&mut passkey, &prompt, &right);
        let done = confirmed(&story, &view, &done).await;
        assert_eq!(done, ConfirmAnswer::Confirmed, "tries cost the owner none");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_showed_is_late_after_ten_minutes() {
    for story in Story::settled().await {
        let mut passkey = enrolled(&story).await;
        let view = story.created("150000").await;
        let (prompt, asked) = shown(&story, &view).await;
        let answer = paid(&mut passkey, &prompt, &shown_by_browser(&asked));
        story.here.pass(Span::minutes(10));
        let late = confirmed(&story, &view, &answer).await;
        assert_ne!(late, ConfirmAnswer::Confirmed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_proves_nothing_but_its_operation() {
    for story in Story::settled().await {
        let gate = &story.here.gate;
        let mut passkey = enrolled(&story).await;
        let view = story.created("150000").await;
        let (_, asked) = shown(&story, &view).await;
        let payment = shown_by_browser(&asked);

        let prompt = gate.sign_in_prompt(BINDING).unwrap().unwrap();
        let signed = PasskeySignIn {
            answer: paid(&mut passkey, &prompt, &payment),
            binding: BINDING.to_owned(),
            return_to: "/account".to_owned(),
            visitor: story.home.clone(),
        };
        let refused = gate.sign_in_by_passkey(signed).await.unwrap();
        assert!(matches!(refused, SignInAnswer::Refused));

        let away = sekisho_sim::installation::visitor([198, 51, 100, 9]);
        let begun = gate.sign_in(typed(PASSWORD, &away)).await.unwrap();
        let SignInAnswer::StepUp { interaction } = begun else {
            panic!("{begun:?}")
        };
        let token = secrecy::ExposeSecret::expose_secret(interaction.text());
        let conversation = gate.conversation(token).await.unwrap().unwrap();
        let prompt = conversation.passkey.unwrap();
        let answer = paid(&mut passkey, &prompt, &payment);
        let wrong = gate.answer(token, &answer, &away).await.unwrap();
        assert!(matches!(wrong, CodeAnswer::Wrong));

        let prompt = gate.proving(&story.session).await.unwrap();
        let answer = paid(&mut passkey, &prompt.passkey.unwrap(), &payment);
        let proved = gate.prove_session(&story.session, &answer, &story.home);
        let proved = proved.await.unwrap();
        assert!(matches!(proved, ProveAnswer::Wrong), "{proved:?}");

        story.here.pass(Span::hours(24));
        gate.freeze(&story.session, &story.home).await.unwrap();
        let prompt = gate.thaw_prompt(BINDING).unwrap().unwrap();
        let answer = paid(&mut passkey, &prompt, &payment);
        assert!(!gate.thaw_by_passkey(&answer, BINDING).await.unwrap());
        let answer = answered(&mut passkey, &prompt);
        assert!(gate.thaw_by_passkey(&answer, BINDING).await.unwrap());
    }
}
