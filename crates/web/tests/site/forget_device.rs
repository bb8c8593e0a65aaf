//! `/security/devices`: remembered devices.

use axum::http::StatusCode;
use sekisho_core::moment::Span;
use sekisho_gate::Body;

use crate::browser::{Browser, after};
use crate::fixture::{LOGIN, PASSWORD, Site};
use crate::visit::told;

const PATH: &str = "/security/devices";

/// Where a sign-in with the right password leads.
async fn leads(browser: &mut Browser<'_>) -> String {
    let page = browser.open("/sign-in").await;
    let typed = [("login", LOGIN), ("password", PASSWORD)];
    let answer = browser.fill(&page, "/sign-in", &typed).await;
    answer.header("location").unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_forgotten_device_is_signed_out_told_about_and_needs_a_code_again() {
    let site = Site::new().await;
    let (mut phone, mut laptop) = (Browser::of(&site), Browser::of(&site));
    phone.enter(&site).await;
    let known = leads(&mut phone.on_the_same_device()).await;
    assert_eq!(known, "/account", "it is remembered");
    laptop.peer = "198.51.100.9:4711".parse().unwrap();
    laptop.enter(&site).await;
    let page = laptop.open(PATH).await;
    assert_eq!(page.text.matches("<li class=\"card entry\">").count(), 2);
    assert_eq!(page.text.matches("いまお使いの端末").count(), 1);
    // The one that looks comes first; the other one is the phone.
    let mut actions = page.text.split("action=\"/security/devices/dev_").skip(1);
    let phone_id = actions.nth(2).unwrap().split(['/', '"']).next().unwrap();
    let action = format!("{PATH}/dev_{phone_id}");
    let named = laptop
        .fill(
            &page,
            &format!("{action}/name"),
            &[("name", "花子の <b>電話</b>")],
        )
        .await;
    assert_eq!(
        named.header("location"),
        Some("/security/devices?told=named"),
        "{named:?}"
    );
    let page = laptop.open(PATH).await;
    assert!(page.text.contains("花子の &#60;b&#62;電話"), "{page:?}");
    let done = laptop.fill(&page, &action, &[]).await;
    assert_eq!(
        done.header("location"),
        Some("/security/devices?told=forgotten")
    );
    assert_eq!(phone.open("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(laptop.open("/account").await.status, StatusCode::OK);
    let told = told(&site).await;
    assert!(
        told.iter()
            .any(|body| matches!(body, Body::DeviceForgotten { .. }))
    );
    let later = leads(&mut phone.on_the_same_device()).await;
    assert_eq!(later, "/code", "also from where it always was");
    let mut unknown = Browser::of(&site);
    assert_eq!(
        leads(&mut unknown).await,
        "/account",
        "the place itself is familiar"
    );
}

#[tokio::test]
async fn nobody_touches_the_device_of_another_customer() {
    let site = Site::new().await;
    let mut owner = Browser::of(&site);
    owner.enter(&site).await;
    let page = owner.open(PATH).await;
    let id = after(&page.text, "action=\"/security/devices/dev_");
    let id = format!("dev_{}", id.split('/').next().unwrap());
    let mut stranger = Browser::of(&site);
    stranger.sign_up(&site, "jiro@example.com").await;
    let theirs = stranger.open(PATH).await;
    assert!(!theirs.text.contains(&id));
    for (path, form) in [
        (format!("{PATH}/{id}"), format!("forget_device:{id}")),
        (format!("{PATH}/{id}/name"), format!("name_device:{id}")),
    ] {
        let csrf = stranger.csrf(&form);
        let answer = stranger
            .submit(&path, &[("csrf", &csrf), ("name", "x")])
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let page = owner.open(PATH).await;
    assert!(page.text.contains(&id) && !page.text.contains("value=\"x\""));
}

#[tokio::test]
async fn a_copy_of_an_older_cookie_ends_the_device_and_is_told() {
    let site = Site::new().await;
    let mut phone = Browser::of(&site);
    phone.enter(&site).await;
    let mut copy = phone.on_the_same_device();
    for _ in 0..2 {
        site.clock.danger_move(Span::hours(1));
        phone = phone.on_the_same_device();
        assert_eq!(leads(&mut phone).await, "/account", "the cookie goes on");
    }
    site.clock.danger_move(Span::minutes(6));
    assert_eq!(leads(&mut copy).await, "/code");
    let reused = |body: &Body| matches!(body, Body::DeviceReused { .. });
    assert!(told(&site).await.iter().any(reused));
    assert_eq!(phone.open("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(leads(&mut phone.on_the_same_device()).await, "/code");
}
