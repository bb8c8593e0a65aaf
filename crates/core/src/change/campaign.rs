//! What happens to campaigns.
//!
//! **Invariant:** a turn names whose turn was before it and moves on in the same commit, so that
//! however many nodes send, nobody's turn comes twice.

use crate::id::{CampaignId, CustomerId, StaffId};
use crate::known::CampaignKnown;
use crate::moment::Moment;
use crate::text::Line;

/// A change of a campaign.
#[derive(Clone, Debug, PartialEq)]
pub enum CampaignChange {
    /// Everybody's turn has come. Condition: it runs in this revision, and whose turn was last.
    Finished {
        /// Which.
        id: CampaignId,
        /// Its revision.
        revision: i64,
        /// Whose turn was last.
        seen: CustomerId,
        /// When.
        at: Moment,
    },
    /// Somebody wants one.
    Proposed {
        /// It.
        campaign: Box<CampaignKnown>,
        /// Those who were named, if they were.
        listed: Vec<CustomerId>,
    },
    /// It runs from now on, and what was called back untried when it was stopped waits again, but
    /// for who is frozen by now or reads another channel. Condition: the revision.
    Started {
        /// Which.
        id: CampaignId,
        /// Its revision.
        revision: i64,
        /// By whom.
        by: StaffId,
        /// When.
        at: Moment,
        /// Until when what waits again is of use.
        expires: Moment,
    },
    /// It runs no more, and what waits in the outbox is given up and of no use any more.
    /// Condition: the revision.
    Stopped {
        /// Which.
        id: CampaignId,
        /// Its revision.
        revision: i64,
        /// By whom.
        by: StaffId,
        /// When.
        at: Moment,
        /// Why.
        ground: Line<200>,
    },
    /// A customer's turn came. Condition: it runs in this revision, and whose turn was last.
    Turn {
        /// Which.
        id: CampaignId,
        /// Its revision.
        revision: i64,
        /// Whose turn was last.
        seen: CustomerId,
        /// Whose it is.
        customer: CustomerId,
        /// Whether a message is queued.
        sent: bool,
        /// When the next one is due.
        next: Moment,
    },
}
