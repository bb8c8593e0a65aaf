//! Slow, large and broken requests, and too many connections.

use std::time::Duration;

use axum::middleware::from_fn_with_state;
use axum::routing::get;
use sekisho_web::bounds::{Bounds, bound};
use sekisho_web::serve::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::{Running, rest, router};

const GET: &str = "GET /peer HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

fn short() -> Limits {
    Limits {
        header_wait: Duration::from_millis(300),
        ..Limits::default()
    }
}

/// The site's own bounds around the routes of the tests.
fn bounded(bounds: Bounds) -> axum::Router {
    let router = router().route("/panic", get(panics));
    router.layer(from_fn_with_state(bounds, bound))
}

async fn panics() {
    panic!("a route may");
}

#[tokio::test]
async fn a_route_knows_the_other_end() {
    let site = Running::with(router(), Limits::default()).await;
    let mut stream = site.said(GET).await;
    let own = stream.local_addr().unwrap().to_string();
    assert!(rest(&mut stream).await.ends_with(&own));
}

#[tokio::test]
async fn a_head_that_does_not_end_is_not_waited_for() {
    let site = Running::with(router(), short()).await;
    for begun in ["", "G", "GET /peer HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let mut stream = site.said(begun).await;
        let said = rest(&mut stream).await;
        assert!(
            said.is_empty() || said.starts_with("HTTP/1.1 408"),
            "{begun:?}: {said}"
        );
    }
}

#[tokio::test]
async fn a_connection_may_be_used_again_but_not_kept_for_nothing() {
    let site = Running::with(router(), short()).await;
    let mut stream = site.said("GET /peer HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut first = [0; 12];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    stream.write_all(GET.as_bytes()).await.unwrap();
    assert!(rest(&mut stream).await.contains("HTTP/1.1 200"));
    let mut idle = site.said("GET /peer HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(rest(&mut idle).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_head_is_bounded() {
    let site = Running::with(router(), Limits::default()).await;
    let large = format!(
        "GET /peer HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n",
        "y".repeat(40_000)
    );
    let mut stream = site.said(&large).await;
    assert!(rest(&mut stream).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn a_connection_too_many_waits_until_there_is_room() {
    let limits = Limits {
        connections: 1,
        ..Limits::default()
    };
    let site = Running::with(router(), limits).await;
    let mut first = site.said("GET /peer HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut head = [0; 12];
    first.read_exact(&mut head).await.unwrap();
    let mut second = site.said(GET).await;
    let early = timeout(Duration::from_millis(200), second.read_exact(&mut head)).await;
    assert!(early.is_err(), "it was answered although there was no room");
    drop(first);
    assert!(rest(&mut second).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_body_has_a_size_and_a_time() {
    let bounds = Bounds {
        body_bytes: 1000,
        body_wait: Duration::from_millis(300),
        ..Bounds::default()
    };
    let site = Running::with(bounded(bounds), Limits::default()).await;
    let chunk = format!("3e8\r\n{}\r\n", "x".repeat(1000));
    for (length, body, status) in [
        ("content-length: 4", "abcd", "200"),
        ("content-length: 1001", "", "413"),
        ("content-length: 999999999999", "", "413"),
        (
            "transfer-encoding: chunked",
            &format!("{chunk}1\r\nx\r\n0\r\n\r\n"),
            "413",
        ),
        (
            "transfer-encoding: chunked",
            &format!("{chunk}0\r\n\r\n"),
            "200",
        ),
        ("content-length: 4", "ab", "408"),
        ("transfer-encoding: chunked", "5\r\nab", "408"),
    ] {
        let head = "POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
        let mut stream = site.said(&format!("{head}{length}\r\n\r\n{body}")).await;
        let said = rest(&mut stream).await;
        assert!(
            said.starts_with(&format!("HTTP/1.1 {status}")),
            "{length} {body}: {said}"
        );
    }
}

#[tokio::test]
async fn a_truncated_body_reaches_no_route() {
    let (reached, mut reaches) = tokio::sync::mpsc::unbounded_channel();
    let tell = move |body: String| {
        reached.send(body).unwrap();
        std::future::ready("told")
    };
    let router = axum::Router::new().route("/tell", axum::routing::post(tell));
    let router = router.layer(from_fn_with_state(Bounds::default(), bound));
    let site = Running::with(router, Limits::default()).await;
    let head = "POST /tell HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 4\r\n\r\n";
    let mut broken = site.said(&format!("{head}ab")).await;
    broken.shutdown().await.unwrap();
    rest(&mut broken).await;
    let mut whole = site.said(&format!("{head}abcd")).await;
    assert!(rest(&mut whole).await.ends_with("told"));
    assert_eq!(
        reaches.recv().await.as_deref(),
        Some("abcd"),
        "the first that got there"
    );
}

#[tokio::test]
async fn a_route_that_panics_harms_nobody_else() {
    let site = Running::with(bounded(Bounds::default()), Limits::default()).await;
    let mut broken = site.said(&GET.replace("/peer", "/panic")).await;
    assert!(rest(&mut broken).await.starts_with("HTTP/1.1 500"));
    let mut next = site.said(GET).await;
    assert!(rest(&mut next).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_not_waited_for() {
    let bounds = Bounds {
        answer_wait: Duration::from_millis(100),
        ..Bounds::default()
    };
    let router = axum::Router::new().route("/never", get(std::future::pending::<()>));
    let router = router.layer(from_fn_with_state(bounds, bound));
    let site = Running::with(router, Limits::default()).await;
    let mut stream = site.said(&GET.replace("/peer", "/never")).await;
    let said = rest(&mut stream).await;
    assert!(
        said.starts_with("HTTP/1.1 503") && said.contains("retry-after: 1"),
        "{said}"
    );
}
