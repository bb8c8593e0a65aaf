//! The security centre: what protects an account, and how.
//!
//! **Invariant:** no address or number leaves here unmasked.

use sekisho_core::id::ChannelId;
use sekisho_core::known::{ChannelKnown, ChannelPurpose};
use sekisho_core::login::ChannelKind;
use sekisho_core::moment::Moment;

use super::account::Session;
use crate::fault::Fault;
use crate::gate::Gate;

/// What protects an account.
#[derive(Clone, Debug)]
pub struct Security {
    /// When the password was set; `None` for a customer without one.
    pub password_set: Option<Moment>,
    /// Whether the policy asks for a reminder that it is old.
    pub password_old: bool,
    /// How the customer is reached.
    pub channels: Vec<ShownChannel>,
    /// Live sessions, this one included.
    pub sessions: usize,
    /// Remembered devices.
    pub devices: usize,
}

/// A channel, masked.
#[derive(Clone, Debug)]
pub struct ShownChannel {
    /// The id.
    pub id: ChannelId,
    /// Mail or text message.
    pub kind: ChannelKind,
    /// What it is for.
    pub purpose: ChannelPurpose,
    /// The address or number, masked.
    pub masked: String,
    /// When the customer proved to own it.
    pub verified: Option<Moment>,
}

impl Gate {
    /// What protects the account of a session.
    ///
    /// # Errors
    /// Those of the store and the seal.
    pub async fn security(&self, session: &Session) -> Result<Security, Fault> {
        let customer = session.customer();
        let credential = self.store().credential(customer).await?;
        let channels = self.store().channels(customer).await?;
        let shown: Result<Vec<_>, _> = channels
            .iter()
            .map(|channel| self.shown_channel(channel))
            .collect();
        let password_set = credential.map(|known| known.set);
        let (now, rules) = (self.now(), &self.policy().password);
        Ok(Security {
            password_set,
            password_old: password_set.is_some_and(|set| rules.reminds(set, now)),
            channels: shown?,
            sessions: self.sessions(session).await?.len(),
            devices: self.store().devices(customer).await?.len(),
        })
    }

    pub(crate) fn shown_channel(&self, channel: &ChannelKnown) -> Result<ShownChannel, Fault> {
        let login = self.keys().open_login(channel.id, &channel.sealed)?;
        Ok(ShownChannel {
            id: channel.id,
            kind: channel.kind,
            purpose: channel.purpose,
            masked: login.map(|login| login.masked()).unwrap_or_default(),
            verified: channel.verified,
        })
    }
}
