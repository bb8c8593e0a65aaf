//! What a policy asks of a password: the clauses of the standards in which profiles differ.
//!
//! What no profile may change has no field: a whole password is compared, pasting is allowed, no
//! hint is kept, and nobody is ever forced to change a password because of its age (NIST SP
//! 800-63B-4 section 3.1.1.2, ASVS 5.0 6.2.10).
//!
//! **Invariant:** [`PasswordPolicy::shortest`] is the bound in force, whether the password stands
//! alone or beside a second factor.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::moment::{Moment, Span};

/// What a password must be.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordPolicy {
    /// Fewest characters (Unicode code points).
    pub shortest: usize,
    /// Fewest where sign-in asks for nothing beside the password; absent means the same.
    pub shortest_alone: Option<usize>,
    /// Most characters (Unicode code points).
    pub longest: usize,
    /// Classes of characters that must each occur; none means no composition rule.
    pub must_contain: BTreeSet<Class>,
    /// The only symbols allowed beside ASCII letters and digits; absent means any character.
    pub symbols: Option<String>,
    /// Fewest entries that the deny list must have before anything starts.
    pub deny_at_least: u64,
    /// The customer's own data: login, name, birth date.
    pub personal: Treatment,
    /// Words of this service: its name and what the operator lists.
    pub context: Treatment,
    /// What a guesser tries first: keyboard runs, sequences, repeats, dates, single words.
    pub guessable: Treatment,
    /// Days after which a change is suggested, by the security centre and by the reminder; absent
    /// means never. There is no field that forces one.
    pub remind_after_days: Option<u16>,
}

/// A class of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Letters A to Z, and whatever else has a small counterpart.
    Capital,
    /// 0 to 9.
    Digit,
    /// Letters a to z, and whatever else has a capital counterpart.
    Small,
    /// Everything that is no letter and no digit.
    Symbol,
}

impl Class {
    /// Whether `letter` is of this class.
    #[must_use]
    pub fn has(self, letter: char) -> bool {
        match self {
            Self::Capital => letter.is_uppercase(),
            Self::Digit => letter.is_ascii_digit(),
            Self::Small => letter.is_lowercase(),
            Self::Symbol => !letter.is_alphanumeric(),
        }
    }
}

/// What is done about a trait of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// The password is not accepted.
    Refuse,
    /// It lowers the gauge and nothing else.
    Weigh,
}

impl PasswordPolicy {
    /// Puts the bound in force for a sign-in that asks for nothing beside the password.
    pub(super) fn stand_alone(&mut self) {
        self.shortest = self
            .shortest
            .max(self.shortest_alone.unwrap_or(self.shortest));
    }

    /// Whether a password that was set at `set` is old enough for a reminder at `now`.
    #[must_use]
    pub fn reminds(&self, set: Moment, now: Moment) -> bool {
        self.remind_after_days
            .is_some_and(|days| set.plus(Span::hours(i64::from(days) * 24)) <= now)
    }

    /// Every bound: whether it is kept, the key, and what the key must be.
    pub(super) fn bounds(&self) -> [(bool, &'static str, &'static str); 6] {
        let alone = self.shortest_alone.unwrap_or(self.shortest);
        [
            (
                self.shortest >= 4,
                "password.shortest",
                "must be at least 4",
            ),
            (
                alone >= self.shortest,
                "password.shortest_alone",
                "must not be below password.shortest",
            ),
            (
                self.longest >= self.shortest.max(alone),
                "password.longest",
                "must not be below password.shortest",
            ),
            (
                self.longest <= 256,
                "password.longest",
                "must be at most 256",
            ),
            (
                self.deny_at_least <= 1 << 28,
                "password.deny_at_least",
                "must be at most 268435456",
            ),
            (
                self.remind_after_days.is_none_or(|days| days >= 30),
                "password.remind_after_days",
                "must be at least 30",
            ),
        ]
    }
}
