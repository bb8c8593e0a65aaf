//! Verdicts: what a decision says, and what would satisfy it.
//!
//! **Invariant:** verdicts only get stricter when joined: refuse beats hold beats step-up beats
//! allow.

use serde::{Deserialize, Serialize};

/// What is asked of a customer before an act may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// It is confirmed on a remembered device of the customer that has been one for long enough
    /// ([`crate::policy::RiskPolicy::settle_hours`]).
    BoundDevice,
    /// The customer confirms exactly this operation on a page that shows it; the proof is bound to
    /// its digest.
    Confirmation,
    /// The password of the account.
    Password,
    /// A phishing-resistant factor (NIST SP 800-63B-4 section 3.2.5).
    PhishingResistant,
    /// Any second factor.
    SecondFactor,
    /// The transaction PIN (取引暗証番号、取引パスワード): a secret of its own beside the login
    /// password.
    TransactionPin,
}

impl Requirement {
    /// The word in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::BoundDevice => "bound_device",
            Self::Confirmation => "confirmation",
            Self::Password => "password",
            Self::PhishingResistant => "phishing_resistant",
            Self::SecondFactor => "second_factor",
            Self::TransactionPin => "transaction_pin",
        }
    }

    /// The requirement of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "bound_device" => Self::BoundDevice,
            "confirmation" => Self::Confirmation,
            "password" => Self::Password,
            "phishing_resistant" => Self::PhishingResistant,
            "second_factor" => Self::SecondFactor,
            "transaction_pin" => Self::TransactionPin,
            _ => return None,
        })
    }
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go on.
    Allow,
    /// Wait for a person or for time.
    Hold,
    /// No.
    Refuse,
    /// Go on once these are met; sorted, without repetition, never empty.
    StepUp(Vec<Requirement>),
}

/// A verdict without its requirements, as stored and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// See [`Verdict::Allow`].
    Allow,
    /// See [`Verdict::StepUp`].
    StepUp,
    /// See [`Verdict::Hold`].
    Hold,
    /// See [`Verdict::Refuse`].
    Refuse,
}

impl VerdictKind {
    /// The word in the API and in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Hold => "hold",
            Self::Refuse => "refuse",
            Self::StepUp => "step_up",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "allow" => Self::Allow,
            "hold" => Self::Hold,
            "refuse" => Self::Refuse,
            "step_up" => Self::StepUp,
            _ => return None,
        })
    }
}

impl Verdict {
    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> VerdictKind {
        match self {
            Self::Allow => VerdictKind::Allow,
            Self::Hold => VerdictKind::Hold,
            Self::Refuse => VerdictKind::Refuse,
            Self::StepUp(_) => VerdictKind::StepUp,
        }
    }

    /// The requirements; empty unless the verdict is a step-up.
    #[must_use]
    pub fn requirements(&self) -> &[Requirement] {
        match self {
            Self::StepUp(requirements) => requirements,
            Self::Allow | Self::Hold | Self::Refuse => &[],
        }
    }

    /// Step-up with `requirements`, or allow when there is none.
    #[must_use]
    pub fn requiring(requirements: impl IntoIterator<Item = Requirement>) -> Self {
        let mut all: Vec<_> = requirements.into_iter().collect();
        all.sort_unstable();
        all.dedup();
        if all.is_empty() {
            Self::Allow
        } else {
            Self::StepUp(all)
        }
    }

    /// The stricter of two; the requirements of two step-ups are joined.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Refuse, _) | (_, Self::Refuse) => Self::Refuse,
            (Self::Hold, _) | (_, Self::Hold) => Self::Hold,
            (Self::StepUp(mut mine), Self::StepUp(theirs)) => {
                mine.extend(theirs);
                Self::requiring(mine)
            }
            (Self::StepUp(some), Self::Allow) | (Self::Allow, Self::StepUp(some)) => {
                Self::StepUp(some)
            }
            (Self::Allow, Self::Allow) => Self::Allow,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joining_never_softens() {
        let all = [
            Verdict::Allow,
            Verdict::requiring([Requirement::SecondFactor]),
            Verdict::requiring([Requirement::Confirmation]),
            Verdict::Hold,
            Verdict::Refuse,
        ];
        for left in &all {
            for right in &all {
                let joined = left.clone().join(right.clone());
                assert!(joined.kind() >= left.kind() && joined.kind() >= right.kind());
                assert_eq!(joined, right.clone().join(left.clone()));
                for needed in left.requirements().iter().chain(right.requirements()) {
                    let kept = joined.requirements().contains(needed);
                    assert!(kept || joined.kind() > VerdictKind::StepUp);
                }
            }
        }
    }
}
