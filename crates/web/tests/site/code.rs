//! `/code` and `/code/resend`.

use axum::http::StatusCode;
use sekisho_core::moment::Span;

use crate::browser::Browser;
use crate::fixture::{Answer, LOGIN, PASSWORD, Site};
use crate::visit::code;

async fn asked<'a>(site: &'a Site) -> (Browser<'a>, Answer) {
    let mut browser = Browser::of(site);
    let page = browser.open("/sign-in").await;
    let typed = [("login", LOGIN), ("password", PASSWORD)];
    browser.fill(&page, "/sign-in", &typed).await;
    let page = browser.open("/code").await;
    (browser, page)
}

#[tokio::test]
async fn a_code_may_be_typed_in_full_width_digits() {
    let site = Site::new().await;
    let (mut browser, page) = asked(&site).await;
    assert!(page.text.contains("h***@e***.com"));
    assert!(!page.text.contains(LOGIN));
    let wide = |digit: char| char::from_u32(u32::from(digit) + 0xfee0).unwrap();
    let typed: String = code(&site).await.chars().map(wide).collect();
    let opened = browser.fill(&page, "/code", &[("code", &typed)]).await;
    assert_eq!(opened.header("location"), Some("/account"), "{opened:?}");
    assert!(browser.open("/account").await.text.contains("C-000123"));
    let used = browser.open("/code").await;
    assert_eq!(used.header("location"), Some("/sign-in?told=over"));
}

#[tokio::test]
async fn what_is_no_code_costs_no_try_and_five_wrong_ones_end_it() {
    let site = Site::new().await;
    let (mut browser, page) = asked(&site).await;
    for _ in 0..10 {
        let answer = browser.fill(&page, "/code", &[("code", "12345")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let right = code(&site).await;
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    let mut ended = 0;
    for _ in 0..6 {
        let answer = browser.fill(&page, "/code", &[("code", wrong)]).await;
        match answer.status {
            StatusCode::UNPROCESSABLE_ENTITY => {
                assert!(answer.text.contains("id=\"code-error\""));
                assert!(!answer.text.contains("value=\"00000"));
            }
            _ => ended += 1,
        }
    }
    assert!(ended > 0);
    let answer = browser.fill(&page, "/code", &[("code", &right)]).await;
    assert_ne!(answer.header("location"), Some("/account"), "{answer:?}");
}

#[tokio::test]
async fn another_code_is_sent_after_a_while() {
    let site = Site::new().await;
    let (mut browser, page) = asked(&site).await;
    let first = code(&site).await;
    let early = browser.fill(&page, "/code/resend", &[]).await;
    let place = early.header("location").unwrap().to_owned();
    assert!(place.starts_with("/code?told=wait&seconds="), "{place}");
    assert!(browser.open(&place).await.text.contains("role=\"status\""));
    site.clock.danger_move(Span::seconds(31));
    let sent = browser.fill(&page, "/code/resend", &[]).await;
    assert_eq!(sent.header("location"), Some("/code?told=sent"));
    let second = code(&site).await;
    assert_ne!(first, second);
    let old = browser.fill(&page, "/code", &[("code", &first)]).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    let opened = browser.fill(&page, "/code", &[("code", &second)]).await;
    assert_eq!(opened.header("location"), Some("/account"));
}
