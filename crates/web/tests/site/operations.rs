//! `/operations`: what waits, and the end of it.

use axum::http::StatusCode;

use crate::browser::{Browser, after};
use crate::fixture::Site;
use crate::visit::form_of;

#[tokio::test]
async fn only_the_customer_with_the_token_of_that_very_form_cancels() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    browser.enter(&site).await;
    let empty = browser.open("/operations").await;
    assert!(
        empty
            .text
            .contains("お待ちいただいているお手続きはありません")
    );
    let account = browser.open("/account").await;
    assert!(account.text.contains("href=\"/operations\""));

    let mut stranger = Browser::of(&site);
    let sent = stranger.open("/operations").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{sent:?}");
    let forged = browser
        .submit(
            "/operations/opr_00000000000000000000000000/cancel",
            &[("csrf", "x")],
        )
        .await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let wrong = after(form_of(&empty, "/sign-out"), "name=\"csrf\" value=\"");
    let refused = browser
        .submit(
            "/operations/opr_00000000000000000000000000/cancel",
            &[("csrf", &wrong)],
        )
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let csrf = browser.csrf("cancel:opr_00000000000000000000000000");
    let unknown = browser
        .submit(
            "/operations/opr_00000000000000000000000000/cancel",
            &[("csrf", &csrf)],
        )
        .await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}
