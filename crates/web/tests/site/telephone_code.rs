//! `/security/telephone-code`.

use axum::http::StatusCode;
use sekisho_core::moment::Span;

use crate::browser::Browser;
use crate::fixture::Site;

const PAGE: &str = "/security/telephone-code";

#[tokio::test]
async fn a_code_is_shown_once_and_only_in_a_fresh_session() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    browser.sign_in_with_code(&site).await;
    let page = browser.open(PAGE).await;
    assert!(
        page.text
            .contains("当社からお電話してコードをお聞きすることはありません")
    );
    assert!(!page.text.contains("class=\"card codes"));
    let made = browser.fill(&page, PAGE, &[]).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    let (_, after) = made.text.split_once("class=\"card codes").unwrap();
    let code = after.split_once('>').unwrap().1.split_once('<').unwrap().0;
    assert!(
        code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()),
        "{code}"
    );
    assert!(!browser.open(PAGE).await.text.contains(code));
    site.clock.danger_move(Span::minutes(11));
    let page = browser.open(PAGE).await;
    let stale = browser.fill(&page, PAGE, &[]).await;
    let location = stale.header("location").unwrap_or_default();
    assert!(location.starts_with("/security/prove"), "{stale:?}");
}
