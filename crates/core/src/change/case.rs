//! What happens to cases.
//!
//! **Invariant:** of two who open a case of one procedure, or take or close one, the second one's
//! commit is void.

use crate::access::Act;
use crate::bytes::Sealed;
use crate::id::{CaseId, CustomerId, DecisionId, StaffId};
use crate::known::{CaseEnd, Worry};
use crate::moment::Moment;

/// A change of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum CaseChange {
    /// The customer of a case that was there is asked. Condition: not before.
    Asked {
        /// About which procedure.
        about: DecisionId,
        /// What was found.
        worry: Worry,
    },
    /// Somebody looked into it and says what it was. Condition: the revision, and not closed.
    Closed {
        /// Which.
        id: CaseId,
        /// Its revision.
        revision: i64,
        /// By whom.
        by: StaffId,
        /// When.
        at: Moment,
        /// What it was.
        end: CaseEnd,
    },
    /// The daily look has got so far. Condition: it had got no further than what was seen.
    Looked {
        /// Until when, as it was seen.
        seen: Option<Moment>,
        /// Until when now.
        until: Moment,
    },
    /// A person wrote a note about it.
    Noted {
        /// Which.
        id: CaseId,
        /// The decision that keeps it.
        decision: DecisionId,
        /// Who.
        by: StaffId,
        /// When.
        at: Moment,
        /// What.
        sealed: Sealed,
    },
    /// See [`CaseOpened`].
    Opened(Box<CaseOpened>),
    /// Somebody looks into it from now on. Condition: the revision, and not closed.
    Taken {
        /// Which.
        id: CaseId,
        /// Its revision.
        revision: i64,
        /// By whom.
        by: StaffId,
        /// When.
        at: Moment,
    },
}

/// A case begins. Condition: there is none of this source about this procedure.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseOpened {
    /// The id.
    pub id: CaseId,
    /// Whose procedure.
    pub customer: CustomerId,
    /// What was found.
    pub worry: Worry,
    /// Which procedure.
    pub about: DecisionId,
    /// What was done.
    pub act: Act,
    /// When.
    pub done: Moment,
    /// Whether its customer is asked.
    pub asked: bool,
    /// By whom; `None` for the daily look.
    pub by: Option<StaffId>,
    /// When the case was opened.
    pub at: Moment,
}
