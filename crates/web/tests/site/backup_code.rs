//! `/security/backup-codes`, `/code/backup-code` and `/security/prove/backup-code`.

use axum::http::StatusCode;
use sekisho_core::moment::Span;
use sekisho_core::notice::BackupEvent;
use sekisho_gate::Body;

use crate::browser::Browser;
use crate::fixture::{LOGIN, PASSWORD, Site};
use crate::visit::told;

const PAGE: &str = "/security/backup-codes";

/// The codes that a page shows.
fn codes(text: &str) -> Vec<String> {
    let (_, shown) = text.split_once("<pre class=\"card codes\"").unwrap();
    let (_, shown) = shown.split_once('>').unwrap();
    let (shown, _) = shown.split_once("</pre>").unwrap();
    shown.lines().map(str::to_owned).collect()
}

pub async fn made(browser: &mut Browser<'_>) -> Vec<String> {
    let page = browser.open(PAGE).await;
    assert!(
        !page.text.contains("class=\"card codes\""),
        "a GET makes none"
    );
    let shown = browser.fill(&page, PAGE, &[]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    codes(&shown.text)
}

#[tokio::test]
async fn codes_are_shown_once_and_one_of_them_signs_in() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    browser.sign_in_with_code(&site).await;
    let codes = made(&mut browser).await;
    assert_eq!(codes.len(), 10);
    for path in [PAGE, "/security", "/history", "/security/messages"] {
        let page = browser.open(path).await;
        let shown = codes.iter().any(|code| page.text.contains(code));
        assert!(!shown, "{path}");
    }

    let mut away = Browser::of(&site);
    away.peer = "198.51.100.66:4711".parse().unwrap();
    let page = away.open("/sign-in").await;
    let typed = [("login", LOGIN), ("password", PASSWORD)];
    away.fill(&page, "/sign-in", &typed).await;
    let page = away.open("/code").await;
    for typed in ["4K7Q", "0000-0000-0000-0000"] {
        let fields = [("backup", typed)];
        let wrong = away.fill(&page, "/code/backup-code", &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("id=\"backup-error\""), "{wrong:?}");
        assert!(wrong.text.contains("<details class=\"aside\" open>"));
        assert!(!wrong.text.contains(&format!("value=\"{typed}\"")));
    }
    let lower = codes[0].to_lowercase().replace('-', "ー");
    let typed = [("backup", lower.as_str())];
    let opened = away.fill(&page, "/code/backup-code", &typed).await;
    assert_eq!(opened.header("location"), Some("/account"), "{opened:?}");
    let bodies = told(&site).await;
    let used = |body: &Body| match body {
        Body::BackupCodes(told) => told.event == BackupEvent::Used { left: 9 },
        _ => false,
    };
    assert!(bodies.iter().any(used));
    assert!(!format!("{:?}", browser.open(PAGE).await).contains(&codes[1]));
}

#[tokio::test]
async fn a_backup_code_proves_a_session_anew_once() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    browser.sign_in_with_code(&site).await;
    let none = browser.open("/security/prove").await;
    assert!(!none.text.contains("/security/prove/backup-code"));
    let codes = made(&mut browser).await;
    site.clock.danger_move(Span::minutes(11));
    let late = browser.open(PAGE).await;
    assert!(
        late.text
            .contains("/security/prove?return_to=%2Fsecurity%2Fbackup-codes")
    );
    assert!(!late.text.contains(&format!("action=\"{PAGE}\"")));
    let page = browser
        .open("/security/prove?return_to=%2Fsecurity%2Fbackup-codes")
        .await;
    let typed = [("backup", codes[3].as_str()), ("return_to", PAGE)];
    let path = "/security/prove/backup-code";
    let done = browser.fill(&page, path, &typed).await;
    assert_eq!(done.header("location"), Some(PAGE), "{done:?}");
    assert!(
        browser
            .open(PAGE)
            .await
            .text
            .contains(&format!("action=\"{PAGE}\""))
    );
    let page = browser.open("/security/prove").await;
    let used = browser.fill(&page, path, &typed).await;
    assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY, "used up");
}

#[tokio::test]
async fn no_code_page_offers_backup_codes_that_are_not_there() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    let page = browser.open("/sign-in").await;
    let typed = [("login", LOGIN), ("password", PASSWORD)];
    browser.fill(&page, "/sign-in", &typed).await;
    let page = browser.open("/code").await;
    assert!(!page.text.contains("/code/backup-code"));
}
