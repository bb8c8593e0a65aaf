//! `/recover` and `/thaw`: a forgotten password and a frozen account.

use axum::http::StatusCode;
use sekisho_core::moment::Span;
use sekisho_gate::Body;

use crate::browser::{Browser, parameter};
use crate::fixture::{Answer, LOGIN, PASSWORD, Site};
use crate::visit::{code, told};

const NEW: &str = "a very different sentence";

/// What leads to the codes, and the page on which they are typed.
async fn asked(browser: &mut Browser<'_>, path: &str, typed: &[(&str, &str)]) -> Answer {
    let page = browser.open(path).await;
    let sent = browser.fill(&page, path, typed).await;
    let codes = format!("{path}/codes");
    assert_eq!(sent.header("location"), Some(codes.as_str()), "{sent:?}");
    browser.open(&codes).await
}

/// The newest code to whoever `to` names.
async fn code_to(site: &Site, to: &str) -> String {
    let waiting = sekisho_core::known::NoticeState::Waiting;
    let waiting = site.gate.notices(waiting, 1000).await.unwrap();
    let open = |notice| site.gate.danger_open_notice(notice).unwrap();
    let sent = waiting.iter().rev().map(open);
    let code = |message: sekisho_gate::Message| match message.body {
        Body::Code { code, .. } if message.to.contains(to) => Some(code),
        _ => None,
    };
    sent.filter_map(code).next().unwrap()
}

/// Gives the customer a phone.
async fn with_phone(site: &Site, browser: &mut Browser<'_>) {
    browser.enter(site).await;
    let page = browser.open("/security/prove").await;
    let sent = browser.fill(&page, "/security/prove/code", &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{sent:?}");
    let page = browser.open("/security/prove").await;
    let code = code_to(site, LOGIN).await;
    browser
        .fill(&page, "/security/prove", &[("code", &code)])
        .await;
    site.clock.danger_move(Span::seconds(1));
    let path = "/security/contact/new";
    let page = browser.open(path).await;
    let typed = [("current", LOGIN), ("wanted", "090-1234-5678")];
    let sent = browser.fill(&page, path, &typed).await;
    assert_eq!(sent.header("location"), Some("/code"), "{sent:?}");
    let page = browser.open("/code").await;
    let code = code_to(site, "+81").await;
    let done = browser.fill(&page, "/code", &[("code", &code)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{done:?}");
    site.clock.danger_move(Span::hours(48));
}

/// Both codes of a forgotten password.
async fn both(site: &Site, browser: &mut Browser<'_>) -> Answer {
    site.clock.danger_move(Span::seconds(1));
    let page = asked(browser, "/recover", &[("login", LOGIN)]).await;
    let (mail, sms) = (code_to(site, LOGIN).await, code_to(site, "+81").await);
    let typed = [("code", mail.as_str()), ("second", &sms)];
    browser.fill(&page, "/recover/codes", &typed).await
}

#[tokio::test]
async fn a_frozen_account_is_thawed_by_password_code_and_a_day() {
    let site = Site::new().await;
    let mut owner = Browser::of(&site);
    owner.enter(&site).await;
    let page = owner.open("/security/freeze").await;
    owner.fill(&page, "/security/freeze", &[]).await;
    let typed = [("login", LOGIN), ("password", PASSWORD)];
    for (hours, waits) in [(0, true), (23, true), (1, false)] {
        site.clock.danger_move(Span::hours(hours));
        site.clock.danger_move(Span::seconds(1));
        let page = asked(&mut owner, "/thaw", &typed).await;
        assert!(!page.text.contains(LOGIN) && !page.text.contains("***"));
        let code = code(&site).await;
        let done = owner.fill(&page, "/thaw/codes", &[("code", &code)]).await;
        let to = done.header("location").unwrap();
        assert_eq!(parameter(to, "due").is_some(), waits, "{to}");
        let next = owner.open(to).await;
        assert_eq!(next.status, StatusCode::OK);
        assert_eq!(next.text.contains("までお待ちください"), waits, "{next:?}");
        assert_eq!(next.text.contains("48時間のうちに"), waits);
    }
    owner.enter(&site).await;
}

#[tokio::test]
async fn a_stranger_sees_the_same_whatever_is_typed() {
    let site = Site::new().await;
    let mut owner = Browser::of(&site);
    with_phone(&site, &mut owner).await;
    let before = told(&site).await.len();
    let mut pages = Vec::new();
    for (path, login, password) in [
        ("/thaw", LOGIN, PASSWORD),
        ("/thaw", LOGIN, "wrong"),
        ("/thaw", "nobody@example.jp", PASSWORD),
        ("/thaw", "<b>", PASSWORD),
        ("/recover", "nobody@example.jp", "-"),
        ("/recover", LOGIN, "-"),
    ] {
        let mut stranger = Browser::of(&site);
        let typed = [("login", login), ("password", password)];
        let page = asked(&mut stranger, path, &typed).await;
        let action = format!("{path}/codes");
        let typed = [("code", "000000"), ("second", "000000")];
        let wrong = stranger.fill(&page, &action, &typed).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{login}");
        let csrf = crate::browser::after(&wrong.text, "name=\"csrf\" value=\"");
        let id = wrong.header("x-request-id").unwrap_or_default().to_owned();
        let text = wrong.text.replace(&csrf, "").replace(&id, "");
        pages.push((path, text));
        let code = stranger.open("/code").await;
        assert_eq!(code.header("location"), Some("/sign-in?told=over"));
    }
    for (path, text) in &pages {
        let first = pages.iter().find(|(other, _)| other == path).unwrap();
        assert_eq!(text, &first.1, "{path}");
    }
    let sent = told(&site).await.len() - before;
    assert_eq!(sent, 2, "two codes for the one that can be recovered");
}

#[tokio::test]
async fn a_forgotten_password_is_set_after_a_day_and_the_owner_may_end_it() {
    let site = Site::new().await;
    let mut owner = Browser::of(&site);
    with_phone(&site, &mut owner).await;
    let mut other = Browser::of(&site);
    let done = both(&site, &mut other).await;
    let to = done.header("location").unwrap();
    let (page, ours) = to.split_once("&ours=").unwrap();
    let (_, due) = page.split_once("/recover/waiting?due=").unwrap();
    let dated = other.open(to).await;
    for forged in [
        format!("/recover/waiting?due={due}"),
        format!("/recover/waiting?due=1&ours={ours}"),
        format!("/recover/waiting?due={due}&ours={}", ours.to_uppercase()),
    ] {
        let page = other.open(&forged).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_ne!(page.text, dated.text, "{forged} names the date");
        assert!(page.text.contains("24時間"), "{page:?}");
    }
    let elsewhere = Browser::of(&site).open(to).await;
    assert!(elsewhere.text.contains("24時間"), "of another browser");
    assert!(!dated.text.contains("24時間"), "{dated:?}");
    let early = other.open("/recover/password").await;
    assert_eq!(early.header("location"), Some("/recover"));

    let mut owner = owner.on_the_same_device();
    owner.enter(&site).await;
    let centre = owner.open("/security").await;
    assert!(centre.text.contains("お手続き中の再設定"), "{centre:?}");
    let stop = "/security/recovery/password";
    let forged = owner.submit(stop, &[("csrf", "x")]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let mut stranger = Browser::of(&site);
    stranger.sign_up(&site, "jiro@example.com").await;
    let csrf = stranger.csrf("cancel_recovery:password");
    stranger.submit(stop, &[("csrf", &csrf)]).await;
    let centre = owner.open("/security").await;
    assert!(
        centre.text.contains("お手続き中の再設定"),
        "not theirs to end"
    );
    let ended = owner.fill(&centre, stop, &[]).await;
    assert_eq!(ended.header("location"), Some("/security?told=recovery"));

    site.clock.danger_move(Span::hours(25));
    let done = both(&site, &mut other).await;
    assert!(done.header("location").unwrap().contains("waiting"), "anew");
    site.clock.danger_move(Span::hours(24));
    let done = both(&site, &mut other).await;
    assert_eq!(done.header("location"), Some("/recover/password"));
    let page = other.open("/recover/password").await;
    let weak = [("password", "short")];
    let weak = other.fill(&page, "/recover/password", &weak).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    let forged = [("csrf", "x"), ("password", NEW)];
    let forged = other.submit("/recover/password", &forged).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let set = [("password", NEW)];
    let set = other.fill(&page, "/recover/password", &set).await;
    assert_eq!(set.header("location"), Some("/sign-in?told=recovered"));
    let page = other.open("/sign-in").await;
    for (password, status) in [(PASSWORD, 422), (NEW, 303)] {
        let typed = [("login", LOGIN), ("password", password)];
        let answer = other.fill(&page, "/sign-in", &typed).await;
        assert_eq!(answer.status.as_u16(), status, "{password}");
    }
}
