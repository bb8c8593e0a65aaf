//! A claim of work that one node does for all.
//!
//! **Invariant:** a claim says what it follows.

use crate::claim::Work;
use crate::moment::Moment;

/// Work is claimed until a moment. Condition: it is claimed as was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Which.
    pub work: Work,
    /// Until when it was claimed before; `None` if it never was.
    pub seen: Option<Moment>,
    /// Until when it is now.
    pub until: Moment,
}
