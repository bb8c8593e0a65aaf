//! Calls at the support desk.
//!
//! **Invariant:** a call is of one customer, who proved in it who they are, and of one person of
//! the firm.

use crate::id::{CallId, StaffId};
use crate::known::CustomerKnown;
use crate::moment::Moment;

/// A call whose customer proved who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallKnown {
    /// The id.
    pub id: CallId,
    /// Who calls.
    pub customer: CustomerKnown,
    /// Who of the firm answers.
    pub staff: StaffId,
    /// When the caller proved who they are.
    pub opened: Moment,
    /// Until when that counts.
    pub ends: Moment,
}
