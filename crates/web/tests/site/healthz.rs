//! `/healthz`, `/readyz`, `/metrics`.

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use sekisho_web::client::{Network, Peer};

use crate::fixture::{Answer, Site};

#[tokio::test]
async fn it_is_alive_and_ready() {
    let site = Site::new().await;
    assert_eq!(site.get("/healthz", None).await.text, "alive\n");
    assert_eq!(site.get("/readyz", None).await.text, "ready\n");
}

async fn metrics(site: &Site, peer: &str, forwarded: Option<&str>) -> Answer {
    let peer: SocketAddr = peer.parse().unwrap();
    let mut request = Request::get("/metrics").extension(Peer(peer));
    if let Some(forwarded) = forwarded {
        request = request.header("x-forwarded-for", forwarded);
    }
    site.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn metrics_are_for_the_machine_room_alone() {
    let site = Site::with(|_, edge| {
        edge.metrics_from = ["127.0.0.0/8", "10.1.0.0/16"]
            .iter()
            .map(|text| text.parse::<Network>().unwrap())
            .collect();
    })
    .await;
    for peer in ["127.0.0.1:1", "10.1.2.3:1"] {
        assert_eq!(metrics(&site, peer, None).await.text, "sekisho_up 1\n");
    }
    assert_eq!(
        metrics(&site, "203.0.113.7:1", None).await.status,
        StatusCode::NOT_FOUND
    );
    let through_a_proxy = metrics(&site, "127.0.0.1:1", Some("203.0.113.7")).await;
    assert_eq!(through_a_proxy.problem(), "not-found");
    let spoofed = metrics(&site, "203.0.113.7:1", Some("127.0.0.1")).await;
    assert_eq!(spoofed.status, StatusCode::NOT_FOUND);
}
