//! What a customer sees where others were seen with what they register: nothing.

use axum::http::StatusCode;
use sekisho_core::notice::Locale;
use sekisho_core::policy::SharedAccount;
use sekisho_core::sighting::TraitKind;
use sekisho_gate::{Body, render};
use sekisho_store::SignalQuestion;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::fixture::{Answer, CUSTOMER, Site};
use crate::visit::{code, told};

fn account(number: &str) -> Value {
    json!({"payout_account": {
        "account_type": "ordinary", "bank": "0005", "branch": "123",
        "holder": "ヤマダ ハナ", "number": number,
    }})
}

/// Somebody else registers this payout account.
async fn somebody(site: &Site, number: &str) {
    let body = json!({
        "customer": "C-000999",
        "act": "payout_account_registration",
        "operation": {"fields": account(number)},
        "verified": ["password", "passkey", "confirmation"],
        "context": {"address": "198.51.100.9"},
    });
    let token = Some(site.broker.decisions.as_str());
    let answer = site.post("/v1/decisions", token, &body).await;
    assert_eq!(answer.json()["verdict"], "allow", "{answer:?}");
}

/// The usual customer is asked to confirm the registration of another; the path of the page.
async fn asked(site: &Site) -> (Value, String) {
    let body = json!({
        "customer": CUSTOMER,
        "kind": "payout_account_registration",
        "fields": account("1234567"),
    });
    let token = Some(site.broker.operations.as_str());
    let answer = site.post("/v1/operations", token, &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    (answer.json(), format!("/confirm/{id}"))
}

fn seen(answer: &Answer) -> String {
    let place = answer.header("location").unwrap_or_default();
    format!("{} {place}\n{}", answer.status, answer.text)
}

async fn signals(site: &Site) -> Vec<TraitKind> {
    let all = SignalQuestion {
        customer: None,
        kind: None,
        since: None,
        most: 100,
    };
    let found = site.store.signals(&all).await.unwrap();
    found.iter().map(|one| one.crowd.seen.kind).collect()
}

/// Everything that a customer sees and is sent who registers a payout account, and of a newcomer on
/// the browser. Dice and clock are the same each time, so that it is the same to the letter.
async fn story(site: &Site, browser: &mut Browser<'_>) -> Vec<String> {
    let mut all = Vec::new();
    let (_, path) = asked(site).await;
    let page = browser.open(&path).await;
    all.push(seen(&page));
    let sent = browser.fill(&page, &format!("{path}/code"), &[]).await;
    all.push(seen(&sent));
    let page = browser.open(&path).await;
    let code_sent = code(site).await;
    let done = browser.fill(&page, &path, &[("code", &code_sent)]).await;
    all.push(seen(&done));
    for place in ["/account", "/operations", "/history", "/security/messages"] {
        all.push(seen(&browser.open(place).await));
    }
    all.push(serde_json::to_string(&told(site).await).unwrap());
    all
}

#[tokio::test]
async fn what_others_have_too_is_no_other_page_answer_or_message() {
    let (mut stories, mut raised) = (Vec::new(), Vec::new());
    for others in ["1234567", "7654321"] {
        let site = Site::with(|policy, _| policy.signal.shared_account = SharedAccount::Note).await;
        somebody(&site, others).await;
        let mut browser = Browser::of(&site);
        browser.enter(&site).await;
        stories.push(story(&site, &mut browser).await);
        raised.push(signals(&site).await);
    }
    assert_eq!(raised, [vec![TraitKind::PayoutAccount], vec![]]);
    assert!(stories[0] == stories[1], "{stories:#?}");
    assert!(stories[0].len() == 8 && stories[0][0].contains("567"));
}

#[tokio::test]
async fn a_newcomer_on_the_browser_of_somebody_else_sees_the_same_pages() {
    let (mut stories, mut raised) = (Vec::new(), Vec::new());
    for least in [1, 2] {
        let site = Site::with(|policy, _| policy.signal.device = least).await;
        let mut first = Browser::of(&site);
        first.sign_up(&site, "ichi@example.com").await;
        let mut next = first.on_the_same_device();
        let mut all = Vec::new();
        let page = next.open("/sign-up").await;
        all.push(seen(&page));
        let typed = [
            ("login", "ni@example.com"),
            ("password", "a long and new one"),
        ];
        all.push(seen(&next.fill(&page, "/sign-up", &typed).await));
        let page = next.open("/code").await;
        all.push(seen(&page));
        let code = code(&site).await;
        all.push(seen(&next.fill(&page, "/code", &[("code", &code)]).await));
        all.push(seen(&next.open("/account").await));
        all.push(serde_json::to_string(&told(&site).await).unwrap());
        stories.push(all);
        raised.push(signals(&site).await);
    }
    assert_eq!(raised, [vec![TraitKind::Device], vec![]]);
    assert!(stories[0] == stories[1], "{stories:#?}");
}

#[tokio::test]
async fn a_registration_that_waits_says_nothing_of_others() {
    let site = Site::new().await;
    somebody(&site, "1234567").await;
    let mut browser = Browser::of(&site);
    browser.enter(&site).await;
    let (operation, _) = asked(&site).await;
    assert_eq!(operation["state"], "held");
    assert_eq!(signals(&site).await, [TraitKind::PayoutAccount]);
    let page = browser.open("/operations").await;
    let mut texts = vec![page.text];
    for body in told(&site).await {
        if matches!(body, Body::Hold(_)) {
            let [ja, en] = [Locale::Ja, Locale::En].map(|locale| render(&body, locale, "Hinode"));
            let general = "For your safety, we are checking this.";
            assert!(en.body.contains(general), "{}", en.body);
            texts.extend([ja.body, ja.subject]);
        }
    }
    assert_eq!(texts.len(), 3, "the page and one message");
    for text in [&texts[0], &texts[1]] {
        let general = "安全のため、内容を確認しています。";
        assert!(text.contains(general), "{text}");
    }
    for word in ["ほかの", "他の", "別のお客", "共有", "shared"] {
        assert!(texts.iter().all(|text| !text.contains(word)), "{word}");
    }
}
