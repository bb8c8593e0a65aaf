//! What the code in a text message cost at the guard.
//!
//! **Invariant:** it comes back when the code is used, and only then.

use crate::bytes::CounterKey;
use crate::id::NoticeId;
use crate::moment::Span;

/// The code of a message that is handed over counts as unanswered. Using it moves these counters
/// back; nothing is kept of a code that is gone already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeTexted {
    /// The message that holds the code.
    pub notice: NoticeId,
    /// The counters of the prefix and of the country, and by how much an answer moves each back.
    pub back: [(CounterKey, Span); 2],
}
