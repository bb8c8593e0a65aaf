//! The act "claim": one node takes work that would be done on every node, and the others leave it.
//!
//! A claim ends by itself, so that whoever dies with it holds nothing up for long.
//!
//! **Invariant:** of two nodes that claim the same work from the same state one does.

use crate::access::Act;
use crate::change::{Change, Claimed};
use crate::decision::Decision;
use crate::entry::Entry;
use crate::id::DecisionId;
use crate::moment::{Moment, Span};
use crate::policy::Policy;

/// Work that one node does for all. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Taking the turns of campaigns.
    Campaign,
    /// Looking at a day.
    DailyLook,
    /// Growing a forest.
    Forest,
    /// Putting decisions into the log.
    Log,
    /// Telling a chat of alerts and cases.
    SiemChat,
    /// Sending events to a SIEM.
    Siem,
}

impl Work {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::DailyLook => "daily_look",
            Self::Forest => "forest",
            Self::Log => "log",
            Self::Siem => "siem",
            Self::SiemChat => "siem_chat",
        }
    }

    /// For how long it is claimed at once. Ours: a day is looked at page by page, and the claim is
    /// renewed in between; a forest of too few accesses is tried again after that.
    #[must_use]
    pub const fn span(self) -> Span {
        match self {
            Self::DailyLook => Span::minutes(10),
            Self::Forest => Span::hours(1),
            // Twice as long as a batch may take, and half a minute: it is renewed in time.
            Self::Campaign | Self::Log | Self::Siem | Self::SiemChat => Span::minutes(1),
        }
    }
}

/// Whether work that is claimed until `seen` may be claimed at `now`: nobody has it, or the claim
/// is over. One that lasts longer than any is the word of a clock that was wrong.
#[must_use]
pub fn is_free(work: Work, seen: Option<Moment>, now: Moment) -> bool {
    seen.is_none_or(|until| until <= now || until.since(now) > work.span())
}

/// Claims `work` until a moment, given until when it was claimed before.
pub fn decide(
    work: Work,
    (seen, until): (Option<Moment>, Moment),
    at: (DecisionId, Moment),
    policy: &Policy,
) -> Decision {
    let recorded = serde_json::json!({ "claimed": work.word(), "until": until });
    let entry = Entry::of_worker(Act::Housekeep, at, recorded.to_string(), policy);
    Decision::of(entry).with([Change::Claimed(Claimed { work, seen, until })])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::NOW;

    #[test]
    fn a_claim_holds_until_it_is_over_and_a_wrong_clocks_claim_never() {
        let free = |until| is_free(Work::Forest, until, NOW);
        assert!(free(None) && free(Some(NOW)));
        assert!(!free(Some(NOW.plus(Span(1)))) && !free(Some(NOW.plus(Span::hours(1)))));
        assert!(free(Some(NOW.plus(Span::hours(2)))));
    }
}
