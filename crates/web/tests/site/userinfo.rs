//! `/userinfo`.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use sekisho_core::moment::Span;

use crate::browser::{Browser, familiar};
use crate::fixture::{CUSTOMER, Site, with_token};
use crate::token::{claims, tokens};

#[tokio::test]
async fn an_access_token_tells_who_is_there_for_a_while() {
    let site = Site::new().await;
    familiar(&site).await;
    let tokens = tokens(&site, &mut Browser::of(&site)).await;
    let access = tokens["access_token"].as_str().unwrap();
    let answer = site.get("/userinfo", Some(access)).await;
    assert_eq!(answer.json(), serde_json::json!({"sub": CUSTOMER}));
    assert_eq!(answer.json()["sub"], claims(&tokens["id_token"])["sub"]);
    let posted = with_token(Request::post("/userinfo"), Some(access)).body(Body::empty());
    assert_eq!(site.send(posted.unwrap()).await.status, StatusCode::OK);
    let other = tokens["id_token"].as_str().unwrap();
    assert_eq!(
        site.get("/userinfo", Some(other)).await.status,
        StatusCode::UNAUTHORIZED
    );
    site.clock.danger_move(Span::minutes(6));
    let late = site.get("/userinfo", Some(access)).await;
    assert_eq!(late.problem(), "credential-invalid");
    assert!(
        late.header("www-authenticate")
            .unwrap()
            .contains("invalid_token")
    );
    assert_eq!(
        site.get("/userinfo", None).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn an_application_in_a_browser_may_ask_from_its_own_origin() {
    let site = Site::new().await;
    for path in ["/userinfo", "/token"] {
        let asked = Request::options(path)
            .header("origin", "https://broker.example")
            .header("access-control-request-method", "POST")
            .body(Body::empty());
        let answer = site.send(asked.unwrap()).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
    let refused = site.get("/userinfo", None).await;
    assert_eq!(refused.header("access-control-allow-origin"), Some("*"));
    let api = site.get("/v1/nothing", None).await;
    assert_eq!(
        api.header("access-control-allow-origin"),
        None,
        "an API key is no browser's"
    );
}
