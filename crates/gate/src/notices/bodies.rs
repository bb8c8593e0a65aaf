//! What a message says, where that is more than a line.
//!
//! **Invariant:** each is what core told, in the words that are sealed.

use sekisho_core::known::RecoveryKind;
use sekisho_core::notice::{
    BackupEvent, CampaignNotice, CampaignTold, CheckAbout, CheckNotice, DeskNotice, HoldEvent,
    OperationAbout, OperationEvent, RestrictEvent,
};
use serde::{Deserialize, Serialize};

/// See [`sekisho_core::notice::NoticeKind::Operation`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationBody {
    /// What became of it.
    pub event: OperationEvent,
    /// The code to type if it was not the customer.
    pub report: String,
    /// What it is about.
    pub about: OperationAbout,
}

/// See [`sekisho_core::notice::NoticeKind::Restricted`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestrictedBody {
    /// The code to type if it was not the customer.
    pub report: String,
    /// Masked place: network and client.
    pub place: String,
    /// Name of the operation in the customer's language.
    pub operation: String,
    /// What was set.
    pub event: RestrictEvent,
}

/// See [`sekisho_core::notice::NoticeKind::RecoveryBegun`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryBegun {
    /// The code that ends it.
    pub report: String,
    /// Masked place: network and client.
    pub place: String,
    /// What is to be had back.
    pub recovery: RecoveryKind,
    /// Hours that it waits.
    pub hours: u16,
}

/// What is told of an operation that waits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldBody {
    /// The code to type if it was not the customer.
    pub report: String,
    /// What it is about.
    pub about: OperationAbout,
    /// What happened.
    pub event: HoldEvent,
}

/// What is told of backup codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupCodesBody {
    /// The code to type if it was not the customer.
    pub report: String,
    /// Masked place.
    pub place: String,
    /// What happened.
    pub event: BackupEvent,
}

/// What many customers are told at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignBody {
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

impl CampaignBody {
    pub(super) fn of(told: &CampaignNotice) -> Self {
        match &told.told {
            CampaignTold::CheckContact => Self::CheckContact,
            CampaignTold::OldPassword => Self::OldPassword,
            CampaignTold::Warning { subject, body } => Self::Warning {
                subject: subject.clone(),
                body: body.clone(),
            },
        }
    }

    #[cfg(test)]
    pub(crate) fn samples() -> [super::Body; 2] {
        [Self::CheckContact, Self::OldPassword].map(super::Body::Campaign)
    }
}

/// See [`sekisho_core::notice::NoticeKind::Check`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckBody {
    /// The code to type if it was not the customer.
    pub report: String,
    /// What it is about.
    pub about: CheckAbout,
}

impl CheckBody {
    pub(super) fn of(told: &CheckNotice) -> Self {
        Self {
            report: super::shown(&told.report),
            about: told.about.clone(),
        }
    }

    #[cfg(test)]
    pub(crate) fn sample() -> super::Body {
        super::Body::Check(Self {
            report: "ABCDE-12345".to_owned(),
            about: CheckAbout {
                operation: "出金".to_owned(),
                days: 3,
            },
        })
    }
}

/// What is told of the support desk.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskBody {
    /// A code to read to who calls back.
    Code {
        /// The code.
        code: String,
        /// Minutes for which it works.
        minutes: u16,
    },
    /// Somebody was taken for the customer.
    Identified {
        /// The code to type if it was not the customer.
        report: String,
    },
}

impl DeskBody {
    pub(super) fn of(told: &DeskNotice) -> Self {
        match told {
            DeskNotice::Code { code, minutes } => Self::Code {
                code: super::shown(code),
                minutes: *minutes,
            },
            DeskNotice::Identified { report } => Self::Identified {
                report: super::shown(report),
            },
        }
    }
}
