//! Webhooks: requests to the addresses at which applications are told.
//!
//! The operator writes the address, so it may lead into a private network.
//!
//! **Invariant:** nothing is sent in clear but to this very machine, where that is allowed
//! explicitly; a certificate that is not one is a failure; of the answer only the status counts.

use std::net::IpAddr;

use tokio_rustls::TlsConnector;

use super::line::{self, Line};
use crate::fault::Fault;

/// The longest address, in bytes.
const LONGEST_URL: usize = 1000;

/// Whether a receiver on this machine may be told in clear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clear {
    /// To a loopback address, for development.
    DangerLoopback,
    /// Nowhere.
    #[default]
    Never,
}

/// How webhooks are sent.
#[derive(Clone)]
pub struct Hooks {
    tls: TlsConnector,
    clear: Clear,
}

impl std::fmt::Debug for Hooks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hooks")
            .field("clear", &self.clear)
            .finish_non_exhaustive()
    }
}

impl Hooks {
    /// Webhooks to receivers whose certificates come from these authorities, PEM, or the public
    /// ones.
    ///
    /// # Errors
    /// [`Fault::Config`] for certificates that cannot be used.
    pub fn new(authorities: Option<&[u8]>, clear: Clear) -> Result<Self, Fault> {
        let tls = line::connector(authorities).map_err(|why| Fault::Config {
            what: format!("authorities: {why}"),
        })?;
        Ok(Self { tls, clear })
    }

    /// Where requests to `url` go.
    fn line(&self, url: &str) -> Result<Line, String> {
        if url.len() > LONGEST_URL {
            return Err(format!("the address has more than {LONGEST_URL} bytes"));
        }
        let line = Line::through(&self.tls, url)?;
        let local = is_loopback(line.host()) && self.clear == Clear::DangerLoopback;
        if !line.is_encrypted() && !local {
            return Err(
                "the address must begin with https:// (http:// only for a loopback address, \
                 where `clear` allows it)"
                    .to_owned(),
            );
        }
        Ok(line)
    }

    /// Whether an application may be told at `url`.
    ///
    /// # Errors
    /// Says why not.
    pub fn check(&self, url: &str) -> Result<(), String> {
        self.line(url).map(|_| ())
    }

    /// Posts `body`; whether the receiver accepted it.
    pub(crate) async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<(), String> {
        let line = self.line(url)?;
        let said = line.post(headers, body).await;
        match said.map_err(|cut| format!("the receiver {cut}"))?.status {
            200..300 => Ok(()),
            redirect @ 300..400 => Err(format!(
                "the receiver answered {redirect}; redirects are not followed"
            )),
            other => Err(format!("the receiver answered {other}")),
        }
    }
}

pub(super) fn is_loopback(host: &str) -> bool {
    let address: Option<IpAddr> = host.parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_loopback_address_is_told_in_clear_and_only_if_that_is_allowed() {
        let never = Hooks::new(None, Clear::Never).unwrap();
        let local = Hooks::new(None, Clear::DangerLoopback).unwrap();
        for url in [
            "https://broker.example/hooks/sekisho",
            "https://10.1.2.3:8443/x",
            "https://[fd00::1]/x",
        ] {
            assert!(
                never.check(url).is_ok() && local.check(url).is_ok(),
                "{url}"
            );
        }
        for url in [
            "http://127.0.0.1:8080/x",
            "http://localhost/x",
            "http://[::1]:9/x",
        ] {
            assert!(
                never.check(url).is_err() && local.check(url).is_ok(),
                "{url}"
            );
        }
        let long = format!("https://a.example/{}", "x".repeat(LONGEST_URL));
        for url in [
            "http://broker.example/x",
            "http://localhost.evil.example/x",
            "http://127.0.0.1.evil.example/x",
            "https://user:secret@broker.example/x",
            "ftp://broker.example/x",
            "https://",
            "broker.example",
            "https://broker.example/a b",
            "https://broker.example/\r\nhost: evil",
            &long,
        ] {
            assert!(local.check(url).is_err(), "{url}");
        }
    }
}
