//! `/history/export.csv` and `/history/export.ndjson`: the login history as a file.

use axum::http::StatusCode;
use serde_json::json;

use crate::browser::{Browser, familiar};
use crate::fixture::{CUSTOMER, Site};

#[tokio::test]
async fn a_file_has_every_row_and_belongs_to_its_customer() {
    let site = Site::new().await;
    familiar(&site).await;
    for _ in 0..620 {
        let body = json!({
            "customer": CUSTOMER, "act": "sign_in",
            "context": {"address": "203.0.113.7"}, "verified": ["password", "totp"],
        });
        let token = Some(site.broker.all.as_str());
        assert_eq!(site.post("/v1/decisions", token, &body).await.status, 200);
    }
    let mut browser = Browser::of(&site);
    browser.enter(&site).await;
    let lines = browser.open("/history/export.ndjson").await;
    assert_eq!(lines.header("content-type"), Some("application/x-ndjson"));
    assert_eq!(lines.header("cache-control"), Some("no-store"));
    let rows: Vec<serde_json::Value> = lines
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(rows.len() > 621, "{}", rows.len());
    assert!(rows.iter().all(|row| row["address"] == "203.0.113.7"));
    let mut ids: Vec<_> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), rows.len(), "no row twice");

    let table = browser.open("/history/export.csv").await;
    let name = table.header("content-disposition");
    assert_eq!(name, Some("attachment; filename=history.csv"));
    assert!(
        table.text.starts_with("\u{feff}\"日時\",\"内容\","),
        "{}",
        &table.text[..80]
    );
    assert_eq!(table.text.matches("\r\n").count(), rows.len() + 1);

    let mut stranger = Browser::of(&site);
    for path in ["/history/export.csv", "/history/export.ndjson"] {
        assert_eq!(stranger.open(path).await.status, StatusCode::SEE_OTHER);
    }
    stranger.sign_up(&site, "jiro@example.com").await;
    let own = stranger.open("/history/export.ndjson").await;
    assert_eq!(own.text.lines().count(), 1, "{}", own.text);
}
