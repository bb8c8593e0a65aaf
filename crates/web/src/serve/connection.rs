//! One connection: its handshake, its protocol, its end.
//!
//! **Invariant:** the peer that the router sees is the other end of this very connection.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::Limits;
use super::awaited::Awaited;
use super::life::{Busy, Life};
use super::tls::{Protocol, Tls};
use crate::client::Peer;

/// Most requests at once on one HTTP/2 connection (RFC 9113 section 6.5.2 advises no fewer than
/// 100).
const STREAMS: u32 = 100;

/// What all connections share.
#[derive(Clone, Debug)]
pub struct Connections {
    router: Router,
    tls: Option<Arc<Tls>>,
    limits: Limits,
    closing: CancellationToken,
}

impl Connections {
    /// Connections to `router`.
    pub fn new(router: Router, tls: Option<Arc<Tls>>, limits: Limits) -> Self {
        Self {
            router,
            tls,
            limits,
            closing: CancellationToken::new(),
        }
    }

    /// Asks all of them to close once they have answered what was begun.
    pub fn close(&self) {
        self.closing.cancel();
    }

    fn life(&self) -> Life {
        Life {
            limits: self.limits,
            busy: Busy::new(),
            closing: self.closing.clone(),
        }
    }

    /// Carries one connection to its end.
    pub async fn carry(self, stream: TcpStream, peer: SocketAddr) {
        // A small answer must not wait for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        let Some(tls) = self.tls.clone() else {
            return self.http1(stream, peer).await;
        };
        match timeout(self.limits.header_wait, tls.accept(stream)).await {
            Ok(Ok((stream, Protocol::Http1))) => self.http1(stream, peer).await,
            Ok(Ok((stream, Protocol::Http2))) => self.http2(stream, peer).await,
            Ok(Err(why)) => tracing::debug!(target: "serve", %why, "TLS was not agreed on"),
            Err(_) => tracing::debug!(target: "serve", "TLS was not agreed on in time"),
        }
    }

    async fn http1<S>(self, stream: S, peer: SocketAddr)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let life = self.life();
        let (router, busy) = (self.router, life.busy.clone());
        let service = service_fn(move |request| answer(router.clone(), request, peer, &busy));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header_wait)
            .max_header_size(self.limits.header_bytes)
            .serve_connection(TokioIo::new(stream), service);
        life.carry(connection, http1::Connection::graceful_shutdown)
            .await;
    }

    async fn http2<S>(self, stream: S, peer: SocketAddr)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let life = self.life();
        let (router, busy) = (self.router, life.busy.clone());
        let service = service_fn(move |request| answer(router.clone(), request, peer, &busy));
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(self.limits.header_wait)
            .keep_alive_timeout(self.limits.header_wait)
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(u32::try_from(self.limits.header_bytes).unwrap_or(u32::MAX))
            .serve_connection(TokioIo::new(stream), service);
        life.carry(connection, http2::Connection::graceful_shutdown)
            .await;
    }
}

fn answer(
    router: Router,
    mut request: Request<Incoming>,
    peer: SocketAddr,
    busy: &Busy,
) -> impl Future<Output = Result<Response<Awaited>, Infallible>> + use<> {
    let (answering, busy) = (busy.answering(), busy.clone());
    request.extensions_mut().insert(Peer(peer));
    let answered = router.oneshot(request.map(Body::new));
    async move {
        let answered = answered.await?;
        drop(answering);
        Ok(answered.map(|body| Awaited::new(body, busy)))
    }
}
