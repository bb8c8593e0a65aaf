//! `/recover/passkey`: lost passkeys.

use axum::http::StatusCode;
use sekisho_core::moment::Span;

use crate::browser::{Browser, parameter};
use crate::fixture::{Answer, LOGIN, PASSWORD, Site};
use crate::passkeys::enrolled;
use crate::visit::{code, told};

const PATH: &str = "/recover/passkey";
const CODES: &str = "/recover/passkey/codes";
const BACKUP: &str = "/recover/passkey/backup-code";

/// Login and password, and the page on which the proof is typed.
async fn asked(site: &Site, browser: &mut Browser<'_>, password: &str) -> Answer {
    site.clock.danger_move(Span::seconds(1));
    let page = browser.open(PATH).await;
    let typed = [("login", LOGIN), ("password", password)];
    let sent = browser.fill(&page, PATH, &typed).await;
    assert_eq!(sent.header("location"), Some(CODES), "{sent:?}");
    browser.open(CODES).await
}

#[tokio::test]
async fn lost_passkeys_are_gone_after_a_day_and_the_owner_may_end_it() {
    let site = Site::new().await;
    let (mut owner, _) = enrolled(&site).await;
    let mut other = Browser::of(&site);
    let by_code = async |other: &mut Browser<'_>| {
        let page = asked(&site, other, PASSWORD).await;
        let code = code(&site).await;
        other.fill(&page, CODES, &[("code", &code)]).await
    };
    let done = by_code(&mut other).await;
    let to = done.header("location").unwrap().to_owned();
    assert!(parameter(&to, "due").is_some(), "{to}");
    let centre = owner.open("/security").await;
    assert!(centre.text.contains("なくしたとして"), "{centre:?}");
    let stop = "/security/recovery/passkey";
    let forged = owner.submit(stop, &[("csrf", "x")]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let ended = owner.fill(&centre, stop, &[]).await;
    assert_eq!(ended.header("location"), Some("/security?told=recovery"));
    site.clock.danger_move(Span::hours(25));
    let anew = by_code(&mut other).await;
    assert!(anew.header("location").unwrap().contains("waiting"));
    site.clock.danger_move(Span::hours(24));
    let done = by_code(&mut other).await;
    let to = "/sign-in?told=passkeys_gone";
    assert_eq!(done.header("location"), Some(to), "{done:?}");
    assert!(other.open(to).await.text.contains("role=\"status\""));
}

#[tokio::test]
async fn a_stranger_sees_the_same_whatever_is_typed() {
    let site = Site::new().await;
    enrolled(&site).await;
    let before = told(&site).await.len();
    let mut pages = Vec::new();
    for password in [PASSWORD, "wrong"] {
        let mut stranger = Browser::of(&site);
        let page = asked(&site, &mut stranger, password).await;
        let fields = [("backup", "0000-0000-0000-0000")];
        let wrong = stranger.fill(&page, BACKUP, &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("id=\"backup-error\""), "{wrong:?}");
        let short = stranger.fill(&page, BACKUP, &[("backup", "4K7Q")]).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        for path in [CODES, BACKUP] {
            let forged = stranger.submit(path, &[("csrf", "x")]).await;
            assert_eq!(forged.status, StatusCode::FORBIDDEN);
        }
        let csrf = crate::browser::after(&page.text, "name=\"csrf\" value=\"");
        let second = page.text.split("name=\"csrf\" value=\"").nth(2).unwrap();
        let second = second.split('"').next().unwrap();
        let id = page.header("x-request-id").unwrap_or_default();
        pages.push(
            page.text
                .replace(&csrf, "")
                .replace(second, "")
                .replace(id, ""),
        );
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(told(&site).await.len() - before, 1, "one code for the one");
}

#[tokio::test]
async fn a_backup_code_stands_in_for_the_phone_of_who_forgot_the_password() {
    let site = Site::new().await;
    let mut owner = Browser::of(&site);
    owner.sign_in_with_code(&site).await;
    let codes = crate::backup_code::made(&mut owner).await;
    let mut other = Browser::of(&site);
    for (hours, to) in [(0, "/recover/waiting?due="), (24, "/recover/password")] {
        site.clock.danger_move(Span::hours(hours));
        site.clock.danger_move(Span::seconds(1));
        let page = other.open("/recover").await;
        other.fill(&page, "/recover", &[("login", LOGIN)]).await;
        let page = other.open("/recover/codes").await;
        let mail = code(&site).await;
        let short = [("code", mail.as_str()), ("second", "4K7Q")];
        let short = other.fill(&page, "/recover/codes", &short).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(short.text.contains("id=\"second-error\""), "{short:?}");
        let backup = &codes[usize::from(hours > 0)];
        let typed = [("code", mail.as_str()), ("second", backup)];
        let done = other.fill(&page, "/recover/codes", &typed).await;
        assert!(done.header("location").unwrap().starts_with(to), "{done:?}");
    }
}
