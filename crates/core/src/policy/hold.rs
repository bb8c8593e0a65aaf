//! What the policy says of operations that are held.
//!
//! **Invariant:** a hold waits long enough for the customer to read of it, and not for ever.

use serde::Deserialize;

use super::{Policy, within};
use crate::access::OperationKind;
use crate::hold::holds;
use crate::moment::Span;
use crate::notice::Locale;
use crate::reason::Reason;
use crate::rules::RuleSet;

/// Holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldPolicy {
    /// Hours after which a hold is over that time releases, at the earliest.
    pub hours: u16,
    /// Reasons for which only a person releases.
    pub person: Vec<Reason>,
    /// Days after which a hold is refused that nothing released.
    pub days: u16,
    /// Minutes in which a released operation is confirmed or its grant redeemed.
    pub released_minutes: u16,
}

impl HoldPolicy {
    /// How long time takes at least.
    #[must_use]
    pub const fn time(&self) -> Span {
        Span::hours(self.hours as i64)
    }

    /// How long a hold lasts at most.
    #[must_use]
    pub const fn longest(&self) -> Span {
        Span::days(self.days as i64)
    }

    /// For how long a released operation may be confirmed or redeemed.
    #[must_use]
    pub const fn released_life(&self) -> Span {
        Span::minutes(self.released_minutes as i64)
    }

    /// Every bound: whether it is kept, the key, and what the key must be.
    pub(super) fn bounds(&self) -> [(bool, &'static str, &'static str); 4] {
        // What a firm's own rules hold for is not known yet where a policy is read.
        let shipped = RuleSet::standard();
        let held = |reason: &Reason| matches!(reason, Reason::Own(_)) || holds(*reason, &shipped);
        let longer = u32::from(self.days) * 24 > u32::from(self.hours);
        [
            (within(self.hours, 336), "hold.hours", "must be 1 to 336"),
            (
                self.person.iter().all(held),
                "hold.person",
                "must name reasons for which operations are held",
            ),
            (
                within(self.days, 60) && longer,
                "hold.days",
                "must be 1 to 60, and more than hold.hours",
            ),
            (
                (5..=4320).contains(&self.released_minutes),
                "hold.released_minutes",
                "must be 5 to 4320",
            ),
        ]
    }
}

impl Policy {
    /// What a kind of operation is called; its word where the policy has it no more.
    #[must_use]
    pub fn name_of(&self, kind: &OperationKind, locale: Locale) -> String {
        let spec = self.operation.get(kind);
        let name = spec.map_or(kind.as_str(), |spec| spec.name.in_locale(locale));
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_hold_nothing_or_for_ever_is_refused() {
        let usual = HoldPolicy {
            hours: 24,
            person: vec![Reason::PartyReported, Reason::PasskeyFresh],
            days: 7,
            released_minutes: 1440,
        };
        let wrong = |change: fn(&mut HoldPolicy)| {
            let mut policy = usual.clone();
            change(&mut policy);
            let broken = policy.bounds().into_iter().find(|(kept, ..)| !kept);
            broken.map(|(_, key, _)| key)
        };
        assert_eq!(wrong(|_| {}), None);
        assert_eq!(wrong(|policy| policy.hours = 0), Some("hold.hours"));
        assert_eq!(wrong(|policy| policy.hours = 168), Some("hold.days"));
        assert_eq!(wrong(|policy| policy.days = 61), Some("hold.days"));
        assert_eq!(
            wrong(|policy| policy.person.push(Reason::DeviceNew)),
            Some("hold.person")
        );
        assert_eq!(
            wrong(|policy| policy.released_minutes = 4),
            Some("hold.released_minutes")
        );
    }
}
