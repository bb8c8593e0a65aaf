//! The listener on real connections: what slow, large, broken and leaving clients get, TLS, and the
//! orderly end.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may; the lint sees only test functions, not what they share"
)]

mod ending;
mod keeping;
mod limits;
mod tls;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::Extension;
use axum::routing::{get, post};
use sekisho_web::client::{Networks, Peer};
use sekisho_web::serve::{Ended, Limits, Listen, bind, tls::Files};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// So long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A listener under test.
struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Ended>,
}

impl Running {
    async fn with(router: Router, limits: Limits) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let listen = Listen {
            address,
            tls: None,
            limits,
            trusted: Networks::default(),
        };
        Self::on(&listen, router).await
    }

    async fn on(listen: &Listen, router: Router) -> Self {
        let bound = bind(listen).await.unwrap();
        let address = bound.address();
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(bound.serve(router, async {
            let _ = stopped.await;
        }));
        Self {
            address,
            stop,
            ended,
        }
    }

    /// A connection that has sent `text`.
    async fn said(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }
}

/// Everything until the other end closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    // A connection that is cut may be reset; what came before that counts.
    let _ = read.expect("the other end never closes");
    String::from_utf8(bytes).unwrap()
}

fn router() -> Router {
    let peer = |Extension(Peer(peer)): Extension<Peer>| async move { peer.to_string() };
    Router::new()
        .route("/peer", get(peer))
        .route("/echo", post(|body: String| async move { body }))
}

fn files(name: &str) -> Files {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve/pem");
    Files {
        certificate: format!("{folder}/{name}.pem").into(),
        key: format!("{folder}/{name}.key").into(),
    }
}
