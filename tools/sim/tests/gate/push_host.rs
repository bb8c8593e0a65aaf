//! A push service of the tests' own, which speaks RFC 8030 over TLS and fails on demand.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use sekisho_gate::{Push, PushConfig, Reach, Subscribing};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

const PEM: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../crates/web/tests/serve/pem"
);
/// RFC 8291, appendix A.
pub(super) const P256DH: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
pub(super) const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

/// The head and the body of a message.
pub(super) type Taken = (String, Vec<u8>);

/// A push service that speaks RFC 8030 over TLS and answers as it is told to.
pub(super) struct PushHost {
    port: u16,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl PushHost {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let service = Self {
            port: listener.local_addr().unwrap().port(),
            answers: Arc::default(),
            taken: Arc::default(),
        };
        let certificate = CertificateDer::from_pem_file(format!("{PEM}/one.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(format!("{PEM}/one.key")).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (answers, taken) = (Arc::clone(&service.answers), Arc::clone(&service.taken));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    continue;
                };
                let Some(message) = read(&mut stream).await else {
                    continue;
                };
                taken.lock().unwrap().push(message);
                let answer = answers.lock().unwrap().pop_front();
                let answer = answer.unwrap_or("HTTP/1.1 201 Created\r\n\r\n");
                let _written = stream.write_all(answer.as_bytes()).await;
                let _closed = stream.shutdown().await;
            }
        });
        service
    }

    pub(super) fn push(&self) -> Push {
        Push::new(&PushConfig {
            hosts: vec![format!("localhost:{}", self.port)],
            authorities: Some(std::fs::read(format!("{PEM}/authority.pem")).unwrap()),
            reach: Reach::DangerAnywhere,
            ..PushConfig::usual("mailto:security@example.jp")
        })
        .unwrap()
    }

    pub(super) fn answer_next(&self, answer: &'static str) {
        self.answers.lock().unwrap().push_back(answer);
    }

    pub(super) fn taken(&self) -> Vec<Taken> {
        std::mem::take(&mut *self.taken.lock().unwrap())
    }

    pub(super) fn subscribing(&self, path: &str) -> Subscribing {
        Subscribing {
            endpoint: format!("https://localhost:{}/{path}", self.port),
            p256dh: P256DH.to_owned(),
            auth: AUTH.to_owned(),
        }
    }
}

async fn read(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Option<Taken> {
    let mut all = Vec::new();
    loop {
        let mut some = [0; 4096];
        let length = stream.read(&mut some).await.ok()?;
        all.extend_from_slice(&some[..length]);
        if let Some(end) = all.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(all[..end].to_vec()).ok()?.to_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let body = &all[end + 4..];
            if body.len() >= length?.parse().ok()? {
                return Some((head, body.to_vec()));
            }
        }
        if length == 0 {
            return None;
        }
    }
}
