//! TLS: both protocols, and certificates that are replaced while serving.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Version};
use axum::routing::get;
use http_body_util::BodyExt as _;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use sekisho_web::client::Networks;
use sekisho_web::serve::tls::{Files, Tls};
use sekisho_web::serve::{Limits, Listen, ServeFault, bind};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::{Running, files};

pub fn listen(limits: Limits) -> Listen {
    Listen {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        tls: Some(files("one")),
        limits,
        trusted: Networks::default(),
    }
}

fn version() -> Router {
    let say = |request: Request<Body>| async move { format!("{:?}", request.version()) };
    Router::new().route("/", get(say))
}

pub async fn connected(address: SocketAddr, protocols: &[&str]) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve/pem");
    let authority = CertificateDer::from_pem_file(format!("{folder}/authority.pem"));
    roots.add(authority.unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .unwrap()
}

fn certificate(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

#[tokio::test]
async fn both_protocols_are_spoken_as_agreed() {
    let site = Running::on(&listen(Limits::default()), version()).await;
    let request = |version| {
        let request = Request::get("https://localhost/").version(version);
        request
            .header("host", "localhost")
            .body(Body::empty())
            .unwrap()
    };
    let stream = connected(site.address, &["h2", "http/1.1"]).await;
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let answer = sender.send_request(request(Version::HTTP_2)).await.unwrap();
    assert_eq!(
        answer.into_body().collect().await.unwrap().to_bytes(),
        "HTTP/2.0"
    );

    for protocols in [&["http/1.1"][..], &[]] {
        let stream = connected(site.address, protocols).await;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let answer = sender
            .send_request(request(Version::HTTP_11))
            .await
            .unwrap();
        assert_eq!(
            answer.into_body().collect().await.unwrap().to_bytes(),
            "HTTP/1.1"
        );
    }
}

#[tokio::test]
async fn whoever_does_not_agree_in_time_is_gone() {
    let limits = Limits {
        header_wait: Duration::from_millis(300),
        ..Limits::default()
    };
    let site = Running::on(&listen(limits), version()).await;
    let mut silent = TcpStream::connect(site.address).await.unwrap();
    let mut nothing = Vec::new();
    let read = tokio::time::timeout(crate::PATIENCE, silent.read_to_end(&mut nothing)).await;
    assert_eq!(read.unwrap().unwrap(), 0);
    let mut plain = site.said("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(!plain_text(&mut plain).await.contains("HTTP/1.1 200"));
}

async fn plain_text(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(crate::PATIENCE, stream.read_to_end(&mut bytes)).await;
    let _ = read.expect("the other end never closes");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_certificate_is_replaced_by_a_good_one_only() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Files {
        certificate: folder.path().join("certificate"),
        key: folder.path().join("key"),
    };
    let put = |name: &str, key: &str| {
        std::fs::copy(files(name).certificate, &kept.certificate).unwrap();
        std::fs::copy(files(key).key, &kept.key).unwrap();
    };
    put("one", "one");
    let listen = Listen {
        tls: Some(kept.clone()),
        ..listen(Limits::default())
    };
    let bound = bind(&listen).await.unwrap();
    let (address, tls) = (bound.address(), bound.tls().unwrap());
    tokio::spawn(bound.serve(version(), std::future::pending()));
    let first = certificate(&connected(address, &[]).await);
    put("two", "one");
    assert!(matches!(tls.read_again(), Err(ServeFault::Tls { .. })));
    std::fs::write(&kept.certificate, "no certificate").unwrap();
    assert!(matches!(tls.read_again(), Err(ServeFault::Tls { .. })));
    assert_eq!(certificate(&connected(address, &[]).await), first);
    put("two", "two");
    tls.read_again().unwrap();
    assert_ne!(certificate(&connected(address, &[]).await), first);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let mut gone = files("one");
    gone.key = "nowhere.key".into();
    let said = Tls::read(gone).unwrap_err().to_string();
    assert!(said.starts_with("nowhere.key: "), "{said}");
}
