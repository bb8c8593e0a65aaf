//! Cooling-off: what an operation waits for, or is refused for, after something was changed.
//!
//! **Invariant:** a clock that was set back makes a cooling-off longer and never shorter.

use serde::Deserialize;

use crate::known::Standing;
use crate::moment::{Moment, Span};
use crate::reason::Reason;
use crate::verdict::Verdict;

/// One cooling-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cooling {
    /// After what.
    pub after: After,
    /// For how many hours.
    pub hours: u16,
    /// What becomes of an operation meanwhile.
    pub then: Then,
}

/// What a cooling-off follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum After {
    /// A way to reach the customer was added or replaced.
    ContactChange,
    /// An authenticator app, a phone that approves or backup codes were added.
    FactorAdded,
    /// A limit of the customer's own for this kind was raised, and the raise came to count.
    LimitRaise,
    /// A passkey was added, from wherever.
    PasskeyAdded,
    /// The password was changed.
    PasswordChange,
    /// The payout account was changed.
    PayoutAccountChange,
    /// A transaction PIN was set without the one before.
    PinRecovery,
}

/// What becomes of an operation during a cooling-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// It is held.
    Hold,
    /// It is refused.
    Refuse,
}

impl After {
    /// When it last was.
    #[must_use]
    pub fn last(self, known: &Standing, now: Moment) -> Option<Moment> {
        let lately = &known.lately;
        match self {
            Self::ContactChange => lately.contact,
            Self::FactorAdded => lately.factor,
            Self::LimitRaise => known.last_raise(now),
            Self::PasskeyAdded => lately.passkey,
            Self::PasswordChange => lately.password,
            Self::PayoutAccountChange => lately.payout_account,
            Self::PinRecovery => lately.pin,
        }
    }

    /// The reason that names it.
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Self::ContactChange => Reason::CoolingContact,
            Self::FactorAdded => Reason::CoolingFactor,
            Self::LimitRaise => Reason::CoolingLimit,
            Self::PasskeyAdded => Reason::CoolingPasskey,
            Self::PasswordChange => Reason::CoolingPassword,
            Self::PayoutAccountChange => Reason::CoolingPayoutAccount,
            Self::PinRecovery => Reason::CoolingPin,
        }
    }
}

impl Cooling {
    /// Whether it runs at `now`. A change that lies in the future is one of just now.
    #[must_use]
    pub fn runs(&self, known: &Standing, now: Moment) -> bool {
        let last = self.after.last(known, now);
        last.is_some_and(|at| now.since(at) < Span::hours(i64::from(self.hours)))
    }

    /// What follows while it runs.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        match self.then {
            Then::Hold => Verdict::Hold,
            Then::Refuse => Verdict::Refuse,
        }
    }
}
