//! Alerts.
//!
//! **Invariant:** an attack has one alert, whoever finds it how often.

use crate::attack::Attack;
use crate::id::AlertId;
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
}
