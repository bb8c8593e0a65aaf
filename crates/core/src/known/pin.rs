//! A transaction PIN as stored.
//!
//! **Invariant:** the PIN is a hash, and a type of its own: none of a login password stands in its
//! place.

use crate::id::{CredentialId, CustomerId};
use crate::moment::{Moment, Span};

/// The transaction PIN of a customer. There is one at most.
#[derive(Clone, PartialEq, Eq)]
pub struct PinKnown {
    /// The id.
    pub id: CredentialId,
    /// Whose.
    pub customer: CustomerId,
    /// The hash, with its scheme and cost.
    pub hash: String,
    /// Counts up with every change.
    pub revision: i64,
    /// When it was set.
    pub set: Moment,
    /// What comes back if the last change was somebody else's.
    pub before: Option<PinBefore>,
}

/// The PIN before a change.
#[derive(Clone, PartialEq, Eq)]
pub struct PinBefore {
    /// Its hash.
    pub hash: String,
    /// When it was replaced for the first time since.
    pub replaced: Moment,
}

impl PinKnown {
    /// What comes back when this one is replaced at `now` and the customer says within `life` that
    /// it was somebody else: of several changes in that time the one before all of them.
    #[must_use]
    pub fn replaced(&self, now: Moment, life: Span) -> PinBefore {
        let kept = self.before.clone();
        let young = kept.filter(|before| now.since(before.replaced) < life);
        young.unwrap_or_else(|| PinBefore {
            hash: self.hash.clone(),
            replaced: now,
        })
    }
}

impl std::fmt::Debug for PinKnown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PinKnown({}, revision {})", self.id, self.revision)
    }
}

impl std::fmt::Debug for PinBefore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PinBefore({:?})", self.replaced)
    }
}
