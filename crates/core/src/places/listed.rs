//! What lists say of an address.
//!
//! **Invariant:** not to stand on a list and to have no such list are two different things.

use serde::{Deserialize, Serialize};

use super::source::Source;

/// What a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// Exits of the Tor network.
    Tor,
    /// Services that hide where their customers are.
    Vpn,
    /// Rented servers.
    Hosting,
    /// Networks whose place is not that of the people in them: aircraft, ships, satellites.
    Moving,
    /// What the operator vouches for.
    Allow,
    /// What the operator refuses.
    Deny,
}

impl Label {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Tor,
        Self::Vpn,
        Self::Hosting,
        Self::Moving,
        Self::Allow,
        Self::Deny,
    ];

    /// As in keys, facts and metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tor => "tor",
            Self::Vpn => "vpn",
            Self::Hosting => "hosting",
            Self::Moving => "moving",
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }

    /// Whether somebody else writes it: then it may name whole network operators, and what it says
    /// is taken for less.
    #[must_use]
    pub const fn is_own(self) -> bool {
        matches!(self, Self::Allow | Self::Deny)
    }
}

/// What lists say of one address; `None` where there is no such list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Listed {
    /// [`Label::Tor`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tor: Option<bool>,
    /// [`Label::Vpn`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpn: Option<bool>,
    /// [`Label::Hosting`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosting: Option<bool>,
    /// [`Label::Moving`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moving: Option<bool>,
    /// [`Label::Allow`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow: Option<bool>,
    /// [`Label::Deny`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deny: Option<bool>,
    /// Whether a threat indicator that has not expired names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indicator: Option<bool>,
    /// Who named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

impl Listed {
    /// Whether nothing was asked.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// The same, with what one more list says; of several with one label it is enough that one has
    /// it.
    #[must_use]
    pub fn heard(mut self, label: Label, listed: bool) -> Self {
        let place = match label {
            Label::Tor => &mut self.tor,
            Label::Vpn => &mut self.vpn,
            Label::Hosting => &mut self.hosting,
            Label::Moving => &mut self.moving,
            Label::Allow => &mut self.allow,
            Label::Deny => &mut self.deny,
        };
        *place = Some(listed || *place == Some(true));
        self
    }

    /// What the lists with one label say.
    #[must_use]
    pub const fn of(&self, label: Label) -> Option<bool> {
        match label {
            Label::Tor => self.tor,
            Label::Vpn => self.vpn,
            Label::Hosting => self.hosting,
            Label::Moving => self.moving,
            Label::Allow => self.allow,
            Label::Deny => self.deny,
        }
    }

    /// Whether the place of the address is not that of the person behind it.
    #[must_use]
    pub fn is_relay(&self) -> bool {
        [self.tor, self.vpn, self.hosting, self.moving].contains(&Some(true))
    }
}
