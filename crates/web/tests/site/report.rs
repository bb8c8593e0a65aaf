//! `/report`, and `/history/{access}`: "this was not me".

use axum::http::StatusCode;

use crate::browser::{Browser, after};
use crate::fixture::{LOGIN, PASSWORD, Site};
use crate::visit::report_code;

#[tokio::test]
async fn the_code_of_a_notice_freezes_the_account_without_signing_in() {
    let site = Site::new().await;
    let mut thief = Browser::of(&site);
    thief.sign_in_with_code(&site).await;
    let mut owner = Browser::of(&site);
    let page = owner.open("/report").await;
    let wrong = owner
        .fill(&page, "/report", &[("code", "zzzzz-zzzzz")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("value=\"zzzzz-zzzzz\""));
    let typed = report_code(&site).await.to_lowercase().replace('-', " ");
    let done = owner.fill(&page, "/report", &[("code", &typed)]).await;
    assert_eq!(done.header("location"), Some("/report/done"), "{done:?}");
    assert_eq!(owner.open("/report/done").await.status, StatusCode::OK);
    let out = thief.open("/account").await;
    assert_eq!(out.header("location"), Some("/sign-in?told=needed"));
    let page = thief.open("/sign-in").await;
    let typed = [("login", LOGIN), ("password", PASSWORD)];
    let refused = thief.fill(&page, "/sign-in", &typed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn guessing_codes_comes_to_an_end() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    let page = browser.open("/report").await;
    let mut last = StatusCode::OK;
    for _ in 0..8 {
        let typed = [("code", "AAAAA-AAAAA")];
        last = browser.fill(&page, "/report", &typed).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_row_of_the_history_is_reported_from_a_page_that_says_what_stops() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    browser.sign_in_with_code(&site).await;
    let history = browser.open("/history").await;
    assert!(history.text.contains("203.0.113.7"));
    let row = after(&history.text, "href=\"/history/");
    let row = format!("/history/{row}");
    let page = browser.open(&row).await;
    assert!(page.text.contains("凍結すると止まるもの"), "{page:?}");
    let mut stranger = Browser::of(&site);
    let asked = stranger.open(&row).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    let done = browser.fill(&page, &row, &[]).await;
    assert_eq!(done.header("location"), Some("/report/done"), "{done:?}");
    let out = browser.open("/history").await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
}
