//! `/v1/stops`, and what applications and customers are told of stops elsewhere.

use axum::http::StatusCode;
use sekisho_core::access::OperationKind;
use sekisho_core::known::{Left, StaffName, StaffRole, StopMessage, StopScope, Word};
use sekisho_core::stop::NewStop;
use sekisho_core::text::Line;
use sekisho_core::thaw::Ground;
use sekisho_gate::{StaffAnswer, StaffClaim, StopAnswer};
use serde_json::json;

use crate::browser::Browser;
use crate::fixture::Site;
use crate::v1::withdrawal;
use crate::v1_operations::confirmed;
use crate::visit::{asked, code};

/// Somebody of the firm stops withdrawals on the web.
async fn stopped(site: &Site, segment: Option<&str>) {
    let name = StaffName::parse("sato").unwrap();
    let roles = vec![StaffRole::Operations];
    let added = site.gate.add_staff(name.clone(), roles, None).await;
    let StaffAnswer::Done((_, secret)) = added.unwrap() else {
        panic!("a person")
    };
    let secret = secret.text().clone();
    let new = NewStop {
        scope: StopScope {
            kind: OperationKind::parse("withdraw"),
            channel: Word::parse("web"),
            segment: segment.and_then(Word::parse),
            application: None,
        },
        reason: Ground::parse("内部の理由").unwrap(),
        message: StopMessage {
            ja: Line::parse("<b>出金</b>を停止しています。").unwrap(),
            en: Line::parse("Withdrawals are stopped.").unwrap(),
        },
        left: vec![Left::Desk],
        begins: None,
        ends: None,
    };
    let answer = site
        .gate
        .stop(&StaffClaim { name, secret }, new)
        .await
        .unwrap();
    assert!(matches!(answer, StopAnswer::Done(_)));
}

#[tokio::test]
async fn any_credential_reads_what_is_stopped_and_nothing_of_who_or_why() {
    let site = Site::new().await;
    assert_eq!(
        site.get("/v1/stops", None).await.problem(),
        "credential-invalid"
    );
    for token in [&site.broker.operations, &site.broker.decisions] {
        let none = site.get("/v1/stops", Some(token)).await;
        assert_eq!(none.json(), json!({"stops": []}));
    }
    stopped(&site, Some("corporate")).await;
    let answer = site.get("/v1/stops", Some(&site.broker.decisions)).await;
    let stop = &answer.json()["stops"][0];
    assert_eq!(
        (&stop["kind"], &stop["channel"]),
        (&json!("withdraw"), &json!("web"))
    );
    assert_eq!(stop["segment"], "corporate");
    assert_eq!(stop["message"]["en"], "Withdrawals are stopped.");
    assert_eq!(stop["left"][0]["ja"], "お客様サポートセンター");
    assert!(stop.get("until").is_none());
    assert!(!answer.text.contains("内部の理由") && !answer.text.contains("sato"));
}

#[tokio::test]
async fn what_is_asked_for_by_a_stopped_channel_is_refused_with_what_is_left() {
    let site = Site::new().await;
    stopped(&site, None).await;
    let token = Some(site.broker.operations.as_str());
    for (channel, state) in [("web", "refused"), ("app", "pending")] {
        let mut body = withdrawal();
        body["channel"] = json!(channel);
        let answer = site.post("/v1/operations", token, &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        let operation = answer.json();
        assert_eq!(operation["state"], state);
        assert_eq!(operation.get("stop").is_some(), channel == "web");
    }
    let mut body = withdrawal();
    for (name, value) in [
        ("channel", json!("desk")),
        ("channel", json!("Web")),
        ("segments", json!("corporate")),
        ("segments", json!(["a", "a"])),
        (
            "segments",
            json!(["a", "b", "c", "d", "e", "f", "g", "h", "i"]),
        ),
    ] {
        body[name] = value;
        let answer = site.post("/v1/operations", token, &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        body = withdrawal();
    }
    let decision = json!({"act": "withdraw", "customer": body["customer"],
        "channel": "web", "segments": [], "operation": {"fields": body["fields"]}});
    let token = Some(site.broker.decisions.as_str());
    let answer = site.post("/v1/decisions", token, &decision).await.json();
    assert_eq!(
        (&answer["verdict"], &answer["reasons"][0]["code"]),
        (&json!("refuse"), &json!("stopped"))
    );
    assert_eq!(answer["stop"]["left"][0]["code"], "desk");
}

#[tokio::test]
async fn a_grant_of_a_stopped_operation_is_refused_with_the_stop() {
    let site = Site::new().await;
    let operation = confirmed(&site).await;
    stopped(&site, None).await;
    let token = Some(site.broker.operations.as_str());
    let body = json!({"grant": operation["grant"]});
    let answer = site.post("/v1/grants/redeem", token, &body).await;
    assert_eq!(answer.problem(), "grant-refused");
    let problem = answer.json();
    assert_eq!(problem["reason"], "stopped");
    assert_eq!(problem["stop"]["left"][0]["code"], "desk");
}

#[tokio::test]
async fn a_customer_reads_what_is_stopped_and_presses_nothing_but_back() {
    let site = Site::new().await;
    let mut browser = Browser::of(&site);
    browser.sign_in_with_code(&site).await;
    let path = asked(&site).await;
    let page = browser.open(&path).await;
    // Messages of one moment have no order.
    site.clock
        .danger_move(sekisho_core::moment::Span::seconds(1));
    browser.fill(&page, &format!("{path}/code"), &[]).await;
    let page = browser.open(&path).await;
    let code = code(&site).await;
    stopped(&site, None).await;
    let closed = browser.fill(&page, &path, &[("code", &code)]).await;
    assert_eq!(
        closed.header("location"),
        Some(format!("{path}?told=closed").as_str())
    );
    for path in [path.as_str(), "/security", "/account"] {
        let page = browser.open(path).await;
        assert!(
            page.text.contains("お客様サポートセンター"),
            "{path}: {page:?}"
        );
        assert!(
            page.text.contains("出金") && !page.text.contains("<b>"),
            "{page:?}"
        );
        assert!(!page.text.contains("内部の理由") && !page.text.contains("sato"));
    }
    let page = browser.open(&path).await;
    assert!(!page.text.contains(&format!("action=\"{path}")), "{page:?}");
    assert!(page.text.contains("https://broker.example/done?a=b"));
}
