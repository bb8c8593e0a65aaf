//! Messages to phones through the push services of their browsers (RFC 8030).
//!
//! The address of a phone comes from its browser, so it is hostile input: only `https`, only hosts
//! that the operator lists, no redirect, no address inside a network.
//!
//! **Invariant:** nothing is sent but to a listed host, and of its answer only the status and the
//! time to come back are looked at.

use sekisho_core::deliver::Delivery;
use sekisho_core::moment::Span;
use tokio_rustls::TlsConnector;

use super::line::{self, Line, Reach};
use crate::fault::Fault;

/// The longest address of a phone, in bytes. Those of the listed services are below 600.
const MOST_ENDPOINT: usize = 1024;
/// A newer request takes the place of one that was not delivered yet (RFC 8030 section 5.4).
const TOPIC: &str = "approve";

/// The push services of the browsers there are.
pub const SERVICES: [&str; 4] = [
    // Chrome, Edge on Android, Samsung Internet, Opera: Firebase Cloud Messaging.
    "fcm.googleapis.com",
    // Firefox: Mozilla autopush.
    "updates.push.services.mozilla.com",
    // Safari, and every app on the home screen of iOS: Apple, "Sending web push notifications".
    "web.push.apple.com",
    // Edge on Windows: Windows Push Notification Services; the host differs by region.
    "*.notify.windows.com",
];

/// Push, as configured.
#[derive(Clone, Debug)]
pub struct PushConfig {
    /// Whom a push service can ask: `mailto:` or `https:` (RFC 8292 section 2.1).
    pub contact: String,
    /// Hosts of push services: `host`, `*.host` for all below it, or either with `:port`.
    pub hosts: Vec<String>,
    /// Certificates, PEM, that those of the services must come from, in the place of the public
    /// ones.
    pub authorities: Option<Vec<u8>>,
    /// Where the names may lead.
    pub reach: Reach,
}

impl PushConfig {
    /// The push services of the browsers there are.
    #[must_use]
    pub fn usual(contact: &str) -> Self {
        Self {
            contact: contact.to_owned(),
            hosts: SERVICES.map(str::to_owned).to_vec(),
            authorities: None,
            reach: Reach::Public,
        }
    }
}

/// The push services.
#[derive(Clone)]
pub struct Push {
    contact: String,
    hosts: Vec<(String, u16)>,
    tls: TlsConnector,
    reach: Reach,
}

impl std::fmt::Debug for Push {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Push")
            .field("hosts", &self.hosts)
            .finish_non_exhaustive()
    }
}

/// A message that is ready.
pub(crate) struct Outgoing {
    /// The header that says who sends it.
    pub(crate) authorization: String,
    /// The encrypted message.
    pub(crate) body: Vec<u8>,
    /// For how many seconds it is of use.
    pub(crate) life: i64,
}

fn wrong(what: impl std::fmt::Display) -> Fault {
    Fault::Config {
        what: format!("push: {what}"),
    }
}

impl Push {
    /// The push services; connects to none yet.
    ///
    /// # Errors
    /// [`Fault::Config`] for a contact, a host or certificates that cannot be used.
    pub fn new(config: &PushConfig) -> Result<Self, Fault> {
        let contact = &config.contact;
        let named = contact.starts_with("mailto:") || contact.starts_with("https://");
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        if !named || !contact.bytes().all(plain) {
            return Err(wrong("contact must be mailto:… or https://… (RFC 8292)"));
        }
        let host = |text: &String| {
            let rest = text.strip_prefix("*.").unwrap_or(text);
            let (name, port) = split(rest).ok_or_else(|| {
                wrong(format_args!(
                    "hosts: {text:?} is no host, *.host or host:port"
                ))
            })?;
            let star = if rest.len() < text.len() { "." } else { "" };
            Ok((format!("{star}{name}"), port))
        };
        Ok(Self {
            contact: contact.clone(),
            hosts: config
                .hosts
                .iter()
                .map(host)
                .collect::<Result<_, Fault>>()?,
            tls: line::connector(config.authorities.as_deref()).map_err(wrong)?,
            reach: config.reach,
        })
    }

    /// Whom a push service can ask.
    pub(crate) fn contact(&self) -> &str {
        &self.contact
    }

    /// The origin of an address that may be sent to (RFC 8292 section 2: `aud`).
    pub(crate) fn origin(&self, endpoint: &str) -> Option<String> {
        let rest = endpoint.strip_prefix("https://")?;
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"#\\<>".contains(&byte);
        if endpoint.len() > MOST_ENDPOINT || !endpoint.bytes().all(plain) {
            return None;
        }
        let (authority, _) = rest.split_once('/')?;
        let (name, port) = split(authority)?;
        let listed = |(host, of): &(String, u16)| match host.strip_prefix('.') {
            Some(_) => *of == port && name.ends_with(host.as_str()) && name.len() > host.len(),
            None => *of == port && *host == name,
        };
        let usual = if port == 443 {
            String::new()
        } else {
            format!(":{port}")
        };
        let known = self.hosts.iter().any(listed);
        known.then(|| format!("https://{name}{usual}"))
    }

    /// Hands a message to the push service of `endpoint`.
    pub(crate) async fn send(&self, endpoint: &str, message: &Outgoing) -> Delivery {
        if self.origin(endpoint).is_none() {
            return Delivery::Rejected("the push service is not listed (push.hosts)".to_owned());
        }
        let mut line = match Line::through(&self.tls, endpoint) {
            Ok(line) => line,
            Err(why) => return Delivery::Rejected(why),
        };
        line.reach = self.reach;
        let life = message.life.max(0).to_string();
        let headers = [
            ("authorization", message.authorization.as_str()),
            ("content-encoding", "aes128gcm"),
            ("content-type", "application/octet-stream"),
            ("ttl", life.as_str()),
            ("urgency", "high"),
            ("topic", TOPIC),
        ];
        match line.post(&headers, &message.body).await {
            Ok(said) => meaning(said.status, said.after),
            Err(cut) => Delivery::Unavailable(format!("the push service {cut}")),
        }
    }
}

/// Host and port of an authority: a name in lower case, neither an address nor with a user.
fn split(authority: &str) -> Option<(&str, u16)> {
    let (name, port) = match authority.split_once(':') {
        Some((name, port)) => (name, port.parse().ok()?),
        None => (authority, 443),
    };
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
    let named = name.bytes().all(plain) && name.bytes().any(|b| b.is_ascii_lowercase());
    let whole = name.split('.').all(|label| !label.is_empty());
    (named && whole && port > 0 && name.len() <= 253).then_some((name, port))
}

/// RFC 8030 sections 5, 7.3 and 8.4.
fn meaning(status: u16, after: Option<u32>) -> Delivery {
    let answered = format!("the push service answered {status}");
    match status {
        200..=299 => Delivery::Accepted,
        404 | 410 => Delivery::Gone(answered),
        429 | 503 if after.is_some() => Delivery::Later {
            error: answered,
            after: Span::seconds(i64::from(after.unwrap_or_default())),
        },
        // What concerns us or the moment, and not this message.
        401..=403 | 408 | 425 | 429 => Delivery::Unavailable(answered),
        300..=499 => Delivery::Rejected(answered),
        _ => Delivery::Unavailable(answered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push() -> Push {
        let mut config = PushConfig::usual("mailto:security@example.jp");
        config.hosts.push("localhost:8443".to_owned());
        Push::new(&config).unwrap()
    }

    #[test]
    fn only_listed_services_are_sent_to() {
        let push = push();
        for (endpoint, origin) in [
            (
                "https://fcm.googleapis.com/fcm/send/abc:APA91b_-",
                "https://fcm.googleapis.com",
            ),
            (
                "https://fcm.googleapis.com:443/x",
                "https://fcm.googleapis.com",
            ),
            (
                "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%2f%2b",
                "https://wns2-par02p.notify.windows.com",
            ),
            ("https://localhost:8443/push/1", "https://localhost:8443"),
        ] {
            assert_eq!(push.origin(endpoint).as_deref(), Some(origin), "{endpoint}");
        }
        let long = format!("https://fcm.googleapis.com/{}", "a".repeat(1024));
        for endpoint in [
            "",
            "http://fcm.googleapis.com/x",
            "https://fcm.googleapis.com",
            "https://fcm.googleapis.com:8443/x",
            "https://evil.example/x",
            "https://fcm.googleapis.com.evil.example/x",
            "https://evilfcm.googleapis.com/x",
            "https://notify.windows.com/x",
            "https://.notify.windows.com/x",
            "https://a..notify.windows.com/x",
            "https://evilnotify.windows.com/x",
            "https://user@fcm.googleapis.com/x",
            "https://fcm.googleapis.com@evil.example/x",
            "https://fcm.googleapis.com\\@evil.example/x",
            "https://fcm.googleapis.com/x\r\nhost: evil.example",
            "https://fcm.googleapis.com/x y",
            "https://fcm.googleapis.com/#x",
            "https://localhost/x",
            "https://127.0.0.1:8443/x",
            "https://[::1]:8443/x",
            "https://FCM.googleapis.com/x",
            "https://localhost:0/x",
            "ftp://fcm.googleapis.com/x",
            &long,
        ] {
            assert_eq!(push.origin(endpoint), None, "{endpoint}");
        }
    }

    #[test]
    fn answers_mean_what_rfc_8030_says() {
        assert_eq!(meaning(201, None), Delivery::Accepted);
        assert!(matches!(meaning(404, None), Delivery::Gone(_)));
        assert!(matches!(meaning(410, None), Delivery::Gone(_)));
        for never in [301, 307, 400, 413] {
            assert!(
                matches!(meaning(never, None), Delivery::Rejected(_)),
                "{never}"
            );
        }
        for later in [401, 403, 429, 500, 503] {
            assert!(
                matches!(meaning(later, None), Delivery::Unavailable(_)),
                "{later}"
            );
        }
        let after =
            |span| matches!(span, Delivery::Later { after, .. } if after == Span::seconds(9));
        assert!(after(meaning(429, Some(9))) && after(meaning(503, Some(9))));
    }

    #[test]
    fn what_cannot_be_configured_is_said() {
        for contact in ["", "security@example.jp", "mailto:a b", "http://example.jp"] {
            assert!(Push::new(&PushConfig::usual(contact)).is_err(), "{contact}");
        }
        for host in [
            "",
            "*",
            "*.",
            "127.0.0.1",
            "a/b",
            "a:b",
            "https://a",
            "A.example",
        ] {
            let mut config = PushConfig::usual("mailto:security@example.jp");
            config.hosts = vec![host.to_owned()];
            assert!(Push::new(&config).is_err(), "{host}");
        }
    }
}
