//! Alerts.
//!
//! **Invariant:** an attack has one alert, whoever finds it how often.

use crate::attack::Attack;
use crate::id::{AlertId, CustomerId, StaffId};
use crate::moment::Moment;

/// A change of an alert.
#[derive(Clone, Debug, PartialEq)]
pub enum AlertChange {
    /// A person is done with it. Condition: it is open.
    Closed {
        /// Which.
        id: AlertId,
        /// When.
        at: Moment,
    },
    /// There is an attack, or more of it: the most of each count stays. It opens what was closed,
    /// if it went on since.
    Raised {
        /// The attack, with those whom it touched and who were not named yet.
        attack: Attack,
        /// When.
        at: Moment,
    },
    /// A person looks into it from now on. Condition: it is open, in the hands it was seen in.
    Taken {
        /// Which.
        id: AlertId,
        /// Who.
        by: StaffId,
        /// Since when somebody did, as the person was shown; `None` for nobody.
        seen: Option<Moment>,
        /// When.
        at: Moment,
    },
    /// A customer was frozen because they were entered, or was frozen before that could be done.
    /// Condition: that was not settled for the same moment before.
    Settled {
        /// The alert that says so.
        alert: AlertId,
        /// Who.
        customer: CustomerId,
        /// When they were entered for the last time.
        touched: Moment,
        /// When it was settled.
        at: Moment,
    },
}
