//! TLS by rustls with ring: certificate chain and key from PEM files, which can be read again while
//! serving.
//!
//! **Invariant:** a pair of files that does not fit together never replaces one that does.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

use super::ServeFault;

/// The files that the operator keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The certificate and its chain, PEM.
    pub certificate: PathBuf,
    /// The key of the certificate, PEM (PKCS#8, SEC1 or PKCS#1).
    pub key: PathBuf,
}

/// What was agreed on by ALPN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2.
    Http2,
}

/// A certificate in use.
#[derive(Debug)]
pub struct Tls {
    files: Files,
    current: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// Names the file that cannot be read or used.
    pub fn read(files: Files) -> Result<Self, ServeFault> {
        let current = RwLock::new(config(&files)?);
        Ok(Self { files, current })
    }

    /// Reads the files again; connections from now on get the new certificate.
    ///
    /// # Errors
    /// As [`Tls::read`]; the old certificate stays in use.
    pub fn read_again(&self) -> Result<(), ServeFault> {
        let fresh = config(&self.files)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// Agrees on TLS with the other end.
    pub(super) async fn accept(
        &self,
        stream: TcpStream,
    ) -> std::io::Result<(TlsStream<TcpStream>, Protocol)> {
        let current = Arc::clone(&*self.current.read().unwrap_or_else(PoisonError::into_inner));
        let stream = TlsAcceptor::from(current).accept(stream).await?;
        let protocol = match stream.get_ref().1.alpn_protocol() {
            Some(b"h2") => Protocol::Http2,
            _ => Protocol::Http1,
        };
        Ok((stream, protocol))
    }
}

fn fault(file: &Path, why: &dyn std::fmt::Display) -> ServeFault {
    ServeFault::Tls {
        file: file.display().to_string(),
        why: why.to_string(),
    }
}

fn chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, ServeFault> {
    let chain = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|why| fault(file, &why))?;
    if chain.is_empty() {
        return Err(fault(file, &"there is no certificate in it"));
    }
    Ok(chain)
}

/// The certificates of a PEM file in DER, one at least.
///
/// # Errors
/// When it cannot be read, or holds none.
pub fn certificates(file: &Path) -> Result<Vec<Vec<u8>>, ServeFault> {
    Ok(chain(file)?.iter().map(|one| one.to_vec()).collect())
}

fn config(files: &Files) -> Result<Arc<ServerConfig>, ServeFault> {
    let chain = chain(&files.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|why| fault(&files.key, &why))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|why| fault(&files.certificate, &why))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
