//! `/sign-up`.

use axum::http::StatusCode;

use crate::browser::Browser;
use crate::fixture::{Answer, LOGIN, Site};
use crate::visit::code;

async fn registered(site: &Site, login: &str, password: &str) -> (Answer, Answer) {
    let mut browser = Browser::of(site);
    let page = browser.open("/sign-up").await;
    let typed = [("login", login), ("password", password)];
    let answer = browser.fill(&page, "/sign-up", &typed).await;
    (answer, browser.open("/code").await)
}

#[tokio::test]
async fn a_newcomer_proves_the_address_and_is_signed_in() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    let page = browser.open("/sign-up?return_to=/history").await;
    let typed = [
        ("login", "Ｎｅｗ@example.com"),
        ("password", "a long and new one"),
        ("return_to", "/history"),
    ];
    let sent = browser.fill(&page, "/sign-up", &typed).await;
    assert_eq!(sent.header("location"), Some("/code"), "{sent:?}");
    let page = browser.open("/code").await;
    let code = code(&site).await;
    let opened = browser.fill(&page, "/code", &[("code", &code)]).await;
    assert_eq!(opened.header("location"), Some("/history"), "{opened:?}");
}

#[tokio::test]
async fn a_login_that_is_taken_looks_like_one_that_is_free() {
    let site = Site::new().await;
    let password = "a long and new one";
    let (free, free_code) = registered(&site, "hoshi@example.com", password).await;
    let (taken, taken_code) = registered(&site, LOGIN, password).await;
    assert_eq!(free.status, taken.status);
    assert_eq!(free.header("location"), taken.header("location"));
    let plain = |page: &Answer| {
        let parts = page.text.split("name=\"csrf\" value=\"");
        let rests = parts.map(|part| part.split_once('"').map_or(part, |(_, rest)| rest));
        rests.collect::<String>()
    };
    assert_eq!(plain(&free_code), plain(&taken_code));
}

#[tokio::test]
async fn what_does_not_fit_is_named_beside_its_field() {
    let site = Site::new().await;
    for (login, password, field) in [
        ("nobody", "a long and new one", "login-error"),
        ("", "a long and new one", "login-error"),
        ("new@example.com", "short", "password-error"),
        ("new@example.com", "", "password-error"),
    ] {
        let (answer, code) = registered(&site, login, password).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{login}");
        assert!(
            answer.text.contains(&format!("id=\"{field}\"")),
            "{login} {password}"
        );
        assert!(
            answer.text.contains(&format!("value=\"{login}\"")),
            "{login}"
        );
        assert_eq!(code.status, StatusCode::SEE_OTHER, "a conversation began");
    }
}

#[tokio::test]
async fn a_password_that_is_guessed_first_is_told_why_and_is_not_sent_back() {
    let site = Site::new().await;
    for (password, step, word) in [
        ("sakura2024", "low", "よく知られた単語がほとんどです"),
        ("1qaz2wsx3edc", "low", "キーボードの並びがほとんどです"),
        (
            "nobu.hara-1980",
            "low",
            "ご自身の情報やサービス名がほとんどです",
        ),
    ] {
        let (answer, _) = registered(&site, "nobu.hara@example.com", password).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(&format!("data-step=\"{step}\"")));
        let said = answer.text.split("gauge-why hint").nth(1).unwrap();
        assert!(
            said.starts_with(&format!("\">{word}")),
            "{password}: {said}"
        );
        assert!(!answer.text.contains(password));
    }
    let mut browser = Browser::of(&site);
    let page = browser.open("/sign-up").await;
    assert!(!page.text.contains("data-step=\""), "nothing was typed yet");
    assert!(page.text.contains("aria-live=\"polite\""));
    let (_, rest) = page.text.split_once("/assets/gauge.js?v=").unwrap();
    let (mark, _) = rest.split_once('"').unwrap();
    let script = browser.open(&format!("/assets/gauge.js?v={mark}")).await;
    assert_eq!(
        script.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    assert!(script.text.contains("\"sakura\""));
}
