//! A withdrawal beside the change of the payout account before it: the place of the one, the place
//! of the other, and where the customer usually is.
//!
//! It is what the broker of the incident of 2020 announced to do every day from then on.
//!
//! **Invariant:** a withdrawal from the very place of a strange change is an alarm however long the
//! thief waited between them.

use serde::Serialize;

use super::{Finding, Swept};

/// What a withdrawal and the change before it say together, the least worrying first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Suspicion {
    /// Neither was done from a strange place.
    None,
    /// One of them was.
    Look,
    /// The account was changed from a strange place, and the money was sent from a strange place or
    /// from that very one.
    Alarm,
}

impl Suspicion {
    /// All of them, the least worrying first.
    pub const ALL: [Self; 3] = [Self::None, Self::Look, Self::Alarm];

    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Look => "look",
            Self::Alarm => "alarm",
        }
    }

    /// From what was found of both; `same` if they share an address or a device.
    #[must_use]
    pub fn of(withdrawal: Finding, change: Option<Finding>, same: bool) -> Self {
        let strange = |finding| finding >= Finding::New;
        match change.map(strange) {
            Some(true) if same || strange(withdrawal) => Self::Alarm,
            Some(true) => Self::Look,
            Some(false) | None if strange(withdrawal) => Self::Look,
            Some(false) | None => Self::None,
        }
    }
}

/// A withdrawal, and the change before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// The withdrawal.
    pub withdrawal: Swept,
    /// The last change of the payout account before it, if there was one in the time looked at.
    pub change: Option<Swept>,
    /// Whether they share a place.
    pub same: bool,
    /// What they say together.
    pub suspicion: Suspicion,
}

impl Matched {
    /// Puts both together.
    #[must_use]
    pub fn of(withdrawal: Swept, change: Option<Swept>) -> Self {
        let shares = |change: &Swept| {
            let at = |one: &Swept| -> Vec<_> {
                one.places.iter().map(|(place, _)| place.seen).collect()
            };
            let before = at(change);
            at(&withdrawal).iter().any(|seen| before.contains(seen))
        };
        let same = change.as_ref().is_some_and(shares);
        let found = change.as_ref().map(|change| change.finding);
        Self {
            suspicion: Suspicion::of(withdrawal.finding, found, same),
            withdrawal,
            change,
            same,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_withdrawal_and_the_change_before_it_are_what_the_table_says() {
        use Finding::{New, Shared, Touched, Unknown, Usual};
        for (withdrawal, change, same, wanted) in [
            (Usual, None, false, Suspicion::None),
            (Shared, None, false, Suspicion::None),
            (New, None, false, Suspicion::Look),
            (Finding::Reported, None, false, Suspicion::Look),
            (Usual, Some(Usual), true, Suspicion::None),
            (Shared, Some(Unknown), false, Suspicion::None),
            (Touched, Some(Usual), false, Suspicion::Look),
            (Usual, Some(New), false, Suspicion::Look),
            (New, Some(New), false, Suspicion::Alarm),
            (Shared, Some(Touched), true, Suspicion::Alarm),
            // The thief came back after days; the place is theirs by then.
            (Usual, Some(New), true, Suspicion::Alarm),
        ] {
            let found = Suspicion::of(withdrawal, change, same);
            assert_eq!(found, wanted, "{withdrawal:?} {change:?} {same}");
        }
    }

    #[test]
    fn a_worse_finding_never_makes_it_better() {
        use Finding::{New, Touched, Usual};
        for same in [false, true] {
            for (better, worse) in [(Usual, New), (Usual, Touched)] {
                for other in Finding::ALL {
                    let change = |finding| Suspicion::of(other, Some(finding), same);
                    assert!(change(better) <= change(worse), "{other:?} {same}");
                    let withdrawal = |finding| Suspicion::of(finding, Some(other), same);
                    assert!(withdrawal(better) <= withdrawal(worse), "{other:?} {same}");
                }
            }
        }
    }
}
