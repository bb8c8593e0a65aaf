//! The listener: connections in, requests to the router, and an orderly end.
//!
//! HTTP/1.1 on plain connections, HTTP/1.1 and HTTP/2 on TLS ones (chosen by ALPN, RFC 7301). The
//! numbers of [`Limits`] are the operator's.
//!
//! **Invariant:** a connection costs one of a bounded number of places, and gives it back within a
//! bounded time unless it is being answered.

mod awaited;
mod connection;
mod crowd;
mod life;
pub mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use self::connection::Connections;
use self::crowd::Crowd;
use self::tls::Tls;
use crate::client::Networks;

/// Why the listener does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeFault {
    /// The address cannot be had.
    #[error("cannot listen on {address}: {why}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the operating system says.
        why: std::io::Error,
    },
    /// The certificate or the key cannot be used.
    #[error("{file}: {why}")]
    Tls {
        /// Which file.
        file: String,
        /// Why.
        why: String,
    },
}

/// Where to listen, and how.
#[derive(Clone, Debug)]
pub struct Listen {
    /// The address; port 0 takes a free one.
    pub address: SocketAddr,
    /// Certificate and key; `None` for plain HTTP on loopback or behind a proxy.
    pub tls: Option<tls::Files>,
    /// Bounds.
    pub limits: Limits,
    /// Proxies, which bring many visitors: [`Limits::per_address`] is not for them.
    pub trusted: Networks,
}

/// Bounds of a listener.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most connections at once; more wait in the operating system's queue.
    pub connections: usize,
    /// Most connections at once from one address (IPv6: one /64); one more is closed at once.
    pub per_address: usize,
    /// Most bytes of a request's line and headers; at least 8192.
    pub header_bytes: usize,
    /// Longest wait for a whole head, for a TLS handshake, and on HTTP/1.1 between two requests.
    pub header_wait: Duration,
    /// Longest rest between two requests of one connection.
    pub idle: Duration,
    /// So old a connection gets; then it answers what was begun and closes.
    pub age: Duration,
    /// Longest wait at the end of a connection, or of all, for what is being answered.
    pub drain: Duration,
}

impl Default for Limits {
    /// 4,096 connections, 256 from one address (a carrier puts many customers behind one, and each
    /// needs one connection, or six without TLS), 16 KiB, 20 s, a minute, an hour, 30 s.
    fn default() -> Self {
        Self {
            connections: 4096,
            per_address: 256,
            header_bytes: 16 * 1024,
            header_wait: Duration::from_secs(20),
            idle: Duration::from_secs(60),
            age: Duration::from_secs(3600),
            drain: Duration::from_secs(30),
        }
    }
}

/// How the listener ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything that was begun was answered.
    Drained,
    /// The wait was over; connections were cut.
    Cut {
        /// How many.
        connections: usize,
    },
}

/// A listener that has its address.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<Arc<Tls>>,
    limits: Limits,
    crowd: Arc<Crowd>,
}

/// Takes the address and reads certificate and key.
///
/// # Errors
/// When the address is taken or a file cannot be used.
pub async fn bind(listen: &Listen) -> Result<Bound, ServeFault> {
    let address = listen.address;
    let fault = |why| ServeFault::Bind { address, why };
    let tls = listen.tls.clone().map(Tls::read).transpose()?;
    let listener = TcpListener::bind(address).await.map_err(fault)?;
    Ok(Bound {
        address: listener.local_addr().map_err(fault)?,
        listener,
        tls: tls.map(Arc::new),
        limits: listen.limits,
        crowd: Arc::new(Crowd::new(
            listen.limits.per_address,
            listen.trusted.clone(),
        )),
    })
}

/// Listens until `shutdown` ends; then answers what was begun.
///
/// # Errors
/// As [`bind`].
pub async fn serve(
    listen: &Listen,
    router: Router,
    shutdown: impl Future<Output = ()>,
) -> Result<Ended, ServeFault> {
    Ok(bind(listen).await?.serve(router, shutdown).await)
}

impl Bound {
    /// The address, with the port that was taken.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate, to be read again when its files changed.
    #[must_use]
    pub fn tls(&self) -> Option<Arc<Tls>> {
        self.tls.clone()
    }

    /// Listens until `shutdown` ends; then takes no more, and answers what was begun for as long as
    /// the limits say.
    pub async fn serve(self, router: Router, shutdown: impl Future<Output = ()>) -> Ended {
        let places = Arc::new(Semaphore::new(self.limits.connections));
        let open = TaskTracker::new();
        let connections = Connections::new(router, self.tls.clone(), self.limits);
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let next = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (self.accept().await, place)
            };
            let ((stream, peer), place) = tokio::select! {
                biased;
                () = &mut shutdown => break,
                next = next => next,
            };
            let Some(entered) = self.crowd.enter(peer.ip()) else {
                metrics::counter!("sekisho_connections_refused_total").increment(1);
                continue;
            };
            let served = connections.clone().carry(stream, peer);
            open.spawn(async move {
                served.await;
                drop((entered, place));
            });
        }
        drop(self.listener);
        connections.close();
        open.close();
        tracing::info!(target: "serve", open = open.len(), "no more connections are taken");
        match tokio::time::timeout(self.limits.drain, open.wait()).await {
            Ok(()) => Ended::Drained,
            Err(_) => Ended::Cut {
                connections: self.limits.connections - places.available_permits(),
            },
        }
    }

    /// The next connection. What goes wrong here concerns one connection, or passes when others
    /// close.
    async fn accept(&self) -> (TcpStream, SocketAddr) {
        let mut wait = Duration::from_millis(5);
        loop {
            match self.listener.accept().await {
                Ok(accepted) => return accepted,
                Err(why) => {
                    tracing::warn!(target: "serve", %why, "a connection could not be taken");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(Duration::from_secs(1));
                }
            }
        }
    }
}
