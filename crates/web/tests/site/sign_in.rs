//! `/sign-in`.

use axum::http::StatusCode;

use crate::browser::{Browser, familiar};
use sekisho_web::sign_in_address::SignInAddress;

use crate::fixture::{LOGIN, PASSWORD, Site};

#[tokio::test]
async fn unknown_and_wrong_are_told_the_same_and_the_password_does_not_come_back() {
    let site = Site::new().await;
    let mut told = Vec::new();
    for login in [LOGIN, "nobody@example.com"] {
        let mut browser = Browser::of(&site);
        let page = browser.open("/sign-in?return_to=/history").await;
        let typed = [
            ("login", login),
            ("password", "not the right one"),
            ("return_to", "/history"),
        ];
        let answer = browser.fill(&page, "/sign-in", &typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(&format!("value=\"{login}\"")));
        assert!(
            answer
                .text
                .contains("name=\"return_to\" value=\"/history\"")
        );
        assert!(!answer.text.contains("not the right one"));
        assert!(answer.text.contains("<title>エラー: "));
        told.push(without_fresh(&answer.text.replace(login, "")));
    }
    assert_eq!(told[0], told[1]);
}

/// The page without what is random in it.
fn without_fresh(page: &str) -> String {
    let mut page = page.to_owned();
    for mark in [
        "name=\"csrf\" value=\"",
        "name=\"ticket\" value=\"",
        "challenge&#34;:&#34;",
    ] {
        let fresh: Vec<_> = page
            .split(mark)
            .skip(1)
            .filter_map(|rest| rest.split(['"', '&']).next().map(str::to_owned))
            .collect();
        assert!(!fresh.is_empty(), "{mark}");
        for fresh in fresh {
            page = page.replace(&fresh, "");
        }
    }
    page
}

#[tokio::test]
async fn an_empty_form_names_its_fields_and_costs_no_try() {
    let site = Site::new().await;
    familiar(&site).await;
    let mut browser = Browser::of(&site);
    let page = browser.open("/sign-in").await;
    for _ in 0..10 {
        let answer = browser.fill(&page, "/sign-in", &[("login", LOGIN)]).await;
        assert!(answer.text.contains("id=\"password-error\""));
        assert!(!answer.text.contains("id=\"login-error\""));
    }
    let typed = [("login", LOGIN), ("password", PASSWORD)];
    let opened = browser.fill(&page, "/sign-in", &typed).await;
    assert_eq!(opened.header("location"), Some("/account"));
}

#[tokio::test]
async fn a_session_comes_with_a_new_cookie_and_leads_to_no_other_site() {
    let site = Site::new().await;
    familiar(&site).await;
    for (return_to, location) in [
        ("/history", "/history"),
        ("//evil.example", "/account"),
        ("/\\evil.example", "/account"),
        ("https://evil.example/", "/account"),
    ] {
        let mut browser = Browser::of(&site);
        let page = browser.open("/sign-in").await;
        let typed = [
            ("login", LOGIN),
            ("password", PASSWORD),
            ("return_to", return_to),
        ];
        let opened = browser.fill(&page, "/sign-in", &typed).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{opened:?}");
        assert_eq!(opened.header("location"), Some(location), "{return_to}");
        let cookies = opened.headers.get_all("set-cookie");
        let cookies: Vec<_> = cookies.iter().map(|c| c.to_str().unwrap()).collect();
        let session = cookies.iter().find(|c| c.starts_with("__Host-session="));
        let session = session.unwrap();
        assert!(
            session.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"),
            "{session}"
        );
    }
}

#[tokio::test]
async fn an_address_in_the_query_is_never_a_way_to_another_site() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    for query in [
        "//evil.example",
        "%2F%2Fevil.example",
        "/%5Cevil.example",
        "https:%2F%2Fe",
    ] {
        let page = browser.open(&format!("/sign-in?return_to={query}")).await;
        assert!(
            page.text.contains("name=\"return_to\" value=\"/account\""),
            "{query}"
        );
    }
}

#[tokio::test]
async fn whoever_signs_in_anew_gets_a_new_session_and_the_old_one_ends() {
    let site = Site::new().await;
    familiar(&site).await;
    let mut browser = Browser::of(&site);
    let page = browser.open("/sign-in").await;
    let typed = [("login", LOGIN), ("password", PASSWORD)];
    browser.fill(&page, "/sign-in", &typed).await;
    let mut old = browser.copied();
    assert_eq!(old.open("/account").await.status, StatusCode::OK);
    browser.fill(&page, "/sign-in", &typed).await;
    assert_eq!(browser.open("/account").await.status, StatusCode::OK);
    assert_eq!(old.open("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn on_a_terminal_that_others_use_nothing_is_left_after_signing_out() {
    let site = Site::new().await;
    familiar(&site).await;
    let mut browser = Browser::of(&site);
    let page = browser.open("/sign-in").await;
    let wrong = [("login", LOGIN), ("password", "no"), ("shared", "yes")];
    let again = browser.fill(&page, "/sign-in", &wrong).await;
    assert!(again.text.contains(" checked"), "the tick stays");
    let typed = [("login", LOGIN), ("password", PASSWORD), ("shared", "yes")];
    let opened = browser.fill(&page, "/sign-in", &typed).await;
    assert_eq!(opened.header("location"), Some("/account"));
    assert!(browser.holds("__Host-shared") && !browser.holds("__Host-device"));
    let csrf = browser.csrf("sign_out");
    let answer = browser.submit("/sign-out", &[("csrf", &csrf)]).await;
    let cleared = answer.header("clear-site-data");
    assert_eq!(cleared, Some("\"cache\", \"cookies\", \"storage\""));
    // Whoever comes next in a browser that kept the mark all the same, and does not tick.
    let page = browser.open("/sign-in").await;
    let typed = [("login", LOGIN), ("password", PASSWORD)];
    browser.fill(&page, "/sign-in", &typed).await;
    assert!(!browser.holds("__Host-shared"));
    let csrf = browser.csrf("sign_out");
    let answer = browser.submit("/sign-out", &[("csrf", &csrf)]).await;
    assert_eq!(answer.header("clear-site-data"), None);
}

#[tokio::test]
async fn the_page_moves_and_its_former_addresses_lead_there_and_nowhere_else() {
    let site = Site::with(|_, edge| {
        let former = ["/login".to_owned()];
        edge.sign_in = SignInAddress::new("/member/login", &former).unwrap();
    })
    .await;
    familiar(&site).await;
    let mut browser = Browser::of(&site);
    for (asked, led) in [
        ("/login", "/member/login"),
        ("/sign-in", "/member/login"),
        (
            "/login?return_to=/history",
            "/member/login?return_to=/history",
        ),
        (
            "/sign-in?return_to=//evil.example",
            "/member/login?return_to=//evil.example",
        ),
    ] {
        let answer = browser.open(asked).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{asked}");
        assert_eq!(answer.header("location"), Some(led), "{asked}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let page = browser.open(led).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains("value=\"//evil"), "{led}");
    }
    for asked in ["//login", "/login/", "/LOGIN", "/login//evil.example"] {
        let answer = browser.open(asked).await;
        assert_eq!(answer.header("location"), None, "{asked}");
    }
    let page = browser.open("/member/login").await;
    let typed = [("login", LOGIN), ("password", PASSWORD)];
    let opened = browser.fill(&page, "/sign-in", &typed).await;
    assert_eq!(opened.header("location"), Some("/account"));
}
