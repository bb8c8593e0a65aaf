//! `/.well-known/openid-configuration` and `/.well-known/jwks.json`.

use crate::fixture::Site;

#[tokio::test]
async fn the_provider_says_what_it_does() {
    let site = Site::new().await;
    let metadata = site.get("/.well-known/openid-configuration", None).await;
    assert_eq!(metadata.header("access-control-allow-origin"), Some("*"));
    assert_eq!(
        metadata.header("cache-control"),
        Some("public, max-age=300")
    );
    let metadata = metadata.json();
    assert_eq!(metadata["issuer"], "https://id.example.jp");
    assert_eq!(
        metadata["code_challenge_methods_supported"],
        serde_json::json!(["S256"])
    );
    assert_eq!(
        metadata["authorization_response_iss_parameter_supported"],
        true
    );
    for (name, value) in metadata.as_object().unwrap() {
        let Some(address) = value.as_str().filter(|_| name.ends_with("_endpoint")) else {
            continue;
        };
        let path = address.trim_start_matches("https://id.example.jp");
        let answer = site.get(path, None).await;
        assert_ne!(answer.status.as_u16(), 404, "{name}");
    }
}

#[tokio::test]
async fn the_keys_are_public_ones() {
    let site = Site::new().await;
    let keys = site.get("/.well-known/jwks.json", None).await;
    assert_eq!(keys.header("content-type"), Some("application/json"));
    let key = &keys.json()["keys"][0];
    assert_eq!(
        (&key["kty"], &key["crv"], &key["alg"]),
        (&"EC".into(), &"P-256".into(), &"ES256".into())
    );
    assert!(key["kid"].is_string());
    assert!(key.get("d").is_none());
}
