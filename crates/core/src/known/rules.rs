//! Rule sets that are kept, and which of them are in force.
//!
//! **Invariant:** a document that is kept is never changed; another is another rule set.

use crate::bytes::Digest;
use crate::id::{RuleSetId, StaffId};
use crate::moment::Moment;

/// A rule set that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetKnown {
    /// The id.
    pub id: RuleSetId,
    /// Its version, which no other has.
    pub version: String,
    /// The digest of its document.
    pub digest: Digest,
    /// The document.
    pub document: String,
    /// Who added it.
    pub by: StaffId,
    /// When.
    pub made: Moment,
    /// When it was last put in shadow.
    pub shadowed: Option<Moment>,
    /// Who agreed that it goes live, and when, the last time.
    pub approved: Option<(StaffId, Moment)>,
}

/// Which rule sets are in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleChoice {
    /// Counts up with every change of these.
    pub epoch: i64,
    /// By which everybody is judged; `None` for the shipped one.
    pub live: Option<RuleSetId>,
    /// Which was live before that, likewise.
    pub before: Option<RuleSetId>,
    /// Which is applied beside it.
    pub shadow: Option<RuleSetId>,
}

/// How far a rule set that is kept has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleState {
    /// Nothing was done with it yet.
    Draft,
    /// Everybody is judged by it.
    Live,
    /// It is applied beside the live one.
    Shadow,
    /// It was live and is no more.
    WasLive,
    /// It was in shadow and is no more.
    WasShadow,
}

impl RuleState {
    /// In a few words, for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Live => "live",
            Self::Shadow => "shadow",
            Self::WasLive => "was live",
            Self::WasShadow => "was in shadow",
        }
    }
}

impl RuleChoice {
    /// How far a rule set has come.
    #[must_use]
    pub fn state(self, known: &RuleSetKnown) -> RuleState {
        let id = Some(known.id);
        match () {
            () if self.live == id => RuleState::Live,
            () if self.shadow == id => RuleState::Shadow,
            () if known.approved.is_some() => RuleState::WasLive,
            () if known.shadowed.is_some() => RuleState::WasShadow,
            () => RuleState::Draft,
        }
    }
}
