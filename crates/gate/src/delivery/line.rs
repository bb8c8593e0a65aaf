//! One `POST` over HTTP/1.1 (RFC 9112), in clear or over TLS; of the answer only the status is
//! read, and when to come back where it says not now. Redirects are not followed.
//!
//! **Invariant:** whatever the other end does, a request ends within [`PATIENCE`] and has read at
//! most [`MOST_ANSWER`] bytes.

use std::net::{IpAddr, SocketAddr};
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

/// The longest head that is read, in bytes.
const MOST_ANSWER: usize = 4096;
/// The longest time for a whole request.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Cut {
    /// It ended early or is no HTTP.
    #[error("broke off or answered no HTTP")]
    Garbled,
    /// It did not answer in time.
    #[error("did not answer within 15 s")]
    Late,
    /// Its name leads to an address inside a private network.
    #[error("has a private address")]
    Private,
    /// There is nobody.
    #[error("could not be reached")]
    Unreached,
    /// Its certificate is not one for its name from an authority we know, or TLS failed otherwise.
    #[error("has no certificate that TLS accepts; see authorities in the configuration")]
    Untrusted,
}

/// Which addresses a name may lead to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Any: the operator wrote the name.
    #[default]
    DangerAnywhere,
    /// Those of the public internet: somebody else wrote the name.
    Public,
}

/// What the other end said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// The status.
    pub(super) status: u16,
    /// Seconds after which it wants to be asked again.
    pub(super) after: Option<u32>,
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
    /// Where the name may lead.
    pub(super) reach: Reach,
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
    pub(super) fn new(url: &str, authorities: Option<&[u8]>) -> Result<Self, String> {
        Self::with(url, || connector(authorities))
    }

    /// The same, through what was made of the certificates before.
    pub(super) fn through(tls: &TlsConnector, url: &str) -> Result<Self, String> {
        Self::with(url, || Ok(tls.clone()))
    }

    fn with(
        url: &str,
        connector: impl FnOnce() -> Result<TlsConnector, String>,
    ) -> Result<Self, String> {
        let not_one = || "the address must be https://host/path or http://host/path".to_owned();
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
            true => Some((connector()?, name)),
            false => None,
        };
        Ok(Self {
            host,
            port,
            authority: authority.to_owned(),
            path: format!("/{path}"),
            tls,
            patience: PATIENCE,
            reach: Reach::DangerAnywhere,
        })
    }

    pub(super) const fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// What is answered.
    pub(super) async fn post(&self, headers: &[(&str, &str)], body: &[u8]) -> Result<Said, Cut> {
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
        let request = [head.as_bytes(), body].concat();
        timeout(self.patience, self.exchange(&request))
            .await
            .unwrap_or(Err(Cut::Late))
    }

    async fn exchange(&self, request: &[u8]) -> Result<Said, Cut> {
        let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await;
        let found: Vec<SocketAddr> = found.map_err(|_| Cut::Unreached)?.collect();
        let inside = |address: &SocketAddr| !is_public(address.ip());
        if self.reach == Reach::Public && found.iter().any(inside) {
            return Err(Cut::Private);
        }
        // The very addresses that were looked at: a second look-up may say something else.
        let stream = TcpStream::connect(found.as_slice()).await;
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
) -> Result<Said, Cut> {
    // A gateway may refuse, and close, before it has read everything.
    let written = async {
        stream.write_all(request).await?;
        stream.flush().await
    };
    let written = written.await;
    let mut answer = Vec::with_capacity(MOST_ANSWER);
    let mut some = [0; 256];
    while !is_enough(&answer) && answer.len() < MOST_ANSWER {
        match stream.read(&mut some).await {
            Ok(0) | Err(_) => break,
            Ok(length) => answer.extend_from_slice(&some[..length]),
        }
    }
    let said = status(&answer).map(|status| Said {
        status,
        after: retry_after(&answer),
    });
    match written {
        Ok(()) => said.ok_or(Cut::Garbled),
        // Whatever was not handed over whole is not accepted.
        Err(_) => said.filter(|said| said.status >= 400).ok_or(Cut::Garbled),
    }
}

/// Whether there is no need to read on: the rest of the head matters only where it may say when to
/// come back.
fn is_enough(answer: &[u8]) -> bool {
    match status(answer) {
        Some(429 | 503) => answer.windows(4).any(|four| four == b"\r\n\r\n"),
        Some(_) => true,
        None => answer.contains(&b'\n'),
    }
}

/// Seconds of `Retry-After` (RFC 9110 section 10.2.3). A date is passed over: the waits of the
/// outbox do for it.
fn retry_after(answer: &[u8]) -> Option<u32> {
    let text = String::from_utf8_lossy(answer);
    let lines = text
        .split("\r\n")
        .skip(1)
        .take_while(|line| !line.is_empty());
    let mut values = lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("retry-after")
            .then(|| value.trim())
    });
    values.next()?.parse().ok()
}

/// Whether an address is one of the public internet (IANA special-purpose registries).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let special = (a, b, c) == (192, 0, 0) || a == 198 && (b == 18 || b == 19);
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_documentation()
                || v4.is_multicast()
                || a == 0
                || a >= 240
                || shared
                || special)
        }
        IpAddr::V6(v6) => {
            let head = v6.segments();
            // Global unicast is 2000::/3; 6to4 and NAT64 may lead to what is inside.
            head[0] & 0xe000 == 0x2000 && head[0] != 0x2002 && head[..2] != [0x2001, 0xdb8]
        }
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

/// What requests are made with that trusts these certificates, PEM, or the public ones.
pub(super) fn connector(authorities: Option<&[u8]>) -> Result<TlsConnector, String> {
    let mut config = trusting(authorities)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

/// TLS that trusts these certificates, PEM, or the public ones.
pub(super) fn trusting(authorities: Option<&[u8]>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    match authorities {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|why| why_not(&why))?;
                roots.add(certificate).map_err(|why| why_not(&why))?;
            }
            if roots.is_empty() {
                return Err(why_not(&"there is none in it"));
            }
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|why| why.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn why_not(why: &dyn std::fmt::Display) -> String {
    format!("the file of certificates cannot be used: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_inside_a_network_are_not_public() {
        for inside in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.8",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "2002:a00:1::",
            "64:ff9b::a00:1",
            "2001:db8::1",
            "ff02::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in [
            "142.250.196.106",
            "17.57.145.150",
            "2404:6800:4004:820::200a",
        ] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn when_to_come_back_is_read_in_seconds() {
        let answer = b"HTTP/1.1 429 Too Many\r\ndate: x\r\nRetry-After: 17\r\n\r\n";
        assert_eq!((status(answer), retry_after(answer)), (Some(429), Some(17)));
        assert!(is_enough(answer) && !is_enough(&answer[..30]));
        assert!(is_enough(b"HTTP/1.1 201 Created\r\n"));
        let dated = b"HTTP/1.1 503 x\r\nretry-after: Fri, 31 Dec 1999 23:59:59 GMT\r\n\r\n";
        assert_eq!(retry_after(dated), None);
        let body = b"HTTP/1.1 429 x\r\n\r\nretry-after: 5\r\n";
        assert_eq!(retry_after(body), None);
    }
}
