//! The state that every page and API answer shares, and what the middleware says of one request.
//!
//! **Invariant:** nothing in it changes after start; whatever changes lives behind the gate.

use std::net::IpAddr;
use std::sync::Arc;

use sekisho_gate::Gate;

use crate::brand::Brand;

/// What every route may use. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct App {
    /// Whose pages these are.
    pub brand: Arc<Brand>,
    /// Every act.
    pub gate: Gate,
    /// The address under which customers and applications reach this installation.
    pub public: Arc<PublicUrl>,
}

/// The public origin of this installation: `https://id.example.jp`, or plain HTTP on the machine
/// itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    authority: usize,
}

/// Why a text is not a public URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be an origin such as https://id.example.jp, without a path; plain http only for localhost, 127.0.0.1 and [::1]"
)]
pub struct NotAPublicUrl;

impl PublicUrl {
    /// Reads an origin into its one form, that of the `Origin` header: in lower case, without the
    /// port that goes without saying and without a slash at its end.
    ///
    /// # Errors
    /// A path, query, user part or other scheme, and plain HTTP for anything but this machine.
    pub fn parse(text: &str) -> Result<Self, NotAPublicUrl> {
        let mut origin = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
        let usual = match origin.starts_with("https://") {
            true => ":443",
            false => ":80",
        };
        if let Some(length) = origin.strip_suffix(usual).map(str::len) {
            origin.truncate(length);
        }
        let (scheme, authority) = origin.split_once("://").ok_or(NotAPublicUrl)?;
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                port.parse::<u16>().map_err(|_| NotAPublicUrl)?;
                host
            }
            _ => authority,
        };
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'-';
        let named = !host.is_empty() && host.bytes().all(plain);
        let local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        if scheme == "https" && (named || local) || scheme == "http" && local {
            let authority = origin.len() - authority.len();
            Ok(Self { origin, authority })
        } else {
            Err(NotAPublicUrl)
        }
    }

    /// `https://id.example.jp`, as in the `Origin` header.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Host and port as the address bar shows them.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.origin[self.authority..]
    }
}

/// The address of whoever asks, after the trusted proxies; the middleware puts it into the
/// request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

/// The id of one request, in its logs and on its error page; the middleware puts it into the
/// request's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub Arc<str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read() {
        let cases = [
            (
                "https://id.example.jp",
                "https://id.example.jp",
                "id.example.jp",
            ),
            (
                "https://ID.example.jp/",
                "https://id.example.jp",
                "id.example.jp",
            ),
            (
                "http://localhost:8080",
                "http://localhost:8080",
                "localhost:8080",
            ),
            (
                "HTTPS://id.Example.jp:443/",
                "https://id.example.jp",
                "id.example.jp",
            ),
            (
                "https://id.example.jp:8443",
                "https://id.example.jp:8443",
                "id.example.jp:8443",
            ),
            ("http://localhost:80", "http://localhost", "localhost"),
            ("http://[::1]:8080", "http://[::1]:8080", "[::1]:8080"),
            ("http://[::1]", "http://[::1]", "[::1]"),
        ];
        for (text, origin, authority) in cases {
            let url = PublicUrl::parse(text).unwrap();
            assert_eq!((url.origin(), url.authority()), (origin, authority));
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in [
            "",
            "id.example.jp",
            "http://id.example.jp",
            "https://",
            "https://id.example.jp/path",
            "https://id.example.jp?x",
            "https://user@id.example.jp",
            "https://id.example.jp:99999",
            "ftp://localhost",
            "https://例え.jp",
            "http://localhost.evil.example",
        ] {
            assert_eq!(PublicUrl::parse(text), Err(NotAPublicUrl), "{text}");
        }
    }
}
