//! What happens to people of the firm, and what they choose for everybody.
//!
//! **Invariant:** a person is never removed, since entries name them.

use super::{ListingChange, RuleChange, StaffAccess};
use crate::bytes::TokenHash;
use crate::id::StaffId;
use crate::known::{StaffKnown, StaffRole};
use crate::moment::Moment;

/// A change of a person of the firm.
#[derive(Clone, Debug, PartialEq)]
pub enum StaffChange {
    /// See [`StaffAccess`].
    Access(Box<StaffAccess>),
    /// A person may prove who they are from now on. Condition: the name is free.
    Added(StaffKnown),
    /// A person may other things. Condition: the revision, and that the person is not disabled.
    Assigned {
        /// Who.
        id: StaffId,
        /// The revision.
        revision: i64,
        /// What they may do from now on.
        roles: Vec<StaffRole>,
    },
    /// A person may no more. Condition: the revision, and that they may.
    Disabled {
        /// Who.
        id: StaffId,
        /// The revision.
        revision: i64,
        /// When.
        at: Moment,
    },
    /// See [`ListingChange`].
    Listing(Box<ListingChange>),
    /// See [`RuleChange`].
    Rules(Box<RuleChange>),
    /// Another secret. Condition: the revision, and that the person is not disabled.
    Rotated {
        /// Who.
        id: StaffId,
        /// The revision.
        revision: i64,
        /// Keyed hash of the secret.
        hash: TokenHash,
        /// When somebody else gave the person a secret last.
        given: Moment,
    },
}
