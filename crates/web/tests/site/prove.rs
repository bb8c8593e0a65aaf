//! `/security/prove`: a customer who is signed in shows once more who they are.

use axum::http::StatusCode;
use sekisho_core::moment::Span;

use crate::browser::Browser;
use crate::fixture::Site;
use crate::visit::code;

/// A browser whose sign-in is too long ago to change anything.
async fn stale(site: &Site) -> Browser<'_> {
    let mut browser = Browser::of(site);
    browser.enter(site).await;
    site.clock.danger_move(Span::minutes(11));
    browser
}

#[tokio::test]
async fn an_old_sign_in_is_proved_anew_by_a_code_and_goes_on_where_it_wanted_to() {
    let site = Site::new().await;
    let mut browser = stale(&site).await;
    let way = browser.open("/security/password").await;
    let prove = way.header("location").unwrap().to_owned();
    assert_eq!(prove, "/security/prove?return_to=%2Fsecurity%2Fpassword");
    let page = browser.open(&prove).await;
    let to = [("return_to", "/security/password")];
    let sent = browser.fill(&page, "/security/prove/code", &to).await;
    assert_eq!(sent.header("location"), Some(prove.as_str()), "{sent:?}");
    let early = browser.fill(&page, "/security/prove/code", &to).await;
    assert!(early.header("location").unwrap().contains("told=wait"));
    let page = browser.open(&prove).await;
    let mut thief = browser.copied();
    let wrong = [("return_to", "/security/password"), ("code", "000000")];
    let again = browser.fill(&page, "/security/prove", &wrong).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let code = code(&site).await;
    let right = [("return_to", "/security/password"), ("code", &code)];
    let done = browser.fill(&page, "/security/prove", &right).await;
    assert_eq!(
        done.header("location"),
        Some("/security/password"),
        "{done:?}"
    );
    let page = browser.open("/security/password").await;
    assert_eq!(page.status, StatusCode::OK);
    // Whoever had copied the cookie before has a session no more.
    let out = thief.open("/security").await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_code_proves_one_session_once_and_leads_nowhere_else() {
    let site = Site::new().await;
    let (mut one, mut two) = (Browser::of(&site), Browser::of(&site));
    one.enter(&site).await;
    two.enter(&site).await;
    site.clock.danger_move(Span::minutes(11));
    let page = one.open("/security/prove").await;
    one.fill(&page, "/security/prove/code", &[]).await;
    let code = code(&site).await;
    let page = two.open("/security/prove").await;
    two.fill(&page, "/security/prove/code", &[]).await;
    let page = two.open("/security/prove").await;
    let typed = [("code", code.as_str())];
    let foreign = two.fill(&page, "/security/prove", &typed).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = one.open("/security/prove").await;
    let typed = [
        ("code", code.as_str()),
        ("return_to", "//evil.example/security"),
    ];
    let done = one.fill(&page, "/security/prove", &typed).await;
    assert_eq!(done.header("location"), Some("/security"), "{done:?}");
    let page = one.open("/security/prove").await;
    let used = one.open("/security/password").await;
    assert_eq!(used.status, StatusCode::OK);
    assert!(!page.text.contains("one-time-code"), "the code is used up");
}

#[tokio::test]
async fn guessing_a_code_comes_to_an_end() {
    let site = Site::new().await;
    let mut browser = stale(&site).await;
    let page = browser.open("/security/prove").await;
    browser.fill(&page, "/security/prove/code", &[]).await;
    let page = browser.open("/security/prove").await;
    let mut last = StatusCode::OK;
    for _ in 0..6 {
        let typed = [("code", "000000")];
        last = browser.fill(&page, "/security/prove", &typed).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let typed = [("code", code(&site).await)];
    let typed = typed.each_ref().map(|(name, code)| (*name, code.as_str()));
    let right = browser.fill(&page, "/security/prove", &typed).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "it is locked");
}
