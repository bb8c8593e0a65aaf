//! `/authorize` and `/authorize/resume`.

use axum::http::StatusCode;
use sekisho_core::moment::Span;

use crate::browser::{Browser, encoded, familiar, form, parameter};
use crate::fixture::{REDIRECT, Site};

/// RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The address of a request, with some parameters changed; an empty value takes one away.
pub fn request(site: &Site, changes: &[(&str, &str)]) -> String {
    let client = site.broker.application.id.to_string();
    let mut pairs = vec![
        ("client_id", client.as_str()),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "st&te"),
        ("nonce", "n-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    pairs.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    pairs.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    format!("/authorize?{}", form(&pairs))
}

/// Signs in for a request and answers with the address at the application.
pub async fn authorized(browser: &mut Browser<'_>, address: &str) -> String {
    let begun = browser.open(address).await;
    let (page, _) = browser.follow(begun).await;
    let signed_in = browser.sign_in(&page).await;
    let (_, left) = browser.follow(signed_in).await;
    left.unwrap_or_else(|| panic!("stayed for {address}"))
}

fn left(answer: &(crate::fixture::Answer, Option<String>)) -> String {
    answer
        .1
        .clone()
        .unwrap_or_else(|| panic!("stayed: {answer:?}"))
}

#[tokio::test]
async fn a_customer_signs_in_and_the_application_gets_a_code() {
    let site = Site::new().await;
    familiar(&site).await;
    let mut browser = Browser::of(&site);
    let back = authorized(&mut browser, &request(&site, &[])).await;
    assert!(back.starts_with(REDIRECT), "{back}");
    assert!(parameter(&back, "code").is_some());
    assert_eq!(parameter(&back, "state").as_deref(), Some("st&te"));
    assert_eq!(
        parameter(&back, "iss").as_deref(),
        Some("https://id.example.jp")
    );

    let again = browser.open(&request(&site, &[("prompt", "none")])).await;
    let back = left(&browser.follow(again).await);
    assert!(
        parameter(&back, "code").is_some(),
        "whoever is signed in is not asked: {back}"
    );
}

#[tokio::test]
async fn a_session_that_is_not_enough_is_asked_again_once() {
    let site = Site::new().await;
    familiar(&site).await;
    for changes in [
        &[("prompt", "login")][..],
        &[("prompt", "select_account")],
        &[("max_age", "60")],
        &[("max_age", "0")],
        &[("acr_values", "phr")],
    ] {
        let mut browser = Browser::of(&site);
        authorized(&mut browser, &request(&site, &[])).await;
        site.clock.danger_move(Span::seconds(61));
        let back = authorized(&mut browser, &request(&site, changes)).await;
        assert!(parameter(&back, "code").is_some(), "{changes:?}: {back}");
    }
}

#[tokio::test]
async fn nothing_is_asked_when_nothing_may_be_asked() {
    let site = Site::new().await;
    familiar(&site).await;
    let mut browser = Browser::of(&site);
    let answer = browser.open(&request(&site, &[("prompt", "none")])).await;
    let back = left(&browser.follow(answer).await);
    assert_eq!(parameter(&back, "error").as_deref(), Some("login_required"));
    assert_eq!(parameter(&back, "state").as_deref(), Some("st&te"));
    assert_eq!(
        parameter(&back, "iss").as_deref(),
        Some("https://id.example.jp")
    );
    authorized(&mut browser, &request(&site, &[])).await;
    site.clock.danger_move(Span::seconds(61));
    let old = request(&site, &[("prompt", "none"), ("max_age", "60")]);
    let answer = browser.open(&old).await;
    let back = left(&browser.follow(answer).await);
    assert_eq!(parameter(&back, "error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn an_error_goes_to_a_registered_address_and_to_no_other() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    for (changes, error) in [
        (&[("code_challenge", "")][..], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("scope", "profile")], "invalid_scope"),
        (&[("request", "e30.e30.")], "request_not_supported"),
        (
            &[("request_uri", "https://a.example/")],
            "request_uri_not_supported",
        ),
    ] {
        let answer = browser.open(&request(&site, changes)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{changes:?}");
        let back = answer.header("location").unwrap();
        assert!(back.starts_with(&format!("{REDIRECT}?")), "{back}");
        assert_eq!(
            parameter(back, "error").as_deref(),
            Some(error),
            "{changes:?}"
        );
        assert_eq!(parameter(back, "state").as_deref(), Some("st&te"));
        assert_eq!(
            parameter(back, "iss").as_deref(),
            Some("https://id.example.jp")
        );
    }
    let other = format!("{REDIRECT}/");
    let unknown = format!("app_{}", "0".repeat(26));
    for changes in [
        &[("redirect_uri", "")][..],
        &[("redirect_uri", other.as_str())],
        &[("redirect_uri", "https://evil.example/callback")],
        &[("redirect_uri", "https://broker.example/callback?x=1")],
        &[
            ("redirect_uri", REDIRECT),
            ("redirect_uri", "https://evil.example/"),
        ],
        &[("client_id", "")],
        &[("client_id", "nonsense")],
        &[("client_id", unknown.as_str())],
    ] {
        let answer = browser.open(&request(&site, changes)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{changes:?}");
        assert_eq!(answer.header("location"), None);
        assert!(answer.text.contains("<h1>"), "{}", answer.text);
        assert!(
            !answer.text.contains("//evil.example"),
            "no way leads there"
        );
    }
}

#[tokio::test]
async fn a_posted_request_is_the_same_request() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    let client = site.broker.application.id.to_string();
    let fields = [
        ("client_id", client.as_str()),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("login_hint", "hana@example.com"),
    ];
    let answer = browser.submit("/authorize", &fields).await;
    let (page, _) = browser.follow(answer).await;
    assert!(
        page.text.contains("value=\"hana@example.com\""),
        "{}",
        page.text
    );
    assert!(page.text.contains("broker"), "the application is named");
}

#[tokio::test]
async fn the_sign_in_page_speaks_the_wanted_language() {
    let site = Site::new().await;
    for (wanted, lang) in [("fr en-GB ja", "en"), ("ja en", "ja")] {
        let mut browser = Browser::of(&site);
        let begun = browser
            .open(&request(&site, &[("ui_locales", wanted)]))
            .await;
        let (page, _) = browser.follow(begun).await;
        assert!(
            page.text.contains(&format!("<html lang=\"{lang}\"")),
            "{wanted}"
        );
    }
}

#[tokio::test]
async fn a_request_is_answered_once_and_not_for_ever() {
    let site = Site::new().await;
    familiar(&site).await;
    let mut browser = Browser::of(&site);
    authorized(&mut browser, &request(&site, &[])).await;
    let begun = browser.open(&request(&site, &[])).await;
    let resume = begun.header("location").unwrap().to_owned();
    assert_eq!(browser.open(&resume).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.open(&resume).await.status, StatusCode::GONE);
    let begun = browser.open(&request(&site, &[])).await;
    let resume = begun.header("location").unwrap().to_owned();
    site.clock.danger_move(Span::minutes(31));
    assert_eq!(browser.open(&resume).await.status, StatusCode::GONE);
    for nonsense in ["", "?id=", "?id=aut_x", "?id=%ff"] {
        let answer = browser.open(&format!("/authorize/resume{nonsense}")).await;
        assert_eq!(answer.status, StatusCode::GONE, "{nonsense}");
    }
}

#[tokio::test]
async fn a_page_is_dressed_strictly() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    let begun = browser
        .open(&request(&site, &[("login_hint", "\"><script>")]))
        .await;
    let (page, _) = browser.follow(begun).await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("form-action 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert!(
        !page.text.contains("\"><script>"),
        "{}",
        encoded(&page.text)
    );
}
