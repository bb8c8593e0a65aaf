//! `/security`: what protects the account.

use axum::http::StatusCode;

use crate::browser::Browser;
use crate::fixture::{LOGIN, Site};

#[tokio::test]
async fn everything_is_told_masked_and_reached_from_every_page_behind_the_sign_in() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    browser.sign_in_with_code(&site).await;
    let page = browser.open("/security").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("h***@e***.com"), "{page:?}");
    assert!(!page.text.contains(LOGIN));
    for path in ["/account", "/history", "/security", "/security/sessions"] {
        let page = browser.open(path).await;
        for href in ["href=\"/security\"", "href=\"/security/freeze\""] {
            assert!(page.text.contains(href), "{href} on {path}");
        }
    }
    // No script is needed for any of it.
    for part in page.text.split("href=\"/security").skip(1) {
        let path = format!("/security{}", part.split('"').next().unwrap());
        assert_eq!(browser.open(&path).await.status, StatusCode::OK, "{path}");
    }
}
