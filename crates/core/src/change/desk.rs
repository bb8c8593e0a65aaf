//! What happens at the support desk.
//!
//! **Invariant:** an operation that the desk asks for names the call and the person, for ever.

use crate::id::{CallId, CustomerId, OperationId, StaffId};
use crate::moment::Moment;

/// A change at the desk.
#[derive(Clone, Debug, PartialEq)]
pub enum DeskChange {
    /// An operation was asked for in a call.
    Asked {
        /// Which.
        operation: OperationId,
        /// In which call.
        call: CallId,
        /// By whom.
        staff: StaffId,
    },
    /// A caller proved who they are.
    CallOpened {
        /// The call.
        id: CallId,
        /// Who calls.
        customer: CustomerId,
        /// Who answers.
        staff: StaffId,
        /// When.
        at: Moment,
        /// Until when it counts.
        ends: Moment,
    },
}
