//! `/openapi.json`.

use serde_json::Value;

use crate::fixture::Site;

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members
                .values()
                .for_each(|member| references(member, found));
        }
        _ => {}
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_route_is_there() {
    let site = Site::new().await;
    let document = site.get("/openapi.json", None).await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(document["servers"][0]["url"], "https://id.example.jp");
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 50);
    for reference in found {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    for (path, method) in [
        ("/v1/decisions", "post"),
        ("/v1/decisions/{id}", "get"),
        ("/v1/decisions/{id}/outcome", "post"),
        ("/v1/grants/redeem", "post"),
        ("/v1/operations", "post"),
        ("/v1/operations/{id}", "get"),
        ("/healthz", "get"),
        ("/readyz", "get"),
        ("/token", "post"),
        ("/userinfo", "get"),
        ("/userinfo", "post"),
        ("/.well-known/jwks.json", "get"),
        ("/.well-known/openid-configuration", "get"),
    ] {
        assert!(
            document["paths"][path][method].is_object(),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn operations_of_the_operator_are_described() {
    let site = Site::with(|policy, _| {
        let kind = sekisho_core::access::OperationKind::parse("gift").unwrap();
        let spec = policy.operation.values().next().unwrap().clone();
        policy.operation.insert(kind, spec);
    })
    .await;
    let document = site.get("/openapi.json", None).await.json();
    assert!(
        document
            .pointer("/components/schemas/Operation.gift")
            .is_some()
    );
}
