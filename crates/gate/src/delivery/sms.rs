//! Text messages through a gateway that takes `POST` with JSON: `{"id", "to", "text"}`.
//!
//! The connection is plain HTTP/1.1, for a gateway or an adapter on this machine or a private
//! network; gateways that are spoken to directly over the internet come with the identity work.
//!
//! **Invariant:** 2xx means sent, 4xx (but for 408, 425 and 429) means never, everything else means
//! not now.

use std::time::Duration;

use sekisho_core::deliver::Delivery;
use sekisho_core::id::NoticeId;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::fault::Fault;
use crate::notice_text::Rendered;

/// Longest answer that is read, in bytes; only its first line matters.
const MOST_ANSWER: u64 = 4096;
/// The longest time for one step: connecting, each part of the request, the answer.
const STEP: Duration = Duration::from_secs(15);

/// A gateway.
#[derive(Clone, Debug)]
pub struct Sms {
    authority: String,
    path: String,
}

impl Sms {
    /// A gateway at `http://host:port/path`.
    ///
    /// # Errors
    /// [`Fault::Config`] for any other address.
    pub fn new(url: &str) -> Result<Self, Fault> {
        let wrong = || Fault::Config {
            what: "sms: url must be http://host:port/path".to_owned(),
        };
        let rest = url.strip_prefix("http://").ok_or_else(wrong)?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
        if authority.is_empty() || !plain(authority) || !plain(path) || authority.contains('@') {
            return Err(wrong());
        }
        let port = authority
            .rsplit_once(':')
            .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let authority = if port {
            authority.to_owned()
        } else {
            format!("{authority}:80")
        };
        Ok(Self {
            authority,
            path: format!("/{path}"),
        })
    }

    pub(crate) async fn send(&self, id: NoticeId, to: &str, rendered: &Rendered) -> Delivery {
        let message = serde_json::json!({"id": id, "to": to, "text": rendered.body}).to_string();
        match self.post(&message).await {
            Ok(200..=299) => Delivery::Accepted,
            Ok(code @ (408 | 425 | 429)) => Delivery::Unavailable(answered(code)),
            Ok(code @ 400..=499) => Delivery::Rejected(answered(code)),
            Ok(code) => Delivery::Unavailable(answered(code)),
            Err(_) => Delivery::Unavailable("the SMS gateway could not be reached".to_owned()),
        }
    }

    async fn post(&self, message: &str) -> std::io::Result<u16> {
        let mut stream = timeout(STEP, TcpStream::connect(&self.authority)).await??;
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n",
            self.path,
            self.authority,
            message.len()
        );
        timeout(STEP, stream.write_all(head.as_bytes())).await??;
        timeout(STEP, stream.write_all(message.as_bytes())).await??;
        let mut answer = Vec::new();
        let mut reading = stream.take(MOST_ANSWER);
        timeout(STEP, reading.read_to_end(&mut answer)).await??;
        let status = answer
            .get(9..12)
            .and_then(|code| std::str::from_utf8(code).ok());
        let status = status
            .filter(|_| answer.starts_with(b"HTTP/1."))
            .and_then(|code| code.parse().ok());
        status.ok_or_else(|| std::io::ErrorKind::InvalidData.into())
    }
}

fn answered(code: u16) -> String {
    format!("the SMS gateway answered {code}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_are_taken() {
        assert!(Sms::new("http://127.0.0.1:8025/sms").is_ok());
        assert_eq!(Sms::new("http://gateway").unwrap().authority, "gateway:80");
        for wrong in [
            "https://gateway/",
            "http://",
            "http://a b/",
            "http://u:p@gateway/",
            "http://a/\r\nx",
        ] {
            assert!(Sms::new(wrong).is_err(), "{wrong}");
        }
    }
}
