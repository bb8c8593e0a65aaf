//! `/v1/operations` and `/v1/operations/{id}`.

use axum::http::StatusCode;
use sekisho_core::moment::Span;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::fixture::{CUSTOMER, LOGIN, PASSWORD, Site};
use crate::v1::withdrawal;
use crate::visit::{asked, code};

/// A withdrawal that its customer confirmed on the page.
pub async fn confirmed(site: &Site) -> Value {
    let mut browser = Browser::of(site);
    // The second time the place is familiar, and the policy of these tests asks for no code.
    let page = browser.open("/sign-in").await;
    let typed = [("login", LOGIN), ("password", PASSWORD)];
    let answer = browser.fill(&page, "/sign-in", &typed).await;
    if answer.header("location") == Some("/code") {
        let page = browser.open("/code").await;
        let code = code(site).await;
        browser.fill(&page, "/code", &[("code", &code)]).await;
    }
    let path = asked(site).await;
    let page = browser.open(&path).await;
    // Messages of one moment have no order.
    site.clock.danger_move(Span::seconds(1));
    let sent = format!("{path}/code");
    browser.fill(&page, &sent, &[]).await;
    let page = browser.open(&path).await;
    let code = code(site).await;
    let done = browser.fill(&page, &path, &[("code", &code)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{done:?}");
    site.clock.danger_move(Span::seconds(1));
    let path = path.replace("/confirm/", "/v1/operations/");
    site.get(&path, Some(&site.broker.operations)).await.json()
}

#[tokio::test]
async fn an_operation_waits_for_its_customer() {
    let site = Site::new().await;
    let token = site.broker.operations.as_str();
    let answer = site
        .post("/v1/operations", Some(token), &withdrawal())
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    let operation = answer.json();
    let id = operation["id"].as_str().unwrap();
    assert_eq!(
        answer.header("location"),
        Some(format!("/v1/operations/{id}").as_str())
    );
    assert_eq!(operation["state"], "pending");
    assert_eq!(operation["verdict"], "step_up");
    assert_eq!(operation["customer"], CUSTOMER);
    assert_eq!(
        operation["confirm_uri"],
        format!("https://id.example.jp/confirm/{id}")
    );
    assert_eq!(operation["digest"].as_str().unwrap().len(), 64);
    assert!(operation.get("grant").is_none());
    let path = format!("/v1/operations/{id}");
    assert_eq!(site.get(&path, Some(token)).await.json(), operation);
    let foreign = site.get(&path, Some(&site.rival.operations)).await;
    assert_eq!(foreign.problem(), "not-found");
}

#[tokio::test]
async fn what_the_customer_confirmed_has_its_grant() {
    let site = Site::new().await;
    let operation = confirmed(&site).await;
    assert_eq!(operation["state"], "confirmed", "{operation}");
    assert_eq!(operation["grant"].as_str().unwrap().split('.').count(), 3);
    assert!(operation.get("confirm_uri").is_none());
}

#[tokio::test]
async fn an_application_cannot_confirm_in_its_customers_place() {
    let site = Site::new().await;
    let mut body = withdrawal();
    body["verified"] = json!(["password", "totp", "confirmation"]);
    let token = Some(site.broker.operations.as_str());
    let refused = site.post("/v1/operations", token, &body).await;
    assert!(refused.status.is_client_error(), "{:?}", refused.status);
    assert_eq!(refused.json()["errors"][0]["pointer"], "/verified/2");
    body["verified"] = json!(["password", "totp"]);
    let operation = site.post("/v1/operations", token, &body).await.json();
    assert_eq!(operation["state"], "pending", "{operation}");
    assert!(operation.get("grant").is_none());
}

#[tokio::test]
async fn the_same_key_makes_one_operation() {
    let site = Site::new().await;
    let token = site.broker.operations.as_str();
    let first = site
        .post_keyed("/v1/operations", token, "w-1", &withdrawal())
        .await;
    let again = site
        .post_keyed("/v1/operations", token, "w-1", &withdrawal())
        .await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.json(), first.json());
    let mut other = withdrawal();
    other["fields"]["amount"]["value"] = json!("150001");
    let reused = site
        .post_keyed("/v1/operations", token, "w-1", &other)
        .await;
    assert_eq!(reused.problem(), "idempotency-key-reused");
}

#[tokio::test]
async fn a_customer_and_a_way_back_must_be_known() {
    let site = Site::new().await;
    let token = Some(site.broker.operations.as_str());
    let mut stranger = withdrawal();
    stranger["customer"] = json!("C-999");
    assert_eq!(
        site.post("/v1/operations", token, &stranger)
            .await
            .problem(),
        "not-found"
    );
    for (uri, status) in [
        ("https://broker.example/done?n=1", 201),
        ("jp.example.app:/done", 201),
        ("https://evil.example/", 403),
        ("https://broker.example@evil.example/", 403),
        ("javascript:alert(1)", 403),
    ] {
        let mut asked = withdrawal();
        asked["return_uri"] = json!(uri);
        let answer = site.post("/v1/operations", token, &asked).await;
        assert_eq!(answer.status.as_u16(), status, "{uri}: {answer:?}");
        if status == 403 {
            assert_eq!(answer.problem(), "return-uri-unregistered");
        }
    }
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let site = Site::new().await;
    let token = Some(site.broker.operations.as_str());
    for (pointer, value, slug, place) in [
        ("/kind", json!("withdrawal"), "invalid-value", "/kind"),
        ("/kind", json!("sign_in"), "invalid-value", "/kind"),
        (
            "/fields/amount/value",
            json!("0"),
            "invalid-value",
            "/fields/amount",
        ),
        (
            "/fields/amount/value",
            json!("1.5"),
            "invalid-value",
            "/fields/amount",
        ),
        (
            "/fields/payee/holder",
            json!("a\u{202e}b"),
            "invalid-value",
            "/fields/payee/holder",
        ),
        (
            "/fields",
            json!({"amout": 1}),
            "unknown-field",
            "/fields/amout",
        ),
    ] {
        let mut wrong = withdrawal();
        *wrong.pointer_mut(pointer).unwrap() = value;
        let answer = site.post("/v1/operations", token, &wrong).await;
        assert_eq!(answer.problem(), slug, "{answer:?}");
        assert_eq!(answer.json()["errors"][0]["pointer"], place);
    }
    let mut moment = withdrawal();
    moment["context"] = json!({"moment": "2026-11-21T09:00:00Z"});
    let answer = site.post("/v1/operations", token, &moment).await;
    assert_eq!(answer.problem(), "unknown-field");
}
