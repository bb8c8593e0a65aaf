//! `/security/freeze`: a customer switches their account off, and staff switch it on again.

use axum::http::StatusCode;
use sekisho_core::text::Reference;
use sekisho_core::thaw::Ground;
use sekisho_gate::{Body, Thawed};

use crate::browser::Browser;
use crate::fixture::{CUSTOMER, LOGIN, PASSWORD, Site};
use crate::visit::told;

#[tokio::test]
async fn one_step_and_one_confirmation_freeze_and_staff_thaw() {
    let site = Site::new().await;
    let (mut thief, mut owner) = (Browser::of(&site), Browser::of(&site));
    thief.enter(&site).await;
    owner.enter(&site).await;
    let page = owner.open("/security/freeze").await;
    assert!(page.text.contains("凍結すると止まるもの"), "{page:?}");
    let unchanged = thief.open("/account").await;
    assert_eq!(unchanged.status, StatusCode::OK, "a GET does not act");
    let done = owner.fill(&page, "/security/freeze", &[]).await;
    assert_eq!(done.header("location"), Some("/report/done"), "{done:?}");
    for browser in [&mut thief, &mut owner] {
        let out = browser.open("/account").await;
        assert_eq!(out.header("location"), Some("/sign-in?told=needed"));
    }
    let frozen = told(&site).await;
    assert!(
        frozen
            .iter()
            .any(|body| matches!(body, Body::Frozen { .. }))
    );

    let page = owner.open("/sign-in").await;
    let typed = [("login", LOGIN), ("password", PASSWORD)];
    let refused = owner.fill(&page, "/sign-in", &typed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    let reference = Reference::parse(CUSTOMER).unwrap();
    let ground = || Ground::parse("窓口で運転免許証を確認").unwrap();
    let thawed = site.gate.thaw(&reference, ground()).await.unwrap();
    assert_eq!(thawed, Thawed::Thawed);
    let again = site.gate.thaw(&reference, ground()).await.unwrap();
    assert_eq!(again, Thawed::NotFrozen);
    let nobody = Reference::parse("C-nobody").unwrap();
    let unknown = site.gate.thaw(&nobody, ground()).await.unwrap();
    assert_eq!(unknown, Thawed::Unknown);
    let thawed = told(&site).await;
    assert!(
        thawed
            .iter()
            .any(|body| matches!(body, Body::Thawed { .. }))
    );
    owner.enter(&site).await;
}
