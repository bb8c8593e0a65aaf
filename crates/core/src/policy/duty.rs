//! How soon somebody looks into what was found.
//!
//! **Invariant:** whatever is found has a time by which somebody has to have taken it, and what is
//! worse has no longer one.

use serde::Deserialize;

use super::within;
use crate::attack::Severity;
use crate::known::{CaseKnown, Worry};
use crate::moment::{Moment, Span};

/// Within how many minutes somebody takes an alert or a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DutyPolicy {
    /// An alert by which somebody was entered, or that concerns money.
    pub alert_high_minutes: u16,
    /// An alert in which proofs were right and a second one was asked for.
    pub alert_medium_minutes: u16,
    /// Any other alert.
    pub alert_low_minutes: u16,
    /// A case of the two most worrying kinds.
    pub case_first_minutes: u16,
    /// Any other case.
    pub case_minutes: u16,
}

impl Default for DutyPolicy {
    fn default() -> Self {
        Self {
            alert_high_minutes: 15,
            alert_medium_minutes: 60,
            alert_low_minutes: 480,
            case_first_minutes: 60,
            case_minutes: 480,
        }
    }
}

/// A week.
const MOST: u16 = 10_080;

/// Cases of this place in the queue and those before it are the most worrying.
const FIRST: u8 = 1;

impl DutyPolicy {
    /// Until when somebody has to have taken an alert that was raised then.
    #[must_use]
    pub fn alert_due(&self, severity: Severity, raised: Moment) -> Moment {
        raised.plus(self.alert_span(severity))
    }

    /// For how long an alert may be nobody's.
    #[must_use]
    pub const fn alert_span(&self, severity: Severity) -> Span {
        let minutes = match severity {
            Severity::High => self.alert_high_minutes,
            Severity::Medium => self.alert_medium_minutes,
            Severity::Low => self.alert_low_minutes,
        };
        Span::minutes(minutes as i64)
    }

    /// Until when somebody has to have taken a case.
    #[must_use]
    pub fn case_due(&self, case: &CaseKnown) -> Moment {
        case.opened.plus(self.case_span(case.worry))
    }

    /// For how long a case may be nobody's.
    #[must_use]
    pub fn case_span(&self, worry: Worry) -> Span {
        let is_first = worry.place().is_some_and(|place| place <= FIRST);
        let minutes = match is_first {
            true => self.case_first_minutes,
            false => self.case_minutes,
        };
        Span::minutes(i64::from(minutes))
    }

    /// Whether the numbers are within bounds, and what they must be.
    pub(super) fn bound(&self) -> (bool, &'static str, &'static str) {
        let alerts = [
            self.alert_high_minutes,
            self.alert_medium_minutes,
            self.alert_low_minutes,
        ];
        let cases = [self.case_first_minutes, self.case_minutes];
        let all = alerts.iter().chain(&cases);
        let bounded = all.into_iter().all(|minutes| within(*minutes, MOST));
        let sorted = alerts.is_sorted() && cases.is_sorted();
        (
            bounded && sorted,
            "duty",
            "needs minutes of 1 to 10080, and no more for what is worse",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::NOW;

    #[test]
    fn what_is_worse_is_due_sooner() {
        let duty = DutyPolicy::default();
        let due = [Severity::High, Severity::Medium, Severity::Low]
            .map(|severity| duty.alert_due(severity, NOW));
        assert_eq!(
            due,
            [15, 60, 480].map(|minutes| NOW.plus(Span::minutes(minutes)))
        );
        let spans = Worry::ALL.map(|worry| duty.case_span(worry).as_seconds() / 60);
        assert_eq!(spans, [60, 60, 480, 480, 480, 480, 480]);
    }

    #[test]
    fn no_time_is_missing_endless_or_longer_for_what_is_worse() {
        let fits = |change: fn(&mut DutyPolicy)| {
            let mut duty = DutyPolicy::default();
            change(&mut duty);
            duty.bound().0
        };
        assert!(fits(|_| ()));
        assert!(fits(|duty| duty.alert_low_minutes = MOST));
        assert!(!fits(|duty| duty.alert_low_minutes = MOST + 1));
        assert!(!fits(|duty| duty.alert_high_minutes = 0));
        assert!(!fits(|duty| duty.alert_high_minutes = 61));
        assert!(!fits(|duty| duty.case_first_minutes = 481));
    }
}
