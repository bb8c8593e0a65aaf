//! A decision: the verdict with its reasons, and everything that follows from it.
//!
//! **Invariant:** a decision is complete; carrying it out leaves no choice to anybody.

use crate::access::Access;
use crate::attempt::Tried;
use crate::change::Change;
use crate::entry::Entry;
use crate::notice::Notice;
use crate::reason::Reason;
use crate::sighting::Sighting;
use crate::verdict::Verdict;

/// What was decided, and what follows.
#[derive(Clone, Debug)]
#[must_use]
pub struct Decision {
    /// The record, which holds the verdict and its reasons.
    pub entry: Entry,
    /// Changes of the stored state, in order.
    pub changes: Vec<Change>,
    /// The row of the customer's history, if a customer is named.
    pub access: Option<Access>,
    /// The row of the feed, of an attempt to sign in.
    pub tried: Option<Box<Tried>>,
    /// What was seen of the customer.
    pub sightings: Vec<Sighting>,
    /// What the customer is told.
    pub notices: Vec<Notice>,
}

impl Decision {
    /// A decision that only leaves its entry.
    pub const fn of(entry: Entry) -> Self {
        Self {
            entry,
            changes: Vec::new(),
            access: None,
            tried: None,
            sightings: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// The verdict.
    #[must_use]
    pub const fn verdict(&self) -> &Verdict {
        &self.entry.verdict
    }

    /// The reasons.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        &self.entry.reasons
    }

    /// The same decision with `changes` added.
    pub fn with(mut self, changes: impl IntoIterator<Item = Change>) -> Self {
        self.changes.extend(changes);
        self
    }

    /// The same decision with `notices` added.
    pub fn telling(mut self, notices: impl IntoIterator<Item = Notice>) -> Self {
        self.notices.extend(notices);
        self
    }
}
