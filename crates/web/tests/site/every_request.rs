//! What holds for every request, whatever its address: who it is from, what is written down of it.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::authorize::{authorized, request};
use crate::browser::{Browser, familiar, parameter};
use crate::fixture::{LOGIN, PASSWORD, Site, secret};
use crate::v1::withdrawal;

/// Where a sign-in with the right password leads a browser.
async fn leads(browser: &mut Browser<'_>) -> String {
    let page = browser.open("/sign-in").await;
    let answer = browser.sign_in(&page).await;
    answer.header("location").unwrap().to_owned()
}

#[tokio::test]
async fn a_spoofed_address_does_not_make_a_stranger_familiar() {
    let proxy = "198.51.100.66:4711";
    for (name, value) in [
        ("x-forwarded-for", "203.0.113.7"),
        ("x-forwarded-for", "203.0.113.7, 203.0.113.7"),
        ("forwarded", "for=203.0.113.7"),
        ("x-real-ip", "203.0.113.7"),
        ("x-client-ip", "203.0.113.7"),
    ] {
        let site = Site::new().await;
        familiar(&site).await;
        let mut browser = Browser::of(&site);
        browser.peer = proxy.parse().unwrap();
        browser.headers.insert(name, value.parse().unwrap());
        assert_eq!(leads(&mut browser).await, "/code", "{name}: {value}");
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_customer_is_who_it_saw() {
    for (value, expected) in [
        ("203.0.113.7", "/account"),
        ("203.0.113.7:50000", "/account"),
        ("192.0.2.1, 203.0.113.7", "/account"),
        ("203.0.113.7, 192.0.2.1", "/code"),
        ("203.0.113.7, garbage", "/code"),
    ] {
        let site = Site::with(|_, edge| {
            let proxies = ["198.51.100.64/26"];
            edge.trusted_proxies = proxies.iter().map(|text| text.parse().unwrap()).collect();
        })
        .await;
        familiar(&site).await;
        let mut browser = Browser::of(&site);
        browser.peer = "198.51.100.66:4711".parse().unwrap();
        browser
            .headers
            .insert("x-forwarded-for", value.parse().unwrap());
        assert_eq!(leads(&mut browser).await, expected, "{value}");
    }
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// What the whole process logs from the first call on: what the other tests log meanwhile must hold
/// no secret either.
fn logging() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(log.clone())
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log
    })
}

#[tokio::test]
async fn nothing_that_a_customer_or_an_application_keeps_secret_is_logged() {
    let log = logging();
    let site = Site::new().await;
    familiar(&site).await;
    let mut browser = Browser::of(&site);
    let back = authorized(&mut browser, &request(&site, &[("state", "planted-state")])).await;
    let tokens = crate::token::tokens(&site, &mut browser).await;
    let access = tokens["access_token"].as_str().unwrap();
    site.get("/userinfo?planted-query", Some(access)).await;
    site.post("/v1/operations", Some(&site.broker.all), &withdrawal())
        .await;
    let mut wrong = withdrawal();
    wrong["fields"]["payee"]["number"] = json!("planted-number");
    site.post("/v1/operations", Some(&site.broker.all), &wrong)
        .await;
    site.get("/planted-path/hana@example.com", Some("planted-token"))
        .await;

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains(r#""route":"/v1/operations""#),
        "the log is there"
    );
    assert!(log.contains(r#""route":"/token""#), "the log is there");
    let secrets = [
        PASSWORD.to_owned(),
        LOGIN.to_owned(),
        site.broker.all.clone(),
        secret(&site.broker),
        parameter(&back, "code").unwrap(),
        access.to_owned(),
        tokens["id_token"].as_str().unwrap().to_owned(),
        "ヤマダ".to_owned(),
        "1234567".to_owned(),
        "planted".to_owned(),
    ];
    for planted in secrets {
        assert!(!log.contains(&planted), "{planted} is in the log");
    }
}

#[tokio::test]
async fn a_line_about_a_fault_names_the_request_that_its_answer_names() {
    let log = logging();
    let site = Site::new().await;
    site.store.close().await;
    let caller = Some(site.broker.all.as_str());
    let answer = site.post("/v1/operations", caller, &withdrawal()).await;
    assert_eq!(answer.problem(), "unavailable");

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let id = answer.header("x-request-id").unwrap();
    let of = |target: &str, place: &str| {
        let mut lines = log
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_default());
        lines.any(|line: serde_json::Value| {
            line["target"] == target && line[place]["request.id"] == id
        })
    };
    assert!(of("access", "fields"), "{id}");
    assert!(of("fault", "span"), "{id}");
}
