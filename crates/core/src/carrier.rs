//! By what a message travels.
//!
//! **Invariant:** every way out has one word, in the store and in the metrics.

use serde::{Deserialize, Serialize};

use crate::login::ChannelKind;

/// By what a message travels. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// By mail.
    Mail,
    /// Through the push service of a browser.
    Push,
    /// By text message.
    Sms,
}

impl Carrier {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Mail, Self::Push, Self::Sms];

    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Push => "push",
            Self::Sms => "sms",
        }
    }

    /// The carrier of a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

impl From<ChannelKind> for Carrier {
    fn from(kind: ChannelKind) -> Self {
        match kind {
            ChannelKind::Mail => Self::Mail,
            ChannelKind::Sms => Self::Sms,
        }
    }
}
