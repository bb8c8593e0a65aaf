//! What a decision rests on and leaves as it is.
//!
//! **Invariant:** a decision that says what it rests on does not land once that is another.

use crate::change::Change;
use crate::decision::Decision;
use crate::id::{CustomerId, SessionId, StaffId};
use crate::known::{CredentialSeen, CustomerKnown, SessionKnown, StopsKnown};
use crate::verdict::Verdict;

/// Something that has to be as it was seen when a decision lands. Writers of it come before or
/// after the decision, never between what it saw and what it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// The customer's row, and so whether the customer may act. Condition: the revision.
    Customer {
        /// Whose.
        id: CustomerId,
        /// The revision.
        revision: i64,
    },
    /// The password that was proved. Condition: the revision.
    Password(CredentialSeen),
    /// The session that it is done in. Condition: it is the customer's and was not ended.
    Session {
        /// Which.
        id: SessionId,
        /// Whose.
        customer: CustomerId,
    },
    /// The person of the firm who does it. Condition: the revision, and that they are not disabled.
    Staff {
        /// Who.
        id: StaffId,
        /// The revision.
        revision: i64,
    },
    /// The set of stops. Condition: the epoch. It goes first, since whoever makes a stop waits for
    /// every decision that has begun to land, and none may wait for a row of another meanwhile.
    Stops {
        /// The epoch.
        epoch: i64,
    },
}

impl Decision {
    /// The same decision, which does not land once the stops are others than those that were seen.
    /// What refuses rests on none.
    pub(crate) fn while_stopped(mut self, stops: &StopsKnown) -> Self {
        if self.entry.verdict != Verdict::Refuse {
            let stands = Stands::Stops { epoch: stops.epoch };
            self.changes.insert(0, Change::Stands(stands));
        }
        self
    }
}

impl SessionKnown {
    /// Customer and session are as they were seen when the decision lands.
    pub(crate) fn stands(&self) -> [Change; 2] {
        let CustomerKnown { id, revision, .. } = self.customer;
        let session = Stands::Session {
            id: self.id,
            customer: id,
        };
        [Stands::Customer { id, revision }, session].map(Change::Stands)
    }
}
