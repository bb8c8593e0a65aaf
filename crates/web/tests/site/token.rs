//! `/token`.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use sekisho_core::moment::Span;
use serde_json::Value;

use crate::authorize::{VERIFIER, authorized, request};
use crate::browser::{Browser, familiar, form, parameter};
use crate::fixture::{Answer, Partner, REDIRECT, Site, secret};

/// Posts to `/token` as an application that proves itself in the header.
async fn exchange(site: &Site, partner: &Partner, pairs: &[(&str, &str)]) -> Answer {
    let id = partner.application.id.to_string();
    let pair = BASE64_STANDARD.encode(format!("{id}:{}", secret(partner)));
    send(site, Some(&format!("Basic {pair}")), pairs).await
}

async fn send(site: &Site, authorization: Option<&str>, pairs: &[(&str, &str)]) -> Answer {
    let mut request =
        Request::post("/token").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(value) = authorization {
        request = request.header(header::AUTHORIZATION, value);
    }
    let answer = site
        .send(request.body(Body::from(form(pairs))).unwrap())
        .await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer
}

fn good(code: &str) -> Vec<(&'static str, String)> {
    vec![
        ("grant_type", "authorization_code".into()),
        ("code", code.into()),
        ("redirect_uri", REDIRECT.into()),
        ("code_verifier", VERIFIER.into()),
    ]
}

fn with<'a>(
    pairs: &'a [(&'static str, String)],
    name: &str,
    value: &'a str,
) -> Vec<(&'a str, &'a str)> {
    let other = |(key, old): &'a (&'static str, String)| {
        (*key, if *key == name { value } else { old.as_str() })
    };
    pairs
        .iter()
        .map(other)
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn error(answer: &Answer) -> String {
    answer.json()["error"].as_str().unwrap().to_owned()
}

pub async fn code(site: &Site, browser: &mut Browser<'_>) -> String {
    site.clock.danger_move(Span::seconds(1));
    let back = authorized(browser, &request(site, &[("prompt", "login")])).await;
    parameter(&back, "code").unwrap()
}

/// All tokens for a fresh sign-in.
pub async fn tokens(site: &Site, browser: &mut Browser<'_>) -> Value {
    let code = code(site, browser).await;
    let pairs = good(&code);
    let answer = exchange(site, &site.broker, &with(&pairs, "", "")).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()
}

pub fn claims(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn a_code_becomes_tokens_that_say_what_was_proved() {
    let site = Site::new().await;
    familiar(&site).await;
    let tokens = tokens(&site, &mut Browser::of(&site)).await;
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["scope"], "openid");
    let claims = claims(&tokens["id_token"]);
    let now = site.gate.now().unix_seconds();
    for (name, value) in [
        ("iss", "https://id.example.jp".into()),
        ("aud", site.broker.application.id.to_string().into()),
        ("sub", crate::fixture::CUSTOMER.into()),
        ("nonce", "n-1".into()),
        ("auth_time", now.into()),
        ("iat", now.into()),
        ("acr", "urn:sekisho:acr:single".into()),
        ("amr", serde_json::json!(["pwd"])),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    assert!(claims["exp"].as_i64().unwrap() > now);
    assert!(claims["sid"].is_string() && claims["at_hash"].is_string());
}

#[tokio::test]
async fn a_code_that_comes_twice_ends_the_session() {
    let site = Site::new().await;
    familiar(&site).await;
    let mut browser = Browser::of(&site);
    let code = code(&site, &mut browser).await;
    let pairs = good(&code);
    let first = exchange(&site, &site.broker, &with(&pairs, "", "")).await;
    assert_eq!(first.status, StatusCode::OK);
    let second = exchange(&site, &site.broker, &with(&pairs, "", "")).await;
    assert_eq!(
        (second.status, error(&second)),
        (StatusCode::BAD_REQUEST, "invalid_grant".into())
    );
    let answer = browser.open(&request(&site, &[("prompt", "none")])).await;
    let (_, back) = browser.follow(answer).await;
    assert_eq!(
        parameter(&back.unwrap(), "error").as_deref(),
        Some("login_required")
    );
}

#[tokio::test]
async fn a_code_is_for_one_application_one_address_one_verifier_and_one_minute() {
    let site = Site::new().await;
    familiar(&site).await;
    let mut browser = Browser::of(&site);
    for (name, value) in [
        (
            "code_verifier",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXX",
        ),
        ("code_verifier", "short"),
        ("redirect_uri", "jp.example.app:/done"),
        ("code", "nonsense"),
    ] {
        let code = code(&site, &mut browser).await;
        let pairs = good(&code);
        let answer = exchange(&site, &site.broker, &with(&pairs, name, value)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}={value}");
        assert_eq!(error(&answer), "invalid_grant", "{name}={value}");
    }
    let stolen = code(&site, &mut browser).await;
    let pairs = good(&stolen);
    let answer = exchange(&site, &site.rival, &with(&pairs, "", "")).await;
    assert_eq!(error(&answer), "invalid_grant");
    let late = code(&site, &mut browser).await;
    site.clock.danger_move(Span::seconds(61));
    let pairs = good(&late);
    let answer = exchange(&site, &site.broker, &with(&pairs, "", "")).await;
    assert_eq!(error(&answer), "invalid_grant");
}

#[tokio::test]
async fn every_bad_request_has_its_error() {
    let site = Site::new().await;
    let pairs = good("code_x");
    for (name, value, code) in [
        ("grant_type", "", "invalid_request"),
        ("grant_type", "password", "unsupported_grant_type"),
        ("grant_type", "refresh_token", "unsupported_grant_type"),
        ("code", "", "invalid_request"),
        ("redirect_uri", "", "invalid_request"),
        ("code_verifier", "", "invalid_request"),
    ] {
        let answer = exchange(&site, &site.broker, &with(&pairs, name, value)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(error(&answer), code, "{name}={value}");
    }
    let mut twice = with(&pairs, "", "");
    twice.push(("code", "another"));
    assert_eq!(
        error(&exchange(&site, &site.broker, &twice).await),
        "invalid_request"
    );
    let json = Request::post("/token")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from("{}"))
        .unwrap();
    let answer = site.send(json).await;
    assert_eq!(
        (answer.status, error(&answer)),
        (StatusCode::BAD_REQUEST, "invalid_request".into())
    );
}

#[tokio::test]
async fn an_application_proves_itself_in_one_way() {
    let site = Site::new().await;
    let id = site.broker.application.id.to_string();
    let (right, wrong) = (secret(&site.broker), secret(&site.rival));
    let basic =
        |secret: &str| format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")));
    let pairs = good("code_x");
    let with_post = |secret: Option<&str>| {
        let mut posted = with(&pairs, "", "");
        posted.push(("client_id", id.as_str()));
        let secret: Option<String> = secret.map(str::to_owned);
        (posted, secret)
    };
    for (authorization, posted, expected) in [
        (None, None, "invalid_client"),
        (Some(basic(&wrong)), None, "invalid_client"),
        (Some("Basic nonsense".to_owned()), None, "invalid_client"),
        (Some("Bearer x".to_owned()), None, "invalid_client"),
        (None, Some(wrong.as_str()), "invalid_client"),
        (Some(basic(&right)), Some(right.as_str()), "invalid_request"),
        (Some(basic(&right)), None, "invalid_grant"),
        (None, Some(right.as_str()), "invalid_grant"),
    ] {
        let (mut fields, given) = with_post(posted);
        if let Some(given) = &given {
            fields.push(("client_secret", given));
        }
        let answer = send(&site, authorization.as_deref(), &fields).await;
        assert_eq!(error(&answer), expected, "{authorization:?} {posted:?}");
        let challenged = answer
            .header("www-authenticate")
            .is_some_and(|v| v.starts_with("Basic"));
        assert_eq!(challenged, expected == "invalid_client");
        let status = if challenged { 401 } else { 400 };
        assert_eq!(answer.status.as_u16(), status);
    }
}
