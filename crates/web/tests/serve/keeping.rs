//! How many connections an address keeps, and for how long.

use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::Request;
use axum::routing::get;
use hyper::body::Frame;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use sekisho_web::client::Networks;
use sekisho_web::serve::{Limits, Listen};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::tls::{connected, listen};
use crate::{PATIENCE, Running, rest, router};

const GET: &str = "GET /peer HTTP/1.1\r\nhost: x\r\n\r\n";
/// Longer than any test waits.
const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(300);

/// Nothing ends a connection but what a test shortens.
fn patient() -> Limits {
    Limits {
        header_wait: LONG,
        idle: LONG,
        age: LONG,
        drain: LONG,
        ..Limits::default()
    }
}

/// Whether a new connection from `source` is served; it is kept.
async fn served(site: &Running, source: Ipv4Addr) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((source, 0))).unwrap();
    let mut stream = socket.connect(site.address).await.unwrap();
    // The other end may have closed already.
    let _ = stream.write_all(GET.as_bytes()).await;
    let mut head = [0; 12];
    let read = timeout(PATIENCE, stream.read_exact(&mut head)).await;
    read.expect("neither served nor closed").ok()?;
    assert_eq!(&head, b"HTTP/1.1 200");
    Some(stream)
}

#[tokio::test]
async fn an_address_that_has_enough_gets_no_more_and_others_are_served() {
    let limits = Limits {
        per_address: 2,
        ..patient()
    };
    let site = Running::with(router(), limits).await;
    let [one, other] = [Ipv4Addr::new(127, 0, 0, 1), Ipv4Addr::new(127, 0, 0, 2)];
    let first = served(&site, one).await.unwrap();
    let _second = served(&site, one).await.unwrap();
    assert!(served(&site, one).await.is_none());
    assert!(served(&site, other).await.is_some());
    drop(first);
    let again = async { while served(&site, one).await.is_none() {} };
    timeout(PATIENCE, again).await.unwrap();
}

#[tokio::test]
async fn a_trusted_proxy_may_have_any_number() {
    let listen = Listen {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        tls: None,
        limits: Limits {
            per_address: 1,
            ..patient()
        },
        trusted: Networks::loopback(),
    };
    let site = Running::on(&listen, router()).await;
    let mut kept = Vec::new();
    for _ in 0..5 {
        kept.push(served(&site, Ipv4Addr::LOCALHOST).await.unwrap());
    }
}

#[tokio::test]
async fn a_connection_that_rests_is_closed() {
    let limits = Limits {
        idle: SHORT,
        ..patient()
    };
    let site = Running::with(router(), limits).await;
    let mut stream = site.said(GET).await;
    assert!(rest(&mut stream).await.starts_with("HTTP/1.1 200"));

    // HTTP/2: the other end goes on answering pings, which is not using it.
    let site = Running::on(&listen(limits), router()).await;
    let stream = connected(site.address, &["h2"]).await;
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    let kept = tokio::spawn(connection);
    let request = Request::get("https://localhost/peer").body(Body::empty());
    assert!(sender.send_request(request.unwrap()).await.is_ok());
    timeout(PATIENCE, kept).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn what_takes_long_to_answer_is_no_rest() {
    let go_on = Arc::new(Notify::new());
    let told = Arc::clone(&go_on);
    let slow = async move || {
        told.notified().await;
        "answered"
    };
    let limits = Limits {
        idle: SHORT,
        ..patient()
    };
    let site = Running::with(Router::new().route("/peer", get(slow)), limits).await;
    let mut stream = site.said(GET).await;
    let early = timeout(3 * SHORT, stream.readable()).await;
    assert!(early.is_err(), "closed although it was being answered");
    go_on.notify_one();
    assert!(rest(&mut stream).await.ends_with("answered"));
}

/// A body whose pieces come when a test says so.
struct Pieces(tokio::sync::mpsc::Receiver<&'static str>);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let polled = self.0.poll_recv(context);
        polled.map(|piece| piece.map(|piece| Ok(Frame::data(Bytes::from_static(piece.as_bytes())))))
    }
}

/// A site that answers with one body, and what sends its pieces.
async fn streaming(limits: Limits) -> (Running, tokio::sync::mpsc::Sender<&'static str>) {
    let (send, pieces) = tokio::sync::mpsc::channel(1);
    let pieces = Arc::new(std::sync::Mutex::new(Some(pieces)));
    let answer = async move || Body::new(Pieces(pieces.lock().unwrap().take().unwrap()));
    let site = Running::with(Router::new().route("/peer", get(answer)), limits).await;
    (site, send)
}

#[tokio::test]
async fn an_answer_whose_next_piece_is_yet_to_be_found_is_no_rest() {
    let limits = Limits {
        idle: SHORT,
        drain: SHORT,
        ..patient()
    };
    let (site, send) = streaming(limits).await;
    let mut stream = site.said(GET).await;
    send.send("the first, ").await.unwrap();
    // Longer than a connection that rests is kept, and than one that was asked to close.
    let gone = timeout(4 * SHORT, send.closed()).await;
    assert!(gone.is_err(), "closed although more was to come");
    send.send("the last").await.unwrap();
    drop(send);
    let text = rest(&mut stream).await;
    assert!(
        text.contains("the first, ") && text.contains("the last"),
        "{text}"
    );
}

#[tokio::test]
async fn whoever_does_not_read_the_answer_keeps_no_connection() {
    let limits = Limits {
        idle: SHORT,
        drain: SHORT,
        ..patient()
    };
    let (site, send) = streaming(limits).await;
    let _unread = site.said(GET).await;
    // More than what the buffers on the way hold, however large they are.
    let much: &'static str = Box::leak("x".repeat(1 << 20).into_boxed_str());
    let sent = async { while send.send(much).await.is_ok() {} };
    timeout(PATIENCE, sent).await.unwrap();
}

#[tokio::test]
async fn a_connection_in_use_gets_only_so_old() {
    let limits = Limits {
        age: SHORT,
        ..patient()
    };
    let site = Running::with(router(), limits).await;
    let mut stream = TcpStream::connect(site.address).await.unwrap();
    let used = async {
        let mut some = [0; 4096];
        while stream.write_all(GET.as_bytes()).await.is_ok() {
            match stream.read(&mut some).await {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
        }
    };
    timeout(PATIENCE, used).await.unwrap();

    let site = Running::on(&listen(limits), router()).await;
    let stream = connected(site.address, &["h2"]).await;
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    let kept = tokio::spawn(connection);
    let used = async {
        let request = || Request::get("https://localhost/peer").body(Body::empty());
        while sender.send_request(request().unwrap()).await.is_ok() {}
    };
    timeout(PATIENCE, used).await.unwrap();
    timeout(PATIENCE, kept).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn an_answer_that_nobody_fetches_keeps_no_place_for_ever() {
    let limits = Limits {
        age: SHORT,
        drain: SHORT,
        ..patient()
    };
    let never = Router::new().route("/peer", get(std::future::pending::<()>));
    let site = Running::with(never, limits).await;
    let mut stream = site.said(GET).await;
    assert_eq!(rest(&mut stream).await, "");
}
