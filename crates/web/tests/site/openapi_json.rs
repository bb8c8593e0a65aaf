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
async fn every_parameter_of_a_path_is_described_and_every_body_is_needed() {
    let site = Site::new().await;
    let document = site.get("/openapi.json", None).await.json();
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            let parameters = operation["parameters"].as_array();
            let named = parameters
                .into_iter()
                .flatten()
                .filter(|one| one["in"] == "path");
            let named: Vec<_> = named.map(|one| one["name"].as_str().unwrap()).collect();
            let expected = if path.contains("{id}") {
                vec!["id"]
            } else {
                vec![]
            };
            assert_eq!(named, expected, "{path}");
            if let Some(body) = operation.get("requestBody") {
                assert_eq!(body["required"], true, "{path}");
            }
        }
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
