//! `/security/totp` and `/code/totp`.

use axum::http::StatusCode;
use secrecy::ExposeSecret as _;
use sekisho_core::moment::Span;
use sekisho_gate::Body;
use sekisho_seal::totp::{TotpHash, TotpSecret, TotpStep};

use crate::browser::{Browser, after};
use crate::fixture::{LOGIN, PASSWORD, Site};
use crate::visit::told;

/// What the app makes of the letters that are typed into it (RFC 4648 section 6).
fn app(letters: &str) -> TotpSecret {
    let (mut bits, mut many, mut bytes) = (0u32, 0, Vec::new());
    for letter in letters.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        (bits, many) = (bits << 5 | u32::from(value), many + 5);
        if many >= 8 {
            many -= 8;
            bytes.push((bits >> many & 255) as u8);
        }
    }
    TotpSecret::from_bytes(&bytes, TotpHash::Sha1).unwrap()
}

fn code(site: &Site, app: &TotpSecret) -> String {
    let code = app.code(TotpStep::at(site.gate.now()));
    code.expose_secret().to_owned()
}

#[tokio::test]
async fn an_app_is_added_signs_in_in_the_place_of_the_sent_code_and_is_removed() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    browser.sign_in_with_code(&site).await;
    let page = browser.open("/security/totp").await;
    assert!(!page.text.contains("otpauth"), "a GET draws no secret");
    let begun = browser.fill(&page, "/security/totp", &[]).await;
    assert_eq!(begun.header("location"), Some("/security/totp"));
    let page = browser.open("/security/totp").await;
    let letters = after(&page.text, "?secret=");
    let letters = letters.split('&').next().unwrap();
    assert!(after(&page.text, "href=\"otpauth://totp/").contains(letters));
    let app = app(letters);
    for typed in ["12345", "000000"] {
        let fields = [("app", typed)];
        let wrong = browser.fill(&page, "/security/totp/code", &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("id=\"app-error\""), "{wrong:?}");
        assert!(!wrong.text.contains(&format!("value=\"{typed}\"")));
    }
    let right = [("app", code(&site, &app))];
    let typed = [("app", right[0].1.as_str())];
    let added = browser.fill(&page, "/security/totp/code", &typed).await;
    assert_eq!(added.header("location"), Some("/security/totp?told=added"));
    let shown = browser.open("/security/totp?told=added").await;
    assert!(shown.text.contains("role=\"status\""));
    assert!(!shown.text.contains(letters), "shown no more");
    let bodies = told(&site).await;
    assert!(
        bodies
            .iter()
            .any(|body| matches!(body, Body::TotpAdded { .. }))
    );

    site.clock.danger_move(Span::seconds(30));
    let mut away = Browser::of(&site);
    away.peer = "198.51.100.66:4711".parse().unwrap();
    let page = away.open("/sign-in").await;
    let typed = [("login", LOGIN), ("password", PASSWORD)];
    away.fill(&page, "/sign-in", &typed).await;
    let page = away.open("/code").await;
    let used = [("app", right[0].1.as_str())];
    let wrong = away.fill(&page, "/code/totp", &used).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("id=\"app-error\""));
    let next = code(&site, &app);
    let opened = away.fill(&page, "/code/totp", &[("app", &next)]).await;
    assert_eq!(opened.header("location"), Some("/account"), "{opened:?}");

    let page = browser.open("/security/totp").await;
    let removed = browser.fill(&page, "/security/totp/remove", &[]).await;
    assert_eq!(
        removed.header("location"),
        Some("/security/totp?told=removed")
    );
}

#[tokio::test]
async fn an_app_proves_a_session_anew_once_and_locks_apart() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    browser.sign_in_with_code(&site).await;
    let none = browser.open("/security/prove").await;
    assert!(!none.text.contains("/security/prove/totp"), "there is none");
    let page = browser.open("/security/totp").await;
    browser.fill(&page, "/security/totp", &[]).await;
    let page = browser.open("/security/totp").await;
    let letters = after(&page.text, "?secret=");
    let app = app(letters.split('&').next().unwrap());
    let added = code(&site, &app);
    let typed = [("app", added.as_str())];
    browser.fill(&page, "/security/totp/code", &typed).await;
    site.clock.danger_move(Span::minutes(11));
    let prove = "/security/prove?return_to=%2Fsecurity%2Fpassword";
    let page = browser.open(prove).await;
    let to = ("return_to", "/security/password");
    for wrong in ["12345", added.as_str()] {
        let typed = [("app", wrong), to];
        let again = browser.fill(&page, "/security/prove/totp", &typed).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(again.text.contains("id=\"app-error\""), "{again:?}");
    }
    let right = code(&site, &app);
    let mut thief = browser.copied();
    let typed = [("app", right.as_str()), to];
    let done = browser.fill(&page, "/security/prove/totp", &typed).await;
    assert_eq!(
        done.header("location"),
        Some("/security/password"),
        "{done:?}"
    );
    assert_eq!(
        browser.open("/security/password").await.status,
        StatusCode::OK
    );
    assert_eq!(thief.open("/security").await.status, StatusCode::SEE_OTHER);
    let page = browser.open(prove).await;
    let used = browser.fill(&page, "/security/prove/totp", &typed).await;
    assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY, "used up");
}

#[tokio::test]
async fn a_session_that_is_not_fresh_is_sent_to_prove_again() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    browser.sign_in_with_code(&site).await;
    site.clock.danger_move(Span::minutes(11));
    let page = browser.open("/security/totp").await;
    assert!(
        page.text
            .contains("/security/prove?return_to=%2Fsecurity%2Ftotp")
    );
    assert!(!page.text.contains("action=\"/security/totp\""));
}

#[tokio::test]
async fn no_code_page_offers_an_app_that_is_not_there() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    let page = browser.open("/sign-in").await;
    let typed = [("login", LOGIN), ("password", PASSWORD)];
    browser.fill(&page, "/sign-in", &typed).await;
    let page = browser.open("/code").await;
    assert!(!page.text.contains("/code/totp"));
}
