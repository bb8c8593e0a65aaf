//! `/security/sessions`: where a customer is signed in.

use axum::http::StatusCode;

use crate::browser::{Browser, after};
use crate::fixture::Site;
use crate::visit::form_of;

async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    browser.open("/account").await.status == StatusCode::OK
}

#[tokio::test]
async fn a_customer_ends_one_session_and_stays_in_the_others() {
    let site = Site::new().await;
    let (mut phone, mut laptop) = (Browser::of(&site), Browser::of(&site));
    phone.peer = "198.51.100.9:4711".parse().unwrap();
    phone.enter(&site).await;
    laptop.enter(&site).await;
    let page = laptop.open("/security/sessions").await;
    assert!(page.text.contains("198.51.100.0/24"), "{page:?}");
    assert!(page.text.contains("203.0.113.0/24"), "{page:?}");
    assert!(!page.text.contains("198.51.100.9"), "the place is coarse");
    assert_eq!(page.text.matches("いまお使いの端末").count(), 1);
    let other = after(&page.text, "action=\"/security/sessions/ses_");
    let other = format!("/security/sessions/ses_{other}");
    let done = laptop.fill(&page, &other, &[]).await;
    assert_eq!(
        done.header("location"),
        Some("/security/sessions?told=ended"),
        "{done:?}"
    );
    assert!(!is_signed_in(&mut phone).await);
    assert!(is_signed_in(&mut laptop).await);
    let page = laptop.open("/security/sessions").await;
    assert!(!page.text.contains("198.51.100.0/24"), "{page:?}");
    assert!(page.text.contains("ほかにログインしている端末はありません"));
}

#[tokio::test]
async fn everything_else_is_signed_out_at_once() {
    let site = Site::new().await;
    let mut browsers = [Browser::of(&site), Browser::of(&site), Browser::of(&site)];
    for browser in &mut browsers {
        browser.enter(&site).await;
    }
    let page = browsers[1].open("/security/sessions").await;
    let path = "/security/sessions/others";
    let csrf = after(form_of(&page, path), "name=\"csrf\" value=\"");
    // The token of another form does nothing.
    let wrong = after(form_of(&page, "/sign-out"), "name=\"csrf\" value=\"");
    let refused = browsers[1].submit(path, &[("csrf", &wrong)]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(is_signed_in(&mut browsers[2]).await);
    let done = browsers[1].submit(path, &[("csrf", &csrf)]).await;
    assert_eq!(
        done.header("location"),
        Some("/security/sessions?told=others")
    );
    let [first, own, last] = &mut browsers;
    assert!(!is_signed_in(first).await && !is_signed_in(last).await);
    assert!(is_signed_in(own).await);
}

#[tokio::test]
async fn nobody_ends_the_session_of_another_customer() {
    let site = Site::new().await;
    let mut owner = Browser::of(&site);
    owner.enter(&site).await;
    let mut second = Browser::of(&site);
    second.enter(&site).await;
    let page = second.open("/security/sessions").await;
    let target = after(&page.text, "action=\"/security/sessions/ses_");
    let target = format!("/security/sessions/ses_{target}");

    let mut stranger = Browser::of(&site);
    stranger.sign_up(&site, "jiro@example.com").await;
    let page = stranger.open("/security/sessions").await;
    assert!(!page.text.contains(&target));
    let csrf = after(form_of(&page, "/sign-out"), "name=\"csrf\" value=\"");
    let refused = stranger.submit(&target, &[("csrf", &csrf)]).await;
    assert_eq!(
        refused.status,
        StatusCode::FORBIDDEN,
        "a token of another form"
    );
    // With a token of its own for that very form it is still not the stranger's session.
    let form = target.rsplit('/').next().unwrap();
    let csrf = stranger.csrf(&format!("end_session:{form}"));
    let unknown = stranger.submit(&target, &[("csrf", &csrf)]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(is_signed_in(&mut owner).await);
}
