//! `/security/contact`: how a customer is reached.

use axum::http::StatusCode;
use sekisho_core::known::NoticeState;
use sekisho_core::moment::Span;
use sekisho_gate::Body;

use crate::browser::{Browser, after};
use crate::fixture::{Answer, LOGIN, PASSWORD, Site};
use crate::v1::withdrawal;
use crate::visit::{asked, code};

const NEW: &str = "hanako@example.org";

/// Who was told what, oldest first.
async fn mailed(site: &Site) -> Vec<(String, Body)> {
    let waiting = site.gate.notices(NoticeState::Waiting, 1000).await.unwrap();
    let open = |notice| site.gate.danger_open_notice(notice).unwrap();
    let opened = waiting.iter().map(open);
    opened.map(|message| (message.to, message.body)).collect()
}

async fn leads(browser: &mut Browser<'_>, login: &str) -> Option<String> {
    let page = browser.open("/sign-in").await;
    let typed = [("login", login), ("password", PASSWORD)];
    let answer = browser.fill(&page, "/sign-in", &typed).await;
    answer.header("location").map(str::to_owned)
}

/// Asks for another address at `path`.
async fn wanting(browser: &mut Browser<'_>, path: &str, current: &str, wanted: &str) -> Answer {
    let page = browser.open(path).await;
    let typed = [("current", current), ("wanted", wanted)];
    browser.fill(&page, path, &typed).await
}

/// The path at which the only channel is replaced.
async fn replacing(browser: &mut Browser<'_>) -> String {
    let page = browser.open("/security/contact").await;
    let id = after(&page.text, "href=\"/security/contact/chn_");
    format!("/security/contact/chn_{id}")
}

/// Types the newest code.
async fn proved(site: &Site, browser: &mut Browser<'_>) -> Answer {
    let page = browser.open("/code").await;
    let code = code(site).await;
    browser.fill(&page, "/code", &[("code", &code)]).await
}

#[tokio::test]
async fn a_new_address_takes_the_place_of_the_old_and_a_report_brings_the_old_back() {
    let site = Site::new().await;
    let pending = asked(&site).await;
    let mut thief = Browser::of(&site);
    thief.enter(&site).await;
    let path = replacing(&mut thief).await;
    let sent = wanting(&mut thief, &path, LOGIN, NEW).await;
    assert_eq!(sent.header("location"), Some("/code"), "{sent:?}");
    let changed = proved(&site, &mut thief).await;
    let to = changed.header("location");
    assert_eq!(to, Some("/security/contact?told=changed"), "{changed:?}");
    let page = thief.open("/security/contact").await;
    assert!(page.text.contains("h***@e***.org") && !page.text.contains("h***@e***.com"));

    let told = mailed(&site).await;
    let changes: Vec<_> = told
        .iter()
        .filter_map(|(to, body)| match body {
            Body::ContactChanged { report, .. } => Some((to.as_str(), report.clone())),
            _ => None,
        })
        .collect();
    let mut to: Vec<_> = changes.iter().map(|(to, _)| *to).collect();
    to.sort_unstable();
    assert_eq!(to, [LOGIN, NEW], "old and new are told");
    // Money waits: what was open is held, and so is what comes.
    let page = thief.open(&pending).await;
    assert!(!page.text.contains("one-time-code"), "{page:?}");
    let token = Some(site.broker.all.as_str());
    let next = site.post("/v1/operations", token, &withdrawal()).await;
    assert_eq!(next.json()["verdict"], "hold", "{next:?}");
    let reasons = next.json()["reasons"].to_string();
    assert!(reasons.contains("contact_fresh"), "{reasons}");

    let mut owner = Browser::of(&site);
    assert_eq!(
        leads(&mut owner, LOGIN).await,
        None,
        "the old one signs in no more"
    );
    let page = owner.open("/report").await;
    let typed = [("code", changes[0].1.as_str())];
    let frozen = owner.fill(&page, "/report", &typed).await;
    assert_eq!(
        frozen.header("location"),
        Some("/report/done"),
        "{frozen:?}"
    );
    assert_eq!(thief.open("/account").await.status, StatusCode::SEE_OTHER);
    let frozen = mailed(&site).await;
    let frozen = frozen
        .iter()
        .filter(|(_, body)| matches!(body, Body::Frozen { .. }));
    let mut to: Vec<_> = frozen.map(|(to, _)| to.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, [LOGIN, NEW], "one of them is the owner");
    let reference = sekisho_core::text::Reference::parse(crate::fixture::CUSTOMER).unwrap();
    let ground = sekisho_core::thaw::Ground::parse("seen at the window").unwrap();
    site.gate.thaw(&reference, ground).await.unwrap();
    assert!(leads(&mut owner, LOGIN).await.is_some());
    assert_eq!(leads(&mut thief, NEW).await, None);
}

#[tokio::test]
async fn the_present_one_is_typed_in_full_and_guesses_come_to_an_end() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    browser.enter(&site).await;
    let path = "/security/contact/new";
    for current in ["h***@e***.com", "hana@example.jp", "", LOGIN] {
        let wanted = if current == LOGIN {
            "not an address"
        } else {
            NEW
        };
        let again = wanting(&mut browser, path, current, wanted).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{current}");
        let field = if current == LOGIN {
            "wanted"
        } else {
            "current"
        };
        assert!(
            again.text.contains(&format!("id=\"{field}-error\"")),
            "{current}"
        );
        assert!(!again.text.contains(LOGIN), "the present one came back");
    }
    let mut last = StatusCode::OK;
    for _ in 0..4 {
        last = wanting(&mut browser, path, "x@example.com", NEW)
            .await
            .status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let right = wanting(&mut browser, path, LOGIN, NEW).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
    let asked = mailed(&site).await;
    assert!(asked.iter().all(|(to, _)| to != NEW), "nothing went out");
}

#[tokio::test]
async fn an_address_of_somebody_else_looks_like_one_that_is_free() {
    let site = Site::new().await;
    let mut other = Browser::of(&site);
    other.sign_up(&site, NEW).await;
    let mut browser = Browser::of(&site);
    browser.enter(&site).await;
    let sent = wanting(&mut browser, "/security/contact/new", LOGIN, NEW).await;
    assert_eq!(sent.header("location"), Some("/code"), "{sent:?}");
    let (to, body) = mailed(&site).await.pop().unwrap();
    assert_eq!(to, NEW);
    assert!(
        matches!(body, Body::SignUpAgain),
        "the owner of the address is told"
    );
    let page = browser.open("/code").await;
    assert_eq!(page.status, StatusCode::OK);
    let wrong = browser.fill(&page, "/code", &[("code", "000000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn codes_go_to_the_dedicated_address_which_does_not_sign_in() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    browser.enter(&site).await;
    let path = "/security/contact/notice";
    let phone = wanting(&mut browser, path, LOGIN, "090-1234-5678").await;
    assert_eq!(phone.status, StatusCode::UNPROCESSABLE_ENTITY);
    wanting(&mut browser, path, LOGIN, NEW).await;
    let changed = proved(&site, &mut browser).await;
    assert_eq!(
        changed.header("location"),
        Some("/security/contact?told=changed")
    );
    let page = browser.open("/security/contact").await;
    assert!(page.text.contains("お知らせ専用メール"), "{page:?}");
    site.clock.danger_move(Span::seconds(1));
    let mut strange = Browser::of(&site);
    strange.peer = "198.51.100.9:4711".parse().unwrap();
    assert_eq!(leads(&mut strange, NEW).await, None);
    assert_eq!(leads(&mut strange, LOGIN).await.as_deref(), Some("/code"));
    let (to, body) = mailed(&site).await.pop().unwrap();
    assert!(to == NEW && matches!(body, Body::Code { .. }), "{to}");
}

#[tokio::test]
async fn a_code_completes_the_change_only_in_the_session_that_asked() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    browser.enter(&site).await;
    wanting(&mut browser, "/security/contact/new", LOGIN, NEW).await;
    let mut later = browser.copied();
    let page = browser.open("/account").await;
    browser.fill(&page, "/sign-out", &[]).await;
    let over = proved(&site, &mut later).await;
    assert_eq!(
        over.header("location"),
        Some("/sign-in?told=over"),
        "{over:?}"
    );
    let mut again = Browser::of(&site);
    again.enter(&site).await;
    let page = again.open("/security/contact").await;
    assert!(!page.text.contains("h***@e***.org"), "{page:?}");
}

#[tokio::test]
async fn nobody_replaces_the_channel_of_another_customer() {
    let site = Site::new().await;
    let mut owner = Browser::of(&site);
    owner.enter(&site).await;
    let path = replacing(&mut owner).await;
    let mut stranger = Browser::of(&site);
    stranger.sign_up(&site, "jiro@example.com").await;
    assert_eq!(stranger.open(&path).await.status, StatusCode::NOT_FOUND);
    let csrf = stranger.csrf(&format!("change_contact:{path}"));
    let fields = [("csrf", csrf.as_str()), ("current", LOGIN), ("wanted", NEW)];
    let answer = stranger.submit(&path, &fields).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let page = owner.open("/security/contact").await;
    assert!(page.text.contains("h***@e***.com"));
}
