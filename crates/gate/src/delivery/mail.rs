//! Mail over SMTP (RFC 5321) by the `lettre` library.
//!
//! **Invariant:** a permanent refusal (5yz) ends a message, everything else lets it wait.

use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};
use sekisho_core::deliver::Delivery;
use sekisho_core::id::NoticeId;

use crate::fault::Fault;
use crate::notice_text::Rendered;

/// The longest time for one step: connecting, the handshake, each command and its answer.
const STEP: Duration = Duration::from_secs(20);

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// Clear: for a server on this machine.
    DangerNone,
    /// STARTTLS, required (RFC 3207).
    StartTls,
}

/// Where mail is handed in.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// Host name of the server.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection.
    pub tls: TlsMode,
    /// User and password, if the server wants them.
    pub credentials: Option<(String, SecretString)>,
    /// The sender: `ひので証券 <no-reply@example.jp>` or a bare address.
    pub from: String,
}

/// A mail server.
#[derive(Clone)]
pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    domain: String,
}

fn wrong(what: impl std::fmt::Display) -> Fault {
    Fault::Config {
        what: format!("mail: {what}"),
    }
}

impl Mail {
    /// A mail server; does not connect yet.
    ///
    /// # Errors
    /// [`Fault::Config`] for a sender that is no address or a host that is no name.
    pub fn new(config: MailConfig) -> Result<Self, Fault> {
        let from: Mailbox = config
            .from
            .parse()
            .map_err(|why| wrong(format_args!("from: {why}")))?;
        let parameters = || TlsParameters::new(config.host.clone()).map_err(wrong);
        let tls = match config.tls {
            TlsMode::DangerNone => Tls::None,
            TlsMode::Implicit => Tls::Wrapper(parameters()?),
            TlsMode::StartTls => Tls::Required(parameters()?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .tls(tls)
            .timeout(Some(STEP));
        if let Some((user, password)) = config.credentials {
            let password = password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(user, password));
        }
        let domain = from.email.domain().to_owned();
        Ok(Self {
            transport: builder.build(),
            from,
            domain,
        })
    }

    pub(crate) async fn check(&self) -> Result<(), Fault> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(wrong("the server did not answer to NOOP")),
            Err(why) => Err(wrong(why)),
        }
    }

    pub(crate) async fn send(&self, id: NoticeId, to: &str, rendered: &Rendered) -> Delivery {
        let Ok(to) = to.parse::<Mailbox>() else {
            return Delivery::Rejected("the address cannot be written in a mail".into());
        };
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(rendered.subject.clone())
            .message_id(Some(format!("<{id}@{}>", self.domain)))
            .header(ContentType::TEXT_PLAIN)
            .body(rendered.body.clone());
        let Ok(message) = message else {
            return Delivery::Rejected("the mail cannot be written".into());
        };
        match self.transport.send(message).await {
            Ok(_) => Delivery::Accepted,
            Err(why) if why.is_permanent() => Delivery::Rejected(said(&why)),
            Err(why) => Delivery::Unavailable(said(&why)),
        }
    }
}

/// What may be kept of an error: the status code, never the server's text, which may repeat the
/// address.
fn said(why: &lettre::transport::smtp::Error) -> String {
    match why.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if why.is_timeout() => "the mail server did not answer in time".to_owned(),
        None if why.is_tls() => "TLS with the mail server failed".to_owned(),
        None => "the mail server could not be reached".to_owned(),
    }
}
