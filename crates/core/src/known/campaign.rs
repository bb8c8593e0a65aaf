//! Campaigns: a message to a chosen set of customers, and how far it has got.
//!
//! **Invariant:** a set is fixed as of a moment: nobody comes into it later, so who gets a message
//! was shown to both people who answer for it.

use serde::Serialize;

use crate::bytes::Digest;
use crate::campaign::CampaignText;
use crate::id::{AlertId, CampaignId, CustomerId, StaffId};
use crate::moment::Moment;
use crate::text::Line;

/// What a message is about. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignKind {
    /// Customers are asked to look whether their mail address and phone are right.
    CheckContact,
    /// Customers are advised to change an old password.
    OldPassword,
    /// A warning in the firm's own words.
    PhishingWarning,
}

impl CampaignKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::CheckContact, Self::OldPassword, Self::PhishingWarning];

    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::CheckContact => "check_contact",
            Self::OldPassword => "old_password",
            Self::PhishingWarning => "phishing_warning",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// Who gets it, of those who were customers at the moment as of which the set is fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignSet {
    /// Everybody.
    All,
    /// Whom an alert touched.
    Alert(AlertId),
    /// Who had a case that was open at some time in the last so many days.
    Cases(u16),
    /// Those who were named.
    Listed,
    /// Whose password was set more than so many days before.
    OldPassword(u16),
}

/// The words of sets, in the order of a form.
pub const SETS: [&str; 5] = ["all", "old_password", "alert", "cases", "listed"];

impl CampaignSet {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Alert(_) => "alert",
            Self::Cases(_) => "cases",
            Self::Listed => "listed",
            Self::OldPassword(_) => "old_password",
        }
    }

    /// The days that it counts back, if it does.
    #[must_use]
    pub const fn days(self) -> Option<u16> {
        match self {
            Self::Cases(days) | Self::OldPassword(days) => Some(days),
            Self::All | Self::Alert(_) | Self::Listed => None,
        }
    }

    /// The alert that it is of, if it is.
    #[must_use]
    pub const fn alert(self) -> Option<AlertId> {
        match self {
            Self::Alert(id) => Some(id),
            _ => None,
        }
    }

    /// The set of a word and what belongs to it.
    #[must_use]
    pub fn parse(word: &str, days: Option<u16>, alert: Option<AlertId>) -> Option<Self> {
        match word {
            "all" => Some(Self::All),
            "alert" => alert.map(Self::Alert),
            "cases" => days.map(Self::Cases),
            "listed" => Some(Self::Listed),
            "old_password" => days.map(Self::OldPassword),
            _ => None,
        }
    }
}

/// Where a campaign stands. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    /// One person wants it.
    Proposed,
    /// Messages are being queued.
    Running,
    /// Somebody stopped it. It goes on only if a second person starts it again.
    Stopped,
    /// Everybody's turn has come.
    Finished,
}

impl CampaignState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Proposed, Self::Running, Self::Stopped, Self::Finished];

    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Finished => "finished",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// What is sent to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CampaignWanted {
    /// What it is about.
    pub kind: CampaignKind,
    /// The firm's own words, of a kind that has them.
    pub text: Option<CampaignText>,
    /// Who gets it.
    pub set: CampaignSet,
    /// As of which moment.
    pub as_of: Moment,
    /// To how many customers in a minute at most.
    pub rate: u16,
}

/// A campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignKnown {
    /// The id.
    pub id: CampaignId,
    /// What is sent to whom.
    pub wanted: CampaignWanted,
    /// Why, for staff.
    pub ground: Line<200>,
    /// Where it stands.
    pub state: CampaignState,
    /// Of what was shown when it was proposed.
    pub digest: Digest,
    /// How many were in the set then.
    pub counted: i64,
    /// How many of those who were named are no customers.
    pub unknown: i64,
    /// By whom and when it was proposed.
    pub proposed: (StaffId, Moment),
    /// By whom and when it was last started.
    pub started: Option<(StaffId, Moment)>,
    /// By whom, when and why it was last stopped.
    pub stopped: Option<(StaffId, Moment, Line<200>)>,
    /// When everybody's turn had come.
    pub finished: Option<Moment>,
    /// Whose turn was last; nobody's id before the first.
    pub place: CustomerId,
    /// When the next turn is due.
    pub next: Moment,
    /// To how many it was sent.
    pub sent: i64,
    /// How many were passed over: frozen, or not to be reached.
    pub skipped: i64,
    /// Counts up when the state changes, and with nobody's turn.
    pub revision: i64,
}

impl CampaignKnown {
    /// Whose turn is before anybody's.
    pub const NOBODY: CustomerId = CustomerId([0; 16]);

    /// How many still wait, by what was counted when it was proposed.
    #[must_use]
    pub fn waiting(&self) -> i64 {
        match self.state {
            CampaignState::Finished => 0,
            _ => (self.counted - self.sent - self.skipped).max(0),
        }
    }
}
