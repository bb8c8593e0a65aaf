//! Encrypted connections to PostgreSQL.
//!
//! **Invariant:** with an authority no byte but the question whether the server speaks TLS is sent
//! before its certificate was found to lead to the authority and to name the host; there is no way
//! back to a connection in clear.

use std::path::Path;
use std::sync::Arc;

use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::fault::Fault;

/// What encrypts connections to a server whose certificate leads to one of `authority`.
pub(super) fn connector(authority: &Path) -> Result<MakeRustlsConnect, Fault> {
    let wrong = |why: &dyn std::fmt::Display| Fault::Config {
        what: format!(
            "the authority {} cannot be used: {why}",
            authority.display()
        ),
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(authority).map_err(|why| wrong(&why))? {
        let certificate = certificate.map_err(|why| wrong(&why))?;
        roots.add(certificate).map_err(|why| wrong(&why))?;
    }
    if roots.is_empty() {
        return Err(wrong(&"there is no certificate in it"));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|why| wrong(&why))?;
    let config = config.with_root_certificates(roots).with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
