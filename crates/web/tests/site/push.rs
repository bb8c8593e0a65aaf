//! `/security/push`, `/approve` and `/code/push`.

use axum::http::StatusCode;
use sekisho_core::moment::Span;
use sekisho_gate::{Body, PushBody};

use crate::browser::{Browser, after};
use crate::fixture::{LOGIN, PASSWORD, Site};
use crate::visit::told;

/// RFC 8291, appendix A, at the address of a browser.
const SUBSCRIPTION: [(&str, &str); 3] = [
    ("endpoint", "https://fcm.googleapis.com/fcm/send/abc"),
    (
        "p256dh",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    ),
    ("auth", "BTBZMqHH6r4Tts7J_aSIgg"),
];

/// A browser that approves.
async fn phone(site: &Site) -> Browser<'_> {
    let mut phone = Browser::of(site);
    phone.sign_in_with_code(site).await;
    let page = phone.open("/security/push").await;
    assert_eq!(after(&page.text, "data-push=\"").len(), 87);
    let added = phone.fill(&page, "/security/push", &SUBSCRIPTION).await;
    assert_eq!(added.header("location"), Some("/security/push?told=added"));
    phone
}

/// A sign-in elsewhere that has its password behind it.
async fn away(site: &Site) -> Browser<'_> {
    let mut away = Browser::of(site);
    away.peer = "198.51.100.66:4711".parse().unwrap();
    let page = away.open("/sign-in").await;
    let typed = [("login", LOGIN), ("password", PASSWORD)];
    away.fill(&page, "/sign-in", &typed).await;
    away
}

/// Asks the phone; the number that the page shows, and the address that the phone opens.
async fn asked(site: &Site, away: &mut Browser<'_>) -> (String, String) {
    let page = away.open("/code").await;
    let sent = away.fill(&page, "/code/push", &[]).await;
    assert_eq!(sent.header("location"), Some("/code/push"), "{sent:?}");
    let page = away.open("/code/push").await;
    assert!(page.text.contains("http-equiv=\"refresh\""));
    let (_, number) = page.text.split_once("class=\"number\"").unwrap();
    let (_, number) = number.split_once("<strong>").unwrap();
    let secret = told(site)
        .await
        .into_iter()
        .rev()
        .find_map(|body| match body {
            Body::Push(PushBody::Approve { secret }) => Some(secret),
            _ => None,
        });
    let secret = secret.unwrap();
    assert!(!page.text.contains(&secret), "that is for the phone alone");
    (number[..6].to_owned(), format!("/approve?request={secret}"))
}

#[tokio::test]
async fn a_phone_is_added_approves_and_is_removed() {
    let site = Site::new().await;
    let mut phone = phone(&site).await;
    let mut away = away(&site).await;
    let (number, request) = asked(&site, &mut away).await;
    let page = phone.open(&request).await;
    assert!(page.text.contains("198.51.100"), "from where");
    assert!(!page.text.contains(&number), "the phone does not know it");
    let wrong = if number == "000000" {
        "000001"
    } else {
        "000000"
    };
    for typed in ["12345", wrong] {
        let again = phone.fill(&page, &request, &[("number", typed)]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text.contains("id=\"number-error\""));
    }
    let waits = away.open("/code/push").await;
    assert!(waits.text.contains("http-equiv=\"refresh\""));
    let done = phone.fill(&page, &request, &[("number", &number)]).await;
    assert_eq!(done.header("location"), Some("/approve?told=done"));
    let over = phone.open(&request).await;
    assert!(!over.text.contains("198.51.100"), "approved once");
    let page = away.open("/code/push").await;
    assert!(page.text.contains("data-continues"));
    let opened = away.fill(&page, "/code/push/use", &[]).await;
    assert_eq!(opened.header("location"), Some("/account"), "{opened:?}");

    let page = phone.open("/security/push").await;
    let action = after(&page.text, "action=\"/security/push/");
    let action = format!("/security/push/{action}");
    let removed = phone.fill(&page, &action, &[]).await;
    let place = removed.header("location");
    assert_eq!(place, Some("/security/push?told=removed"));
    let gone = phone.fill(&page, &action, &[]).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_get_never_acts_and_a_form_without_its_token_neither() {
    let site = Site::new().await;
    let mut phone = phone(&site).await;
    let mut away = away(&site).await;
    let (number, request) = asked(&site, &mut away).await;
    let not_me = request.replace("/approve", "/approve/not-me");
    for (path, field) in [(&request, "number"), (&not_me, "x")] {
        let forged = phone.submit(path, &[(field, &number)]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN, "{path}");
        // The token of another request is none of this one.
        let page = phone.open(&request).await;
        let csrf = after(&page.text, "name=\"csrf\" value=\"");
        let other = path.replace("skn_", "skn_A");
        let fields = [("csrf", csrf.as_str()), (field, &number)];
        let moved = phone.submit(&other, &fields).await;
        assert_eq!(moved.status, StatusCode::FORBIDDEN, "{other}");
    }
    for path in ["/code/push", "/code/push/use"] {
        let forged = away.submit(path, &[]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in [
        "/security/push",
        "/security/prove/push",
        "/security/prove/push/use",
    ] {
        let forged = phone.submit(path, &SUBSCRIPTION).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(
        phone.open(&not_me).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    let waits = away.open("/code/push").await;
    assert!(
        waits.text.contains("http-equiv=\"refresh\""),
        "nothing was approved"
    );
}

#[tokio::test]
async fn another_browser_sees_nothing_and_not_me_freezes() {
    let site = Site::new().await;
    let mut phone = phone(&site).await;
    let mut away = away(&site).await;
    let (_, request) = asked(&site, &mut away).await;
    let mut stranger = Browser::of(&site);
    let page = stranger.open(&request).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("198.51.100"));
    assert!(!page.text.contains(&format!("action=\"{request}\"")));
    let page = phone.open(&request).await;
    let not_me = request.replace("/approve", "/approve/not-me");
    let frozen = phone.fill(&page, &not_me, &[]).await;
    assert_eq!(frozen.header("location"), Some("/report/done"));
    let ended = away.open("/code/push").await;
    assert_eq!(ended.header("location"), Some("/sign-in?told=over"));
    let out = phone.open("/account").await;
    assert_eq!(out.status, StatusCode::SEE_OTHER, "every session ended");
}

#[tokio::test]
async fn another_proof_is_given_by_the_phone() {
    let site = Site::new().await;
    let mut phone = phone(&site).await;
    let mut laptop = Browser::of(&site);
    laptop.peer = "198.51.100.66:4711".parse().unwrap();
    site.clock.danger_move(Span::seconds(1));
    laptop.sign_in_with_code(&site).await;
    site.clock.danger_move(Span::minutes(11));
    let at = "/security/prove?return_to=%2Fsecurity%2Ftotp";
    // The phone does not ask itself.
    assert!(!phone.open(at).await.text.contains("/security/prove/push"));
    let page = laptop.open(at).await;
    let to = [("return_to", "/security/totp")];
    let sent = laptop.fill(&page, "/security/prove/push", &to).await;
    let waiting = sent.header("location").unwrap().to_owned();
    let page = laptop.open(&waiting).await;
    let (_, number) = page.text.split_once("<strong>").unwrap();
    let number = number[..6].to_owned();
    let bodies = told(&site).await;
    let secret = bodies.into_iter().rev().find_map(|body| match body {
        Body::Push(PushBody::Approve { secret }) => Some(secret),
        _ => None,
    });
    let request = format!("/approve?request={}", secret.unwrap());
    let page = phone.open(&request).await;
    phone.fill(&page, &request, &[("number", &number)]).await;
    let page = laptop.open(&waiting).await;
    let proved = laptop.fill(&page, "/security/prove/push/use", &to).await;
    assert_eq!(
        proved.header("location"),
        Some("/security/totp"),
        "{proved:?}"
    );
    assert!(
        laptop
            .open("/security/totp")
            .await
            .text
            .contains("action=\"/security/totp\"")
    );
}

#[tokio::test]
async fn worker_and_manifest_are_files_of_ours() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    let worker = browser.open("/push-worker.js").await;
    assert_eq!(
        worker.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    assert_eq!(worker.header("cache-control"), Some("no-cache"));
    let manifest = browser.open("/app.webmanifest").await;
    assert_eq!(
        manifest.header("content-type"),
        Some("application/manifest+json")
    );
    let manifest = manifest.json();
    assert_eq!(
        (&manifest["display"], &manifest["scope"]),
        (&"standalone".into(), &"/".into())
    );
    let icon = manifest["icons"][0]["src"].as_str().unwrap();
    let icon = browser.open(icon).await;
    assert_eq!(icon.header("content-type"), Some("image/svg+xml"));
    let page = browser.open("/approve").await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("manifest-src 'self'"), "{policy}");
    assert!(page.text.contains("rel=\"manifest\""));
}
