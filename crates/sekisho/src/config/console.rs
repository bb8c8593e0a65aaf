//! Section `console`: where the people of the firm work.
//!
//! **Invariant:** without an address to listen on there is no console, whatever else the section
//! says.

use std::net::SocketAddr;

use sekisho_web::state::PublicUrl;

use super::document::Document;
use super::sections::{Server, TlsFiles};

/// Section `console`.
#[derive(Clone, Debug)]
pub struct Console {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The address that people open; its passkeys belong to the domain in it.
    pub public_url: String,
    /// Certificate and key, when it speaks TLS itself.
    pub tls: Option<TlsFiles>,
}

/// Every key is read, so that every key is known.
pub(super) fn read(document: &mut Document<'_>) -> Option<Console> {
    let listen = document.optional("console.listen");
    let public_url = document.or("console.public_url", "http://localhost:8090".to_owned());
    let certificate = document.optional("console.tls.certificate");
    let key = document.optional("console.tls.key");
    let tls = (certificate.is_some() || key.is_some()).then_some(TlsFiles { certificate, key });
    listen.map(|listen| Console {
        listen,
        public_url,
        tls,
    })
}

impl Console {
    /// What is wrong beside that of its files: a key, and the rest of a sentence.
    pub(super) fn problems(&self, server: &Server) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let customers = PublicUrl::parse(&server.public_url);
        match PublicUrl::parse(&self.public_url) {
            Err(why) => found.push(("console.public_url", why.to_string())),
            Ok(url) if customers.is_ok_and(|customers| customers == url) => {
                let text = "must not be server.public_url: the console is a site of its own";
                found.push(("console.public_url", text.to_owned()));
            }
            Ok(url) => {
                let alone = self.tls.is_none() && server.trusted_proxies.is_empty();
                let encrypted = url.origin().starts_with("https://");
                if encrypted && alone && !self.listen.ip().is_loopback() {
                    let text =
                        "is https, but neither console.tls nor server.trusted_proxies is set";
                    found.push(("console.public_url", text.to_owned()));
                }
            }
        }
        let taken = [Some(server.listen), server.metrics_listen];
        if taken.contains(&Some(self.listen)) {
            let text = "must be neither server.listen nor server.metrics_listen";
            found.push(("console.listen", text.to_owned()));
        }
        found
    }
}
