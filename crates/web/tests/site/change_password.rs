//! `/security/password`: another password.

use axum::http::StatusCode;
use sekisho_gate::Body;

use crate::browser::Browser;
use crate::fixture::{LOGIN, PASSWORD, Site};
use crate::visit::told;

const NEW: &str = "violet tractor canyon 88";
const PATH: &str = "/security/password";

async fn sign_in(browser: &mut Browser<'_>, password: &str) -> StatusCode {
    let page = browser.open("/sign-in").await;
    let typed = [("login", LOGIN), ("password", password)];
    browser.fill(&page, "/sign-in", &typed).await.status
}

#[tokio::test]
async fn a_new_password_signs_everything_else_out_and_its_notice_freezes() {
    let site = Site::new().await;
    let (mut other, mut browser) = (Browser::of(&site), Browser::of(&site));
    other.enter(&site).await;
    // From a strange place, so that a code is asked for and the session is fresh.
    browser.peer = "198.51.100.9:4711".parse().unwrap();
    browser.enter(&site).await;
    let page = browser.open(PATH).await;
    let typed = [("current", PASSWORD), ("password", NEW)];
    let done = browser.fill(&page, PATH, &typed).await;
    assert_eq!(
        done.header("location"),
        Some("/security?told=password"),
        "{done:?}"
    );
    let page = browser.open("/security?told=password").await;
    assert!(page.text.contains("パスワードを変更しました"), "{page:?}");
    assert_eq!(other.open("/account").await.status, StatusCode::SEE_OTHER);
    let old = sign_in(&mut other, PASSWORD).await;
    assert_eq!(old, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(sign_in(&mut other, NEW).await, StatusCode::SEE_OTHER);

    let told = told(&site).await;
    let report = told.iter().rev().find_map(|body| match body {
        Body::PasswordChanged { report, .. } => Some(report.clone()),
        _ => None,
    });
    let mut owner = Browser::of(&site);
    let page = owner.open("/report").await;
    let typed = [("code", report.as_deref().unwrap())];
    let frozen = owner.fill(&page, "/report", &typed).await;
    assert_eq!(
        frozen.header("location"),
        Some("/report/done"),
        "{frozen:?}"
    );
    assert_eq!(browser.open("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_stands_against_a_password_is_said_beside_its_field() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    browser.enter(&site).await;
    let page = browser.open(PATH).await;
    let cases = [
        (["", ""], "current-error"),
        ([PASSWORD, ""], "password-error"),
        (["wrong horse", NEW], "current-error"),
        ([PASSWORD, PASSWORD], "password-error"),
        ([PASSWORD, "short"], "password-error"),
        ([PASSWORD, LOGIN], "password-error"),
    ];
    for ([current, wanted], error) in cases {
        let typed = [("current", current), ("password", wanted)];
        let again = browser.fill(&page, PATH, &typed).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text.contains(&format!("id=\"{error}\"")), "{again:?}");
        for typed in [PASSWORD, NEW, "wrong horse"] {
            assert!(!again.text.contains(typed), "a password came back");
        }
    }
    assert_eq!(
        sign_in(&mut Browser::of(&site), PASSWORD).await,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn guessing_the_current_password_in_a_stolen_session_comes_to_an_end() {
    let site = Site::new().await;
    let mut thief = Browser::of(&site);
    thief.enter(&site).await;
    let page = thief.open(PATH).await;
    for _ in 0..5 {
        let typed = [("current", "a guess of a thief"), ("password", NEW)];
        thief.fill(&page, PATH, &typed).await;
    }
    let typed = [("current", PASSWORD), ("password", NEW)];
    let right = thief.fill(&page, PATH, &typed).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
    let told = told(&site).await;
    let locked = told
        .iter()
        .filter(|body| matches!(body, Body::Locked { .. }));
    assert_eq!(locked.count(), 1, "the owner is told");
    let mut owner = Browser::of(&site);
    assert_eq!(sign_in(&mut owner, PASSWORD).await, StatusCode::SEE_OTHER);
}
