//! `/v1/decisions`, `/v1/decisions/{id}` and `/v1/decisions/{id}/outcome`.

use axum::http::StatusCode;
use sekisho_core::moment::Span;
use serde_json::{Value, json};

use crate::fixture::{CUSTOMER, Site};
use crate::v1::withdrawal;

fn sign_in() -> Value {
    json!({
        "customer": CUSTOMER,
        "act": "sign_in",
        "context": {
            "address": "198.51.100.9",
            "user_agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0",
            "device": "their-own-token",
        },
        "verified": ["password"],
        "check": "passed",
    })
}

#[tokio::test]
async fn a_decision_has_a_verdict_with_its_reasons_and_is_read_again() {
    let site = Site::new().await;
    let token = site.broker.decisions.as_str();
    let answer = site.post("/v1/decisions", Some(token), &sign_in()).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let decision = answer.json();
    assert_eq!(decision["act"], "sign_in");
    assert_eq!(decision["verdict"], "step_up");
    assert_eq!(decision["requirements"], json!(["second_factor"]));
    assert_eq!(decision["policy"], "jsda-2025.8");
    assert_eq!(decision["moment"], site.gate.now().to_string());
    let first = &decision["reasons"][0];
    assert_eq!(first["code"], "first_access");
    assert!(first["sentence"].as_str().unwrap().ends_with('.'));

    let path = format!("/v1/decisions/{}", decision["id"].as_str().unwrap());
    assert_eq!(site.get(&path, Some(token)).await.json(), decision);
    let foreign = site.get(&path, Some(&site.rival.decisions)).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    assert_eq!(
        foreign.json()["detail"],
        "There is no such decision of your application."
    );
}

#[tokio::test]
async fn what_was_verified_and_seen_before_is_let_through() {
    let site = Site::new().await;
    let token = Some(site.broker.decisions.as_str());
    let mut asked = sign_in();
    asked["verified"] = json!(["password", "totp"]);
    let first = site.post("/v1/decisions", token, &asked).await.json();
    assert_eq!(first["verdict"], "allow");
    asked["verified"] = json!(["password"]);
    let second = site.post("/v1/decisions", token, &asked).await.json();
    assert_eq!(second["verdict"], "allow", "{second}");
    asked["check"] = json!("failed");
    let failed = site.post("/v1/decisions", token, &asked).await.json();
    assert_eq!(failed["verdict"], "refuse");
    assert_eq!(failed["reasons"][0]["code"], "credential_mismatch");
}

#[tokio::test]
async fn an_operation_is_judged_by_its_fields() {
    let site = Site::new().await;
    let token = Some(site.broker.decisions.as_str());
    let fields = withdrawal()["fields"].clone();
    let mut asked = sign_in();
    asked["act"] = json!("withdraw");
    asked["operation"] = json!({"fields": fields});
    let decision = site.post("/v1/decisions", token, &asked).await.json();
    assert_eq!(decision["act"], "withdraw");
    assert_eq!(
        decision["requirements"],
        json!(["confirmation", "second_factor"])
    );

    for (pointer, value, slug, place) in [
        (
            "/operation/fields/amount",
            json!(5),
            "invalid-value",
            "/operation/fields/amount",
        ),
        (
            "/operation/fields/payee/number",
            json!("12"),
            "invalid-value",
            "/operation/fields/payee/number",
        ),
        (
            "/operation/fields",
            json!({}),
            "missing-field",
            "/operation/fields/amount",
        ),
        (
            "/operation",
            json!({}),
            "missing-field",
            "/operation/fields",
        ),
        ("/operation", json!("x"), "wrong-type", "/operation"),
        ("/act", json!("withdrawn"), "invalid-value", "/act"),
        ("/act", json!("sign_in"), "unknown-field", "/operation"),
    ] {
        let mut wrong = asked.clone();
        *wrong.pointer_mut(pointer).unwrap() = value;
        let answer = site.post("/v1/decisions", token, &wrong).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{answer:?}"
        );
        assert_eq!(answer.problem(), slug, "{answer:?}");
        assert_eq!(answer.json()["errors"][0]["pointer"], place);
    }
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let site = Site::new().await;
    let token = Some(site.broker.decisions.as_str());
    for (pointer, value, slug) in [
        ("/customer", json!("taro@example.jp"), "invalid-value"),
        ("/customer", json!(5), "wrong-type"),
        ("/context", json!([]), "wrong-type"),
        (
            "/context/address",
            json!("198.51.100.9:80"),
            "invalid-value",
        ),
        ("/context/address", json!(null), "wrong-type"),
        (
            "/context/user_agent",
            json!("x".repeat(1025)),
            "invalid-value",
        ),
        ("/context/device", json!(""), "invalid-value"),
        ("/verified", json!("password"), "wrong-type"),
        ("/verified/0", json!("pasword"), "invalid-value"),
        ("/check", json!("ok"), "invalid-value"),
    ] {
        let mut wrong = sign_in();
        *wrong.pointer_mut(pointer).unwrap() = value;
        let answer = site.post("/v1/decisions", token, &wrong).await;
        assert_eq!(answer.problem(), slug, "{answer:?}");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer);
    }
    let mut misspelt = sign_in();
    misspelt["context"]["adress"] = json!("198.51.100.9");
    let answer = site.post("/v1/decisions", token, &misspelt).await.json();
    assert_eq!(answer["errors"][0]["pointer"], "/context/adress");
    assert_eq!(
        answer["errors"][0]["detail"],
        "is not known here; did you mean address?"
    );
}

#[tokio::test]
async fn a_moment_is_now_or_a_little_while_ago() {
    let site = Site::new().await;
    let token = Some(site.broker.decisions.as_str());
    let now = site.gate.now();
    for (moment, status) in [
        (now, 200),
        (now.minus(Span::hours(24)), 200),
        (now.minus(Span::seconds(86_401)), 409),
        (now.plus(Span::minutes(5)), 200),
        (now.plus(Span::seconds(301)), 409),
    ] {
        let mut asked = sign_in();
        asked["context"]["moment"] = json!(moment.to_string());
        let answer = site.post("/v1/decisions", token, &asked).await;
        assert_eq!(answer.status.as_u16(), status, "{moment}");
        match status {
            200 => assert_eq!(answer.json()["moment"], moment.to_string()),
            _ => assert_eq!(answer.problem(), "moment-out-of-reach"),
        }
    }
    let mut asked = sign_in();
    asked["context"]["moment"] = json!("2026-11-21 09:00");
    let answer = site.post("/v1/decisions", token, &asked).await;
    assert_eq!(answer.problem(), "invalid-value");
}

#[tokio::test]
async fn a_request_may_be_sent_again_under_its_key() {
    let site = Site::new().await;
    let token = site.broker.decisions.as_str();
    let first = site
        .post_keyed("/v1/decisions", token, "k-1", &sign_in())
        .await;
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = site
        .post_keyed("/v1/decisions", token, "k-1", &sign_in())
        .await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.json(), first.json());
    let other = site
        .post_keyed("/v1/decisions", token, "k-2", &sign_in())
        .await;
    assert_ne!(other.json()["id"], first.json()["id"]);
    let mut changed = sign_in();
    changed["check"] = json!("failed");
    let reused = site
        .post_keyed("/v1/decisions", token, "k-1", &changed)
        .await;
    assert_eq!(reused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(reused.problem(), "idempotency-key-reused");
    let rival = site.rival.decisions.as_str();
    let theirs = site
        .post_keyed("/v1/decisions", rival, "k-1", &changed)
        .await;
    assert_eq!(
        theirs.status,
        StatusCode::OK,
        "a key belongs to its application alone"
    );
    let bad = site
        .post_keyed("/v1/decisions", token, "a b", &sign_in())
        .await;
    assert_eq!(bad.problem(), "bad-header");
}

#[tokio::test]
async fn an_outcome_is_taken_for_an_own_decision() {
    let site = Site::new().await;
    let token = site.broker.decisions.as_str();
    let decision = site
        .post("/v1/decisions", Some(token), &sign_in())
        .await
        .json();
    let path = format!("/v1/decisions/{}", decision["id"].as_str().unwrap());
    let report = format!("{path}/outcome");
    let completed = json!({"outcome": "completed"});
    let foreign = site
        .post(&report, Some(&site.rival.decisions), &completed)
        .await;
    assert_eq!(foreign.problem(), "not-found");
    let wrong = site
        .post(&report, Some(token), &json!({"outcome": "complete"}))
        .await;
    assert_eq!(wrong.problem(), "invalid-value");
    assert!(
        wrong.text.contains("did you mean completed?"),
        "{}",
        wrong.text
    );
    let answer = site.post_keyed(&report, token, "o-1", &completed).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["outcome"], "completed");
    let again = site.post_keyed(&report, token, "o-1", &completed).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.json(), answer.json());
    let reused = site
        .post_keyed(&report, token, "o-1", &json!({"outcome": "abandoned"}))
        .await;
    assert_eq!(reused.problem(), "idempotency-key-reused");
    assert_eq!(
        site.get(&path, Some(token)).await.json()["outcome"],
        "completed"
    );
}

#[tokio::test]
async fn a_fraud_of_which_nothing_is_known_but_that_it_was_one_is_recorded() {
    let site = Site::new().await;
    let token = site.broker.decisions.as_str();
    let bare = json!({"customer": CUSTOMER, "act": "sign_in"});
    let decision = site.post("/v1/decisions", Some(token), &bare).await.json();
    let report = format!("/v1/decisions/{}/outcome", decision["id"].as_str().unwrap());
    let fraud = json!({"outcome": "confirmed_fraud"});
    let answer = site.post(&report, Some(token), &fraud).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}
