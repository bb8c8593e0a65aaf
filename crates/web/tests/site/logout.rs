//! `/logout`.

use axum::http::StatusCode;

use crate::authorize::request;
use crate::browser::{Browser, familiar, form, parameter};
use crate::fixture::{GOODBYE, Site};
use crate::token::tokens;

async fn is_signed_in(site: &Site, browser: &mut Browser<'_>) -> bool {
    let answer = browser.open(&request(site, &[("prompt", "none")])).await;
    let (_, back) = browser.follow(answer).await;
    parameter(&back.unwrap(), "code").is_some()
}

fn logout(pairs: &[(&str, &str)]) -> String {
    format!("/logout?{}", form(pairs))
}

#[tokio::test]
async fn an_application_that_shows_its_token_ends_the_session() {
    let site = Site::new().await;
    familiar(&site).await;
    let mut browser = Browser::of(&site);
    let hint = tokens(&site, &mut browser).await["id_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let goodbye = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", GOODBYE),
        ("state", "s 1"),
    ];
    let answer = browser.open(&logout(&goodbye)).await;
    assert_eq!(
        answer.header("location"),
        Some(format!("{GOODBYE}?state=s%201").as_str())
    );
    assert!(!is_signed_in(&site, &mut browser).await);
    let again = browser.open(&logout(&goodbye)).await;
    assert_eq!(
        again.status,
        StatusCode::SEE_OTHER,
        "nobody is signed in, so nobody is asked"
    );
}

#[tokio::test]
async fn a_posted_sign_out_comes_back_as_a_get_that_brings_the_cookie() {
    let site = Site::new().await;
    familiar(&site).await;
    let mut browser = Browser::of(&site);
    let hint = tokens(&site, &mut browser).await["id_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let fields = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", GOODBYE),
    ];
    let answer = Browser::of(&site).submit("/logout", &fields).await;
    let (_, left) = browser.follow(answer).await;
    assert_eq!(left.as_deref(), Some(GOODBYE));
    assert!(!is_signed_in(&site, &mut browser).await);
}

#[tokio::test]
async fn without_a_token_of_this_session_the_customer_is_asked() {
    let site = Site::new().await;
    familiar(&site).await;
    let mut browser = Browser::of(&site);
    let old = tokens(&site, &mut browser).await["id_token"]
        .as_str()
        .unwrap()
        .to_owned();
    tokens(&site, &mut browser).await;
    let altered = format!("{}x", &old[..old.len() - 1]);
    for pairs in [
        &[][..],
        &[("post_logout_redirect_uri", GOODBYE)],
        &[("id_token_hint", "nonsense")],
        &[
            ("id_token_hint", altered.as_str()),
            ("post_logout_redirect_uri", GOODBYE),
        ],
        &[
            ("id_token_hint", old.as_str()),
            ("post_logout_redirect_uri", GOODBYE),
        ],
    ] {
        let answer = browser.open(&logout(pairs)).await;
        let (page, left) = browser.follow(answer).await;
        assert_eq!(left, None, "{pairs:?}");
        assert!(
            page.text.contains("action=\"/sign-out\""),
            "{pairs:?} {page:?}"
        );
        assert!(is_signed_in(&site, &mut browser).await, "{pairs:?}");
    }
}

#[tokio::test]
async fn nobody_is_sent_where_the_application_is_not_registered() {
    let site = Site::new().await;
    familiar(&site).await;
    let mut browser = Browser::of(&site);
    let hint = tokens(&site, &mut browser).await["id_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let rival = site.rival.application.id.to_string();
    for pairs in [
        [
            ("post_logout_redirect_uri", "https://evil.example/"),
            ("state", "x"),
        ],
        [
            (
                "post_logout_redirect_uri",
                "https://broker.example/callback",
            ),
            ("state", "x"),
        ],
        [
            ("post_logout_redirect_uri", GOODBYE),
            ("client_id", rival.as_str()),
        ],
    ] {
        let pairs = [&pairs[..], &[("id_token_hint", hint.as_str())]].concat();
        let answer = browser.open(&logout(&pairs)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{pairs:?}");
        assert!(is_signed_in(&site, &mut browser).await, "{pairs:?}");
    }
}

#[tokio::test]
async fn a_terminal_that_others_use_keeps_nothing_when_an_application_signs_out() {
    let site = Site::new().await;
    familiar(&site).await;
    for shared in [false, true] {
        let mut browser = Browser::of(&site);
        let hint = tokens(&site, &mut browser).await["id_token"]
            .as_str()
            .unwrap()
            .to_owned();
        if shared {
            browser.keep("__Host-shared", "yes");
        }
        let answer = browser.open(&logout(&[("id_token_hint", &hint)])).await;
        let cleared = shared.then_some("\"cache\", \"cookies\", \"storage\"");
        assert_eq!(answer.header("clear-site-data"), cleared);
    }
}
