//! One `POST` over HTTP/1.1 (RFC 9112), in clear or over TLS; of the answer only the status is
//! read.
//!
//! **Invariant:** whatever the other end does, a request ends within [`PATIENCE`] and has read at
//! most [`MOST_ANSWER`] bytes.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::wrong;
use crate::fault::Fault;

/// The longest status line that is read, in bytes.
const MOST_ANSWER: usize = 1024;
/// The longest time for a whole request.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Cut {
    /// It ended early or is no HTTP.
    #[error("the SMS gateway broke off or answered no HTTP")]
    Garbled,
    /// It did not answer in time.
    #[error("the SMS gateway did not answer within 15 s")]
    Late,
    /// There is nobody.
    #[error("the SMS gateway could not be reached")]
    Unreached,
    /// Its certificate is not one for its name from an authority we know, or TLS failed otherwise.
    #[error("TLS with the SMS gateway failed; see its certificate and sms.authorities")]
    Untrusted,
}

/// Where requests go.
#[derive(Clone)]
pub(super) struct Line {
    host: String,
    port: u16,
    /// The authority as written, for the header.
    authority: String,
    path: String,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    /// The longest time for a whole request.
    pub(super) patience: Duration,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A path may hold a key.
        f.debug_struct("Line")
            .field("authority", &self.authority)
            .finish_non_exhaustive()
    }
}

impl Line {
    pub(super) fn new(url: &str, authorities: Option<&[u8]>) -> Result<Self, Fault> {
        let not_one = || wrong("the address must be https://host/path or http://host/path");
        let (rest, encrypted) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(rest), _) => (rest, true),
            (None, Some(rest)) => (rest, false),
            (None, None) => return Err(not_one()),
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
        if !plain(authority) || !plain(path) || authority.contains(['@', '?']) {
            return Err(not_one());
        }
        let bracketed = authority.ends_with(']');
        let (host, port) = match authority.rsplit_once(':').filter(|_| !bracketed) {
            Some((host, port)) => (host, port.parse().map_err(|_| not_one())?),
            None => (authority, if encrypted { 443 } else { 80 }),
        };
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let name = ServerName::try_from(host.clone()).map_err(|_| not_one())?;
        let tls = match encrypted {
            true => Some((connector(authorities)?, name)),
            false => None,
        };
        Ok(Self {
            host,
            port,
            authority: authority.to_owned(),
            path: format!("/{path}"),
            tls,
            patience: PATIENCE,
        })
    }

    pub(super) const fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// The status of the answer.
    pub(super) async fn post(&self, headers: &[(&str, &str)], body: &str) -> Result<u16, Cut> {
        let mut head = format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\nconnection: close\r\n",
            self.path,
            self.authority,
            body.len()
        );
        for (name, value) in headers {
            head.push_str(name);
            head.push_str(": ");
            head.push_str(value);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        let request = [head.as_bytes(), body.as_bytes()].concat();
        timeout(self.patience, self.exchange(&request))
            .await
            .unwrap_or(Err(Cut::Late))
    }

    async fn exchange(&self, request: &[u8]) -> Result<u16, Cut> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await;
        let stream = stream.map_err(|_| Cut::Unreached)?;
        match &self.tls {
            None => spoken(stream, request).await,
            Some((connector, name)) => {
                let stream = connector.connect(name.clone(), stream).await;
                spoken(stream.map_err(|_| Cut::Untrusted)?, request).await
            }
        }
    }
}

async fn spoken(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &[u8],
) -> Result<u16, Cut> {
    // A gateway may refuse, and close, before it has read everything.
    let written = async {
        stream.write_all(request).await?;
        stream.flush().await
    };
    let written = written.await;
    let mut answer = Vec::with_capacity(MOST_ANSWER);
    let mut some = [0; 256];
    while !answer.contains(&b'\n') && answer.len() < MOST_ANSWER {
        match stream.read(&mut some).await {
            Ok(0) | Err(_) => break,
            Ok(length) => answer.extend_from_slice(&some[..length]),
        }
    }
    let status = status(&answer);
    match written {
        Ok(()) => status.ok_or(Cut::Garbled),
        // Whatever was not handed over whole is not accepted.
        Err(_) => status.filter(|status| *status >= 400).ok_or(Cut::Garbled),
    }
}

/// The code of a whole status line.
fn status(answer: &[u8]) -> Option<u16> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    let line = std::str::from_utf8(&answer[..end]).ok()?;
    let rest = line
        .strip_prefix("HTTP/1.1 ")
        .or_else(|| line.strip_prefix("HTTP/1.0 "))?;
    let code = rest.get(..3)?.parse().ok()?;
    let ends = rest[3..].chars().next().is_none_or(char::is_whitespace);
    ends.then_some(code)
}

fn connector(authorities: Option<&[u8]>) -> Result<TlsConnector, Fault> {
    let mut roots = RootCertStore::empty();
    match authorities {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|why| wrong(why_not(&why)))?;
                roots.add(certificate).map_err(|why| wrong(why_not(&why)))?;
            }
            if roots.is_empty() {
                return Err(wrong(why_not(&"there is none in it")));
            }
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(wrong)?;
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

fn why_not(why: &dyn std::fmt::Display) -> String {
    format!("the file of certificates cannot be used: {why}")
}
