//! The ways out: mail over SMTP, text messages through a gateway, phones through the push services
//! of their browsers.
//!
//! **Invariant:** what goes out is the rendered notice and its recipient, and an error that comes
//! back names neither.

mod hook;
mod line;
mod mail;
mod outlet;
mod push;
mod siem;
mod sms;

use std::sync::Arc;

use sekisho_core::deliver::Delivery;
use sekisho_core::id::NoticeId;

use crate::fault::Fault;
use crate::notice_text::Rendered;

pub use hook::{Clear, Hooks};
pub use line::Reach;
pub use mail::{Mail, MailConfig, TlsMode};
pub use outlet::{Chat, Outlet};
pub(crate) use push::Outgoing;
pub use push::{Push, PushConfig, SERVICES};
pub(crate) use siem::Told;
pub use siem::{Lines, SiemOut, Syslog};
pub use sms::{Sms, SmsBody, SmsConfig, SmsSecret};

/// The configured ways out.
#[derive(Clone)]
pub struct Channels(Arc<Ways>);

struct Ways {
    brand: String,
    mail: Option<Mail>,
    sms: Option<Sms>,
}

impl Channels {
    /// Mail and text messages in the name of `brand`. A way that is not configured leaves its
    /// messages waiting.
    #[must_use]
    pub fn new(brand: String, mail: Option<Mail>, sms: Option<Sms>) -> Self {
        Self(Arc::new(Ways { brand, mail, sms }))
    }

    pub(crate) fn brand(&self) -> &str {
        &self.0.brand
    }

    pub(crate) async fn mail(&self, id: NoticeId, to: &str, rendered: &Rendered) -> Delivery {
        match &self.0.mail {
            Some(mail) => mail.send(id, to, rendered).await,
            None => Delivery::Unavailable(
                "no mail server is configured ([mail] in the configuration)".into(),
            ),
        }
    }

    pub(crate) async fn sms(&self, id: NoticeId, to: &str, rendered: &Rendered) -> Delivery {
        match &self.0.sms {
            Some(sms) => sms.send(id, to, rendered).await,
            None => Delivery::Unavailable(
                "no SMS gateway is configured ([sms] in the configuration)".into(),
            ),
        }
    }
}

impl Channels {
    /// Tries the mail server without sending anything.
    ///
    /// # Errors
    /// [`Fault::Config`] with what the server said.
    pub async fn check(&self) -> Result<(), Fault> {
        match &self.0.mail {
            Some(mail) => mail.check().await,
            None => Ok(()),
        }
    }
}
