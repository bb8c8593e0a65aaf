//! `/confirm/{operation}` and what lies below it.

use axum::http::StatusCode;
use sekisho_core::known::{StaffName, StaffRole};
use sekisho_core::moment::Span;
use sekisho_core::thaw::Ground;
use sekisho_gate::{StaffAnswer, StaffClaim};

use crate::browser::{Browser, after};
use crate::fixture::{Answer, Site};
use crate::visit::{asked, code, form_of};

async fn signed_in(site: &Site) -> Browser<'_> {
    let mut browser = Browser::of(site);
    browser.sign_in_with_code(site).await;
    browser
}

async fn sent(site: &Site, browser: &mut Browser<'_>, path: &str) -> (Answer, String) {
    let page = browser.open(path).await;
    // Messages of one moment have no order.
    site.clock.danger_move(Span::seconds(1));
    let answer = browser.fill(&page, &format!("{path}/code"), &[]).await;
    assert_eq!(answer.header("location"), Some(path), "{answer:?}");
    (browser.open(path).await, code(site).await)
}

#[tokio::test]
async fn a_customer_confirms_exactly_what_the_page_shows() {
    let site = Site::new().await;
    let mut browser = signed_in(&site).await;
    let path = asked(&site).await;
    let (page, code) = sent(&site, &mut browser, &path).await;
    assert!(
        page.text.contains("<dd class=\"largest\">150,000円</dd>"),
        "{page:?}"
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.ends_with("form-action 'self' https://broker.example"),
        "{policy}"
    );
    let done = browser.fill(&page, &path, &[("code", &code)]).await;
    assert_eq!(
        done.header("location"),
        Some(format!("{path}/done").as_str()),
        "{done:?}"
    );
    let back = browser.open(&format!("{path}/done")).await;
    assert_eq!(
        back.header("location"),
        Some("https://broker.example/done?a=b")
    );
    let settled = browser.open(&path).await;
    assert!(settled.text.contains("確認を受け付けました"));
    assert!(!settled.text.contains("/decline\""));
}

#[tokio::test]
async fn a_wrong_code_leaves_the_operation_waiting() {
    let site = Site::new().await;
    let mut browser = signed_in(&site).await;
    let path = asked(&site).await;
    let (page, code) = sent(&site, &mut browser, &path).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for typed in [wrong, "12"] {
        let answer = browser.fill(&page, &path, &[("code", typed)]).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{answer:?}"
        );
        assert!(answer.text.contains("id=\"code-error\""));
    }
    let done = browser.fill(&page, &path, &[("code", &code)]).await;
    assert!(
        done.header("location").unwrap().ends_with("/done"),
        "{done:?}"
    );
}

#[tokio::test]
async fn a_code_for_one_operation_confirms_no_other() {
    let site = Site::new().await;
    let mut browser = signed_in(&site).await;
    let (one, two) = (asked(&site).await, asked(&site).await);
    let (_, code) = sent(&site, &mut browser, &one).await;
    let (page, _) = sent(&site, &mut browser, &two).await;
    let answer = browser.fill(&page, &two, &[("code", &code)]).await;
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{answer:?}"
    );
}

#[tokio::test]
async fn declining_ends_it_and_time_does_too() {
    let site = Site::new().await;
    let mut browser = signed_in(&site).await;
    let path = asked(&site).await;
    let page = browser.open(&path).await;
    browser.fill(&page, &format!("{path}/decline"), &[]).await;
    let back = browser.open(&format!("{path}/done")).await;
    assert_eq!(
        back.header("location"),
        Some("https://broker.example/done?a=b")
    );
    let late = asked(&site).await;
    let page = browser.open(&late).await;
    site.clock.danger_move(Span::minutes(11));
    assert!(
        browser
            .open(&late)
            .await
            .text
            .contains("確認の期限が過ぎました")
    );
    let answer = browser.fill(&page, &format!("{late}/code"), &[]).await;
    assert_eq!(
        answer.header("location"),
        Some(format!("{late}?told=closed").as_str())
    );
}

#[tokio::test]
async fn only_a_page_that_shows_what_there_is_to_see_confirms_it() {
    let site = Site::new().await;
    let mut browser = signed_in(&site).await;
    let path = asked(&site).await;
    let (page, code) = sent(&site, &mut browser, &path).await;
    let csrf = after(form_of(&page, &path), "name=\"csrf\" value=\"");
    let other = format!("{path}?seen={}", "A".repeat(43));
    for action in [path.as_str(), &other] {
        let fields = [("csrf", csrf.as_str()), ("code", &code)];
        let again = browser.submit(action, &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{again:?}");
        assert!(again.text.contains("内容が変わりました"), "{again:?}");
    }
    let done = browser.fill(&page, &path, &[("code", &code)]).await;
    let to = format!("{path}/done");
    assert_eq!(done.header("location"), Some(to.as_str()), "{done:?}");
    let id = path.trim_start_matches("/confirm/").parse().unwrap();
    let ground = Ground::parse("案件 2026-115").unwrap();
    let name = StaffName::parse("sato").unwrap();
    let roles = vec![StaffRole::Operations];
    let added = site.gate.add_staff(name.clone(), roles, None).await;
    let StaffAnswer::Done((_, secret)) = added.unwrap() else {
        panic!("a person")
    };
    let secret = secret.text().clone();
    let by = StaffClaim { name, secret };
    let StaffAnswer::Done(Some(kept)) = site.gate.reveal(&by, id, &ground).await.unwrap() else {
        panic!("the statement")
    };
    let [kept] = kept.as_slice() else {
        panic!("{kept:?}")
    };
    let kept: serde_json::Value = serde_json::from_str(&kept.text).unwrap();
    let mut values: Vec<_> = ["application", "operation"].map(|name| &kept[name]).into();
    let lines = kept["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 6, "amount and the five members of an account");
    values.extend(lines.iter().map(|line| &line[1]));
    for value in values {
        let value = value.as_str().unwrap();
        assert!(page.text.contains(value), "{value} is not on {page:?}");
    }
}
