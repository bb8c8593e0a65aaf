//! What is the same for every route below `/v1`: who may call, what a body must be.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::fixture::{Answer, CUSTOMER, Site, posting};

/// Every route with a request that would be good.
fn routes() -> Vec<(&'static str, String, Value)> {
    let decision = format!("dec_{}", "0".repeat(26));
    let operation = format!("opr_{}", "0".repeat(26));
    vec![
        (
            "decisions",
            "/v1/decisions".into(),
            json!({"customer": CUSTOMER, "act": "sign_in"}),
        ),
        (
            "decisions",
            format!("/v1/decisions/{decision}"),
            Value::Null,
        ),
        (
            "decisions",
            format!("/v1/decisions/{decision}/outcome"),
            json!({"outcome": "completed"}),
        ),
        ("operations", "/v1/operations".into(), withdrawal()),
        (
            "operations",
            format!("/v1/operations/{operation}"),
            Value::Null,
        ),
        (
            "operations",
            "/v1/grants/redeem".into(),
            json!({"grant": "x"}),
        ),
        (
            "sweeps",
            "/v1/sweeps".into(),
            json!({"incident": "INC-1", "kinds": ["withdraw"], "from": "2026-01-01T00:00:00Z"}),
        ),
    ]
}

pub fn withdrawal() -> Value {
    json!({
        "customer": CUSTOMER,
        "kind": "withdraw",
        "fields": {
            "amount": {"currency": "JPY", "value": "150000"},
            "payee": {
                "account_type": "ordinary", "bank": "0005", "branch": "123",
                "holder": "ヤマダ ハナ", "number": "1234567",
            },
        },
    })
}

async fn call(site: &Site, path: &str, token: Option<&str>, body: &Value) -> Answer {
    if body.is_null() {
        site.get(path, token).await
    } else {
        site.post(path, token, body).await
    }
}

#[tokio::test]
async fn nobody_gets_in_without_a_credential_of_the_right_scope() {
    let site = Site::new().await;
    let invented = format!("{}x", &site.broker.all[..site.broker.all.len() - 1]);
    for (scope, path, body) in routes() {
        for token in [None, Some(""), Some("ska_x"), Some(invented.as_str())] {
            let answer = call(&site, &path, token, &body).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path} {token:?}");
            assert_eq!(answer.problem(), "credential-invalid");
            assert!(
                answer
                    .header("www-authenticate")
                    .unwrap()
                    .starts_with("Bearer ")
            );
        }
        let (right, wrong) = match scope {
            "decisions" => (&site.broker.decisions, &site.broker.operations),
            "sweeps" => (&site.broker.sweeps, &site.broker.operations),
            _ => (&site.broker.operations, &site.broker.decisions),
        };
        let answer = call(&site, &path, Some(wrong), &body).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(answer.problem(), "scope-missing");
        let answer = call(&site, &path, Some(right), &body).await;
        assert!(
            ![401, 403].contains(&answer.status.as_u16()),
            "{path}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn a_revoked_credential_is_no_credential() {
    let site = Site::new().await;
    let caller = site.gate.caller(&site.broker.all).await.unwrap().unwrap();
    site.gate
        .revoke_credential(caller.credential)
        .await
        .unwrap();
    site.clock
        .danger_move(sekisho_core::moment::Span::seconds(2));
    let answer = site.get(&routes()[1].1, Some(&site.broker.all)).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_changes_nothing_and_says_why() {
    let site = Site::new().await;
    let token = Some(site.broker.all.as_str());
    for (_, path, body) in routes().into_iter().filter(|(_, _, body)| !body.is_null()) {
        for (bytes, slug) in [
            (&b"{"[..], "malformed-json"),
            (b"", "malformed-json"),
            (b"{} {}", "malformed-json"),
            (b"\"\xff\"", "malformed-json"),
            (b"{\"a\":1,\"a\":1}", "malformed-json"),
            (b"[]", "wrong-type"),
            (b"{}", "missing-field"),
            (b"{\"unheard\":1}", "unknown-field"),
        ] {
            let mut request = posting(&path, token, "");
            *request.body_mut() = Body::from(bytes.to_vec());
            let answer = site.send(request).await;
            assert_eq!(answer.problem(), slug, "{path}: {answer:?}");
        }
        let mut plain = posting(&path, token, &body.to_string());
        plain
            .headers_mut()
            .insert(header::CONTENT_TYPE, "text/plain".parse().unwrap());
        assert_eq!(site.send(plain).await.problem(), "unsupported-media-type");
        let deep = format!("{}{}", "[".repeat(60_000 / 2), "]".repeat(60_000 / 2));
        assert_eq!(
            site.send(posting(&path, token, &deep)).await.problem(),
            "malformed-json"
        );
        let large = format!("{{\"customer\":\"{}\"}}", "x".repeat(64 * 1024));
        assert_eq!(
            site.send(posting(&path, token, &large)).await.problem(),
            "body-too-large"
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let site = Site::new().await;
    let answer = site.get("/v1/nothing", Some(&site.broker.all)).await;
    assert_eq!(answer.problem(), "not-found");
    let request = Request::delete("/v1/decisions")
        .body(Body::empty())
        .unwrap();
    let answer = site.send(request).await;
    assert_eq!(answer.problem(), "method-not-allowed");
    assert_eq!(answer.header("allow"), Some("POST"));
    for broken in [
        "/v1/decisions/%ff",
        "/v1/decisions/dec_",
        "/v1/operations/%2e%2e",
    ] {
        let answer = site.get(broken, Some(&site.broker.all)).await;
        assert_eq!(answer.problem(), "not-found", "{broken}");
    }
}

#[tokio::test]
async fn every_answer_says_that_it_is_private_and_no_page() {
    let site = Site::new().await;
    let answer = site.get("/v1/nothing", None).await;
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("permissions-policy", "payment=()"),
        (
            "content-security-policy",
            "default-src 'none'; frame-ancestors 'none'",
        ),
        ("strict-transport-security", "max-age=31536000"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
}
