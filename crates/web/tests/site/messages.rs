//! `/security/messages`: "is this message from us?"

use sekisho_gate::Body;

use crate::browser::Browser;
use crate::fixture::{LOGIN, Site};
use crate::visit::told;

#[tokio::test]
async fn every_message_is_listed_masked_and_without_its_codes() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    browser.enter(&site).await;
    let page = browser.open("/security/messages").await;
    for part in ["認証コード", "ログイン", "h***@e***.com"] {
        assert!(page.text.contains(part), "{part} in {page:?}");
    }
    assert!(!page.text.contains(LOGIN));
    let mut codes = 0;
    for body in told(&site).await {
        let secret = match body {
            Body::Code { code, .. } => code,
            Body::SignedIn { report, .. } => report,
            _ => continue,
        };
        codes += 1;
        assert!(!page.text.contains(&secret), "{secret} is on the page");
    }
    assert_eq!(codes, 2);
    assert_eq!(page.text.matches("<li class=\"card entry\">").count(), 2);
}

#[tokio::test]
async fn nobody_sees_the_messages_of_another_customer() {
    let site = Site::new().await;
    Browser::of(&site).enter(&site).await;
    let mut stranger = Browser::of(&site);
    stranger.sign_up(&site, "jiro@example.com").await;
    let page = stranger.open("/security/messages").await;
    assert!(!page.text.contains("h***@e***.com"), "{page:?}");
    assert!(page.text.contains("j***@e***.com"), "{page:?}");
}
