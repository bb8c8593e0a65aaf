//! `/v1/sweeps`: who was where, for the monitoring team's own programs.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::StatusCode;
use sekisho_core::bytes::Digest;
use sekisho_core::moment::Span;
use sekisho_web::client::Peer;
use serde_json::{Value, json};
use tokio::time::timeout;
use tower::ServiceExt as _;

use crate::fixture::{Answer, CUSTOMER, Site, posting};
use crate::v1_operations::confirmed;

/// The lines of an answer, and the last one.
fn lines(answer: &Answer) -> (Vec<Value>, Value) {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let mut all: Vec<Value> = answer
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let last = all.pop().unwrap()["summary"].clone();
    let before = answer.text.rfind("{\"summary\"").unwrap();
    let digest = Digest::of(&answer.text.as_bytes()[..before]).to_string();
    assert_eq!(last["sha256"], digest);
    (all, last["found"].clone())
}

async fn swept(site: &Site, asked: &Value) -> Answer {
    let token = Some(site.broker.sweeps.as_str());
    site.post("/v1/sweeps", token, asked).await
}

#[tokio::test]
async fn operations_of_a_time_are_told_with_their_places_and_a_last_line() {
    let site = Site::new().await;
    let operation = confirmed(&site).await;
    assert_eq!(operation["state"], "confirmed");
    let asked = json!({
        "incident": "INC-2026", "kinds": ["withdraw"], "from": "2020-01-01T00:00:00+09:00",
        "by": ["address"],
    });
    let (found, counts) = lines(&swept(&site, &asked).await);
    let [one] = found.as_slice() else {
        panic!("one operation: {found:?}");
    };
    assert_eq!(one["reference"], CUSTOMER);
    assert_eq!(one["act"], "confirm:withdraw");
    assert_eq!(one["finding"], "new");
    assert_eq!(one["places"][0]["place"], "address");
    assert_eq!(counts["new"], 1);

    let mut other = asked.clone();
    other["only"] = json!(["reported"]);
    let (found, counts) = lines(&swept(&site, &other).await);
    assert_eq!((found.len(), &counts["new"]), (0, &json!(1)));

    let mut past = asked;
    past["until"] = json!("2020-01-02T00:00:00+09:00");
    assert_eq!(lines(&swept(&site, &past).await).0, Vec::<Value>::new());
}

#[tokio::test]
async fn a_list_is_swept_whether_its_customers_are_known_or_not() {
    let site = Site::new().await;
    let operation = confirmed(&site).await;
    assert_eq!(operation["state"], "confirmed");
    let asked = json!({
        "incident": "INC-2026", "kinds": ["withdraw"], "from": "2020-01-01T00:00:00+09:00",
    });
    let (found, _) = lines(&swept(&site, &asked).await);
    let place = found[0]["places"][0]["value"].as_str().unwrap().to_owned();
    let moment = "2100-01-01T00:00:00Z";
    let row = |name: &str| json!({"customer": name, "moment": moment, "address": place});
    let asked = json!({"incident": "INC-2026", "procedures": [row(CUSTOMER), row("nobody")]});
    let (found, counts) = lines(&swept(&site, &asked).await);
    let of = |line: usize, name: &str| found[line][name].clone();
    assert_eq!(
        (of(0, "line"), of(0, "finding")),
        (json!(1), json!("usual"))
    );
    assert_eq!(of(1, "customer"), Value::Null);
    assert_eq!(of(1, "finding"), "touched");
    assert_eq!(found[1]["places"][0]["named"][0]["reference"], CUSTOMER);
    assert_eq!(
        (&counts["usual"], &counts["touched"]),
        (&json!(1), &json!(1))
    );
}

#[tokio::test]
async fn the_record_has_the_end_of_a_sweep_that_nobody_read() {
    let site = Site::new().await;
    let operation = confirmed(&site).await;
    assert_eq!(operation["state"], "confirmed");
    let asked = json!({
        "incident": "INC-2026", "kinds": ["withdraw"], "from": "2020-01-01T00:00:00+09:00",
    });
    let token = Some(site.broker.sweeps.as_str());
    let mut request = posting("/v1/sweeps", token, &asked.to_string());
    let peer: SocketAddr = "203.0.113.9:443".parse().unwrap();
    request.extensions_mut().insert(Peer(peer));
    let answer = site.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    // Whoever asked hangs up before a piece is there.
    drop(answer);
    let nothing = Digest::of(b"");
    let now = site.gate.now();
    let about = (now.minus(Span::minutes(1)), now.plus(Span::minutes(1)));
    let noted = async {
        while !site.store.is_noted(nothing, about).await.unwrap() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), noted).await.unwrap();
}

#[tokio::test]
async fn whatever_is_wrong_is_told_and_nothing_is_looked_up() {
    let site = Site::new().await;
    let good = json!({
        "incident": "INC-2026", "kinds": ["withdraw"], "from": "2020-01-01T00:00:00+09:00",
    });
    let row = json!({"customer": "a", "moment": "2100-01-01T00:00:00Z", "address": "203.0.113.7"});
    let many: Vec<_> = (0..501).map(|_| row.clone()).collect();
    let with = |name: &str, value: Value| {
        let mut document = good.clone();
        document[name] = value;
        document
    };
    let list = |rows: Value| json!({"incident": "INC-2026", "procedures": rows});
    for (document, slug) in [
        (with("incident", json!("090-1234-5678")), "invalid-value"),
        (with("incident", json!("")), "invalid-value"),
        (with("kinds", json!([])), "invalid-value"),
        (
            with("kinds", json!(["withdraw", "withdraw"])),
            "invalid-value",
        ),
        (with("kinds", json!(["theft"])), "invalid-value"),
        (with("from", json!("2020-01-01")), "invalid-value"),
        (with("by", json!(["phone"])), "invalid-value"),
        (with("procedures", json!([row])), "unknown-field"),
        (list(json!([])), "invalid-value"),
        (list(json!(many)), "invalid-value"),
        (list(json!([{"customer": "a"}])), "missing-field"),
        (list(json!([1])), "wrong-type"),
    ] {
        let answer = swept(&site, &document).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{document}"
        );
        assert_eq!(answer.problem(), slug, "{document}");
    }
}
