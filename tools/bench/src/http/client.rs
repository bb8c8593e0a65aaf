//! Clients that ask one question after the other on connections that are kept.
//!
//! **Invariant:** an answer that is not 200 ends the bench.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use crate::rounds::{Begun, Latencies, Round};
use crate::stopwatch::Stopwatch;

/// Connections.
pub const CONNECTIONS: usize = 64;

/// All connections to one address of the site.
pub struct Clients {
    senders: Vec<SendRequest<Full<Bytes>>>,
    path: &'static str,
    host: String,
    bearer: String,
}

impl Clients {
    /// Connects.
    pub fn connect(
        runtime: &Runtime,
        address: SocketAddr,
        path: &'static str,
        bearer: &str,
    ) -> Result<Self> {
        let mut senders = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            senders.push(runtime.block_on(connect(address))?);
        }
        Ok(Self {
            senders,
            path,
            host: address.to_string(),
            bearer: format!("Bearer {bearer}"),
        })
    }

    /// Asks for so long, one question at a time on each connection.
    pub fn round<Q>(
        &mut self,
        runtime: &Runtime,
        length: Duration,
        question: &Q,
    ) -> Result<(Round, Latencies)>
    where
        Q: Fn() -> Result<(String, Value)> + Clone + Send + 'static,
    {
        let whole = Begun::now();
        let mut tasks = Vec::with_capacity(CONNECTIONS);
        for mut sender in self.senders.drain(..) {
            let (host, bearer) = (self.host.clone(), self.bearer.clone());
            let (path, question) = (self.path, question.clone());
            tasks.push(runtime.spawn(async move {
                let mut latencies = Latencies::default();
                while whole.elapsed() < length {
                    let (key, document) = question()?;
                    let request = Request::builder()
                        .method(Method::POST)
                        .uri(path)
                        .header(header::HOST, &host)
                        .header(header::AUTHORIZATION, &bearer)
                        .header(header::CONTENT_TYPE, "application/json")
                        .header("idempotency-key", key)
                        .body(Full::from(document.to_string()))?;
                    let one = Stopwatch::start();
                    ask(&mut sender, request).await?;
                    latencies.push(one.elapsed());
                }
                anyhow::Ok((sender, latencies))
            }));
        }
        let mut latencies = Latencies::default();
        for task in tasks {
            let (sender, taken) = runtime.block_on(task)??;
            self.senders.push(sender);
            latencies.join(taken);
        }
        Ok((Round::of(latencies.count(), whole), latencies))
    }
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // It ends with its sender; a fault of it is seen there.
    tokio::spawn(connection);
    Ok(sender)
}

async fn ask(sender: &mut SendRequest<Full<Bytes>>, request: Request<Full<Bytes>>) -> Result<()> {
    sender.ready().await?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    if status == StatusCode::OK {
        return Ok(());
    }
    let told = String::from_utf8(body.to_vec()).map_err(|_| anyhow!("an answer is not text"))?;
    bail!("{status}: {told}")
}
