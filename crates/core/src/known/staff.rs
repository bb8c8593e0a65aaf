//! People of the firm.
//!
//! **Invariant:** a secret is known by its hash alone, and from when on it counts as that of
//! another person is said in one place.

use crate::bytes::TokenHash;
use crate::id::StaffId;
use crate::moment::{Moment, Span};

/// From which age on a secret counts as that of another person: time enough for others to see who
/// was given one.
const SEASONED: Span = Span::days(7);
/// For how long after the first person was added whoever is given a secret counts at once. There is
/// nobody yet who could have seen it, and nothing yet to take.
const FOUNDING: Span = Span::hours(24);

/// What a person of the firm may do. The words are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    /// Adds people, and says what each may do.
    Administrator,
    /// Agrees to what another person did: a change of the payout account, the end of a stop.
    Approver,
    /// Reads everything that was done, and does nothing.
    Auditor,
    /// Does for a caller what the web has stopped.
    Desk,
    /// Watches, and hands on what is to be done.
    Monitor,
    /// Responds: works alerts and cases, stops operations, and lifts stops.
    Operations,
    /// Writes rules, and tries them on what was.
    RuleAuthor,
}

impl StaffRole {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Monitor,
        Self::Operations,
        Self::RuleAuthor,
        Self::Desk,
        Self::Approver,
        Self::Auditor,
        Self::Administrator,
    ];

    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Approver => "approver",
            Self::Auditor => "auditor",
            Self::Desk => "desk",
            Self::Monitor => "monitor",
            Self::Operations => "operations",
            Self::RuleAuthor => "rule_author",
        }
    }

    /// The role of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// How a person of the firm is called: a name to sign in with, and no more of the person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub struct StaffName(String);

/// Why a text is no name of a person of the firm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("has 2 to 40 of a-z, 0-9, '.', '_' and '-', and starts with a letter")]
pub struct NotAStaffName;

impl StaffName {
    /// Accepts 2 to 40 letters `a`–`z`, digits, `.`, `_` and `-` that start with a letter.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, NotAStaffName> {
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        let starts = text
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_lowercase());
        if starts && (2..=40).contains(&text.len()) && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAStaffName)
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for StaffName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person of the firm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffKnown {
    /// The id.
    pub id: StaffId,
    /// The name to sign in with.
    pub name: StaffName,
    /// What the person may do.
    pub roles: Vec<StaffRole>,
    /// Keyed hash of the secret.
    pub hash: TokenHash,
    /// Since when.
    pub created: Moment,
    /// When somebody else gave the person a secret last; who renews their own keeps it.
    pub given: Moment,
    /// When the first person of all was added, whether or not they still may.
    pub founded: Moment,
    /// Since when no more.
    pub disabled: Option<Moment>,
    /// Counts up with every change.
    pub revision: i64,
}

impl StaffKnown {
    /// From when on the person counts as one of the two people of what takes two.
    #[must_use]
    pub fn seasoned(&self) -> Moment {
        if self.given.since(self.founded) < FOUNDING {
            self.given
        } else {
            self.given.plus(SEASONED)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::NOW;

    #[test]
    fn a_secret_counts_after_a_week_unless_it_was_given_on_the_first_day_of_all() {
        let day = Span::hours(24);
        for (after, waits) in [
            (Span(0), false),
            (Span(day.0 - 1), false),
            (day, true),
            (Span::days(6), true),
            (Span::days(900), true),
        ] {
            let given = NOW.plus(after);
            let known = StaffKnown {
                given,
                ..crate::sample::person(1, &[StaffRole::Approver])
            };
            let from = if waits {
                given.plus(Span::days(7))
            } else {
                given
            };
            assert_eq!(known.seasoned(), from, "{after:?}");
        }
    }
}
