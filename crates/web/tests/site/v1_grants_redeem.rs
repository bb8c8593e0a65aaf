//! `/v1/grants/redeem`.

use axum::http::StatusCode;
use sekisho_core::moment::Span;
use serde_json::{Value, json};

use crate::fixture::{Answer, Site};
use crate::v1::withdrawal;
use crate::v1_operations::confirmed;

async fn redeem(site: &Site, token: &str, body: Value) -> Answer {
    site.post("/v1/grants/redeem", Some(token), &body).await
}

fn refusal(answer: &Answer) -> (String, Value) {
    assert_eq!(answer.status, StatusCode::CONFLICT, "{answer:?}");
    let mut json = answer.json();
    json["instance"] = json!("");
    (answer.problem(), json)
}

#[tokio::test]
async fn a_grant_works_once() {
    let site = Site::new().await;
    let token = site.broker.operations.as_str();
    let operation = confirmed(&site).await;
    let body = json!({
        "grant": operation["grant"], "kind": "withdraw", "fields": withdrawal()["fields"],
    });
    let answer = redeem(&site, token, body.clone()).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(answer.json()["state"], "redeemed");
    assert!(answer.json().get("grant").is_none());
    let (slug, again) = refusal(&redeem(&site, token, body).await);
    assert_eq!(
        (slug.as_str(), &again["reason"]),
        ("grant-refused", &json!("grant_invalid"))
    );
}

#[tokio::test]
async fn unknown_altered_foreign_late_and_used_look_the_same() {
    let site = Site::new().await;
    let token = site.broker.operations.as_str();
    let grant = |operation: &Value| operation["grant"].as_str().unwrap().to_owned();
    let used = grant(&confirmed(&site).await);
    redeem(&site, token, json!({"grant": used})).await;
    let foreign = grant(&confirmed(&site).await);
    let late = grant(&confirmed(&site).await);
    let mut altered = grant(&confirmed(&site).await).into_bytes();
    let middle = altered.len() / 2;
    altered[middle] = if altered[middle] == b'A' { b'B' } else { b'A' };
    let altered = String::from_utf8(altered).unwrap();
    let rival = site.rival.operations.as_str();
    let mut answers = vec![
        refusal(&redeem(&site, token, json!({"grant": "nonsense"})).await),
        refusal(&redeem(&site, token, json!({"grant": used})).await),
        refusal(&redeem(&site, token, json!({"grant": altered})).await),
        refusal(&redeem(&site, rival, json!({"grant": foreign})).await),
    ];
    site.clock.danger_move(Span::seconds(61));
    answers.push(refusal(&redeem(&site, token, json!({"grant": late})).await));
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

#[tokio::test]
async fn a_changed_field_voids_the_grant() {
    let site = Site::new().await;
    let token = site.broker.operations.as_str();
    let operation = confirmed(&site).await;
    let mut fields = withdrawal()["fields"].clone();
    fields["amount"]["value"] = json!("150001");
    let body = json!({"grant": operation["grant"], "kind": "withdraw", "fields": fields});
    let (_, refused) = refusal(&redeem(&site, token, body).await);
    assert_eq!(refused["reason"], "operation_altered");
}

#[tokio::test]
async fn kind_and_fields_come_together() {
    let site = Site::new().await;
    let token = site.broker.operations.as_str();
    for (body, slug, place) in [
        (
            json!({"grant": "x", "kind": "withdraw"}),
            "missing-field",
            "/fields",
        ),
        (
            json!({"grant": "x", "fields": {}}),
            "missing-field",
            "/kind",
        ),
        (
            json!({"grant": "x", "kind": "nothing", "fields": {}}),
            "invalid-value",
            "/kind",
        ),
        (json!({"grant": ""}), "invalid-value", "/grant"),
        (
            json!({"grant": "x".repeat(4097)}),
            "invalid-value",
            "/grant",
        ),
    ] {
        let answer = redeem(&site, token, body).await;
        assert_eq!(answer.problem(), slug, "{answer:?}");
        assert_eq!(answer.json()["errors"][0]["pointer"], place);
    }
}
