//! What many customers are told at once.
//!
//! **Invariant:** it holds no link and no code, and there is nothing to answer.

use crate::id::CampaignId;
use crate::known::CampaignKind;
use crate::notice::NoticeKind;

/// A message of a campaign.
#[derive(Clone, Debug)]
pub struct CampaignNotice {
    /// Of which.
    pub campaign: CampaignId,
    /// What is said.
    pub told: CampaignTold,
}

/// What a message of a campaign says.
#[derive(Clone, Debug)]
pub enum CampaignTold {
    /// To look whether mail address and phone are right.
    CheckContact,
    /// To change an old password.
    OldPassword,
    /// The firm's own words, in the customer's language.
    Warning {
        /// The subject.
        subject: String,
        /// The text.
        body: String,
    },
}

impl CampaignTold {
    const fn kind(&self) -> CampaignKind {
        match self {
            Self::CheckContact => CampaignKind::CheckContact,
            Self::OldPassword => CampaignKind::OldPassword,
            Self::Warning { .. } => CampaignKind::PhishingWarning,
        }
    }
}

impl CampaignNotice {
    /// The word of the template, as stored.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        template(self.told.kind())
    }

    /// Whether a stored template is of a campaign: everything else goes before it.
    #[must_use]
    pub fn is_template(word: &str) -> bool {
        CampaignKind::ALL
            .into_iter()
            .any(|kind| template(kind) == word)
    }
}

const fn template(kind: CampaignKind) -> &'static str {
    match kind {
        CampaignKind::CheckContact => "campaign_check_contact",
        CampaignKind::OldPassword => "campaign_old_password",
        CampaignKind::PhishingWarning => "campaign_phishing_warning",
    }
}

impl NoticeKind {
    /// The campaign it is of, if it is of one.
    #[must_use]
    pub const fn campaign(&self) -> Option<CampaignId> {
        match self {
            Self::Campaign(told) => Some(told.campaign),
            _ => None,
        }
    }
}
