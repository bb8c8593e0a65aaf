//! Networks that people of the firm put on a list for a time.
//!
//! **Invariant:** a listing ends by itself, and its network is never so wide that a slip names a
//! country.

use serde::Serialize;

use crate::id::{AlertId, ListingId, StaffId};
use crate::moment::{Moment, Span};
use crate::places::Network;
use crate::text::Line;

/// How many may stand at a time: every attempt is compared with each.
pub const MOST_LISTINGS: usize = 500;
/// How many of one person.
pub const MOST_LISTINGS_EACH: usize = 100;
/// The longest that one may stand. Addresses get other owners, and what has to stand for longer is
/// a line of the operator's own list.
pub const LONGEST_LISTING: Span = Span::days(30);

/// What becomes of those who come from a listed network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ListedAs {
    /// They are asked for more, as where a threat indicator names their address.
    Ask,
    /// They are refused, as those on the operator's own list.
    Deny,
}

impl ListedAs {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ask, Self::Deny];

    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Deny => "deny",
        }
    }

    /// The reading of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// A listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingKnown {
    /// The id.
    pub id: ListingId,
    /// Which network.
    pub network: Network,
    /// What becomes of those who come from there.
    pub listed: ListedAs,
    /// Why, for staff.
    pub reason: Line<200>,
    /// The alert that it answers.
    pub alert: Option<AlertId>,
    /// Who made it.
    pub by: StaffId,
    /// When it was made.
    pub made: Moment,
    /// When it ends by itself.
    pub ends: Moment,
    /// By whom and when it was ended.
    pub ended: Option<(StaffId, Moment)>,
}

impl ListingKnown {
    /// Whether it counts at `now`.
    #[must_use]
    pub fn stands(&self, now: Moment) -> bool {
        self.ended.is_none() && now < self.ends
    }
}

/// The listings that are not over, and the count of every change of any of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListingsKnown {
    /// Counts up whenever one is made or ended.
    pub epoch: i64,
    /// They, [`MOST_LISTINGS`] at most.
    pub standing: Vec<ListingKnown>,
}

/// How many customers were ever let in from a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PeopleThere {
    /// So many.
    pub customers: u32,
    /// Whether there may be more: not everything was counted.
    pub more: bool,
}
