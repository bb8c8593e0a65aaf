//! Text messages through an HTTP gateway: the one that Twilio speaks and others copied, or a
//! request that the operator writes as a template.
//!
//! **Invariant:** an accepted status means sent; a refusal of this message means never; a refusal
//! of us (sign-in, quota, wrong path) and everything else mean not now.

mod template;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::deliver::Delivery;
use sekisho_core::id::NoticeId;

use self::template::{Filling, Template};
use super::line::Line;
use crate::fault::Fault;
use crate::notice_text::Rendered;

/// The body of a request when none is configured.
const PLAIN: &str = r#"{"id":"{id}","to":"{to}","text":"{text}"}"#;

/// How the text and the number are written into a request. `{id}`, `{to}` (E.164) and `{text}` are
/// replaced and escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsBody {
    /// `application/x-www-form-urlencoded`.
    Form(String),
    /// `application/json`.
    Json(String),
}

/// How we prove to the gateway who we are.
#[derive(Clone, Debug, Default)]
pub enum SmsSecret {
    /// `Authorization: Basic` (RFC 7617).
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: SecretString,
    },
    /// `Authorization: Bearer` (RFC 6750).
    Bearer(SecretString),
    /// A header of the gateway's own.
    Header {
        /// Its name.
        name: String,
        /// Its value.
        value: SecretString,
    },
    /// Not at all: an adapter on this machine or a private network.
    #[default]
    None,
}

/// A gateway, as configured.
#[derive(Clone, Debug)]
pub struct SmsConfig {
    /// `https://host/path`, or `http://` where no secret is sent or on this machine.
    pub url: String,
    /// The body.
    pub body: SmsBody,
    /// The proof.
    pub secret: SmsSecret,
    /// Statuses that mean accepted; empty for any 2xx.
    pub success: Vec<u16>,
    /// Certificates, PEM, that the gateway's must come from, in the place of the public ones.
    pub authorities: Option<Vec<u8>>,
}

impl SmsConfig {
    /// A gateway that takes `{"id", "to", "text"}` at `url`.
    #[must_use]
    pub fn plain(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            body: SmsBody::Json(PLAIN.to_owned()),
            secret: SmsSecret::None,
            success: Vec::new(),
            authorities: None,
        }
    }

    /// A gateway that is spoken to as Twilio's (`POST /2010-04-01/Accounts/{account}/Messages.json`
    /// with basic authentication). `from` is a number, a name, or a messaging service (`MG…`).
    #[must_use]
    pub fn twilio(base: &str, account: &str, token: SecretString, from: &str) -> Self {
        let sender = if from.starts_with("MG") && from.len() == 34 {
            "MessagingServiceSid"
        } else {
            "From"
        };
        let from = template::form_escaped(from);
        let base = base.trim_end_matches('/');
        Self {
            url: format!("{base}/2010-04-01/Accounts/{account}/Messages.json"),
            body: SmsBody::Form(format!("To={{to}}&{sender}={from}&Body={{text}}")),
            secret: SmsSecret::Basic {
                user: account.to_owned(),
                password: token,
            },
            success: Vec::new(),
            authorities: None,
        }
    }
}

/// A gateway.
#[derive(Clone, Debug)]
pub struct Sms {
    line: Line,
    template: Template,
    /// Name and value.
    secret: Option<(String, SecretString)>,
    success: Vec<u16>,
}

fn wrong(what: impl std::fmt::Display) -> Fault {
    Fault::Config {
        what: format!("sms: {what}"),
    }
}

impl Sms {
    /// A gateway; does not connect yet.
    ///
    /// # Errors
    /// [`Fault::Config`] for an address, a template, a secret or certificates that cannot be used.
    pub fn new(config: &SmsConfig) -> Result<Self, Fault> {
        let line = Line::new(&config.url, config.authorities.as_deref()).map_err(wrong)?;
        let secret = secret(&config.secret)?;
        if secret.is_some() && !line.is_encrypted() && !is_local(line.host()) {
            return Err(wrong(
                "the secret would travel in clear; the gateway needs https",
            ));
        }
        let odd = |status: &&u16| !(200..600).contains(*status);
        if let Some(status) = config.success.iter().find(odd) {
            return Err(wrong(format_args!("{status} is no final status of HTTP")));
        }
        Ok(Self {
            line,
            template: Template::new(&config.body).map_err(wrong)?,
            secret,
            success: config.success.clone(),
        })
    }

    pub(crate) async fn send(&self, id: NoticeId, to: &str, rendered: &Rendered) -> Delivery {
        let id = id.to_string();
        let body = self.template.fill(&Filling {
            id: &id,
            to,
            text: &rendered.body,
        });
        let (name, value) = match &self.secret {
            Some((name, value)) => (name.as_str(), value.expose_secret()),
            None => ("", ""),
        };
        // A gateway that knows the key sends a message once that is handed in twice.
        let mut headers = vec![
            ("content-type", self.template.content_type()),
            ("idempotency-key", id.as_str()),
        ];
        if !name.is_empty() {
            headers.push((name, value));
        }
        match self.line.post(&headers, body.as_bytes()).await {
            Ok(said) => self.meaning(said.status),
            Err(cut) => Delivery::Unavailable(format!("the SMS gateway {cut}")),
        }
    }

    fn meaning(&self, status: u16) -> Delivery {
        let accepted = if self.success.is_empty() {
            (200..300).contains(&status)
        } else {
            self.success.contains(&status)
        };
        let answered = format!("the SMS gateway answered {status}");
        match status {
            _ if accepted => Delivery::Accepted,
            // What concerns us or the moment, and not this message.
            401..=405 | 407 | 408 | 425 | 429 => Delivery::Unavailable(answered),
            400..=499 => Delivery::Rejected(answered),
            _ => Delivery::Unavailable(answered),
        }
    }
}

fn secret(secret: &SmsSecret) -> Result<Option<(String, SecretString)>, Fault> {
    let authorization = |value: String| ("authorization".to_owned(), SecretString::from(value));
    let (name, value) = match secret {
        SmsSecret::None => return Ok(None),
        SmsSecret::Basic { user, password } => {
            let pair = format!("{user}:{}", password.expose_secret());
            authorization(format!("Basic {}", BASE64_STANDARD.encode(pair)))
        }
        SmsSecret::Bearer(token) => authorization(format!("Bearer {}", token.expose_secret())),
        SmsSecret::Header { name, value } => (name.to_lowercase(), value.clone()),
    };
    let token = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let own = ["host", "content-type", "content-length", "connection"];
    if name.is_empty() || !name.bytes().all(token) || own.contains(&name.as_str()) {
        return Err(wrong("the name of the secret's header cannot be used"));
    }
    let plain = |b: u8| b.is_ascii_graphic() || b == b' ';
    let text = value.expose_secret();
    if text.trim().is_empty() || !text.bytes().all(plain) {
        return Err(wrong("the secret is empty or no line of ASCII"));
    }
    Ok(Some((name, value)))
}

fn is_local(host: &str) -> bool {
    let address: Option<IpAddr> = host.parse().ok();
    address.is_some_and(|address| address.is_loopback())
        || host == "localhost"
        || host.ends_with(".localhost")
}
