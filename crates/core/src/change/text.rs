//! What codes in messages carry: what one cost at the guard, and what one reports.
//!
//! **Invariant:** the cost comes back when the code is used, and only then; a code is kept as its
//! hash.

use crate::bytes::{CounterKey, TokenHash};
use crate::id::{CustomerId, DecisionId, NoticeId};
use crate::moment::{Moment, Span};

/// The code of a message that is handed over counts as unanswered. Using it moves these counters
/// back; nothing is kept of a code that is gone already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeTexted {
    /// The message that holds the code.
    pub notice: NoticeId,
    /// The counters of the prefix and of the country, and by how much an answer moves each back.
    pub back: [(CounterKey, Span); 2],
}

/// A code by which the customer can say "this was not me".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReportCodeIssued {
    /// Its hash.
    pub code: TokenHash,
    /// About which decision.
    pub decision: DecisionId,
    /// Whose.
    pub customer: CustomerId,
    /// When it ends.
    pub expires: Moment,
}
