//! What a policy says of a password, as findings, and how hard it would be to guess.
//!
//! A password is normalised once, here, for setting and for signing in alike: NFKC by the
//! "Normalization Process for Stabilized Strings" (UAX #15 section 12.1), which refuses characters
//! that Unicode has not assigned. NIST SP 800-63B-4 section 3.1.1.2 advises NFC; NFKC is its
//! superset, and with it a Japanese input method's full-width letters are the ordinary ones.
//!
//! **Invariant:** the password is looked at here and nowhere kept; a finding names a rule, never a
//! letter.

mod deny;
mod gauge;
mod person;
mod pin;
mod spell;

use secrecy::{ExposeSecret as _, SecretString};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_public_assigned;

pub use deny::{DenyFault, DenyLayout, DenyList, DenyTable, fingerprint};
pub use gauge::{Estimate, Step, Weakness, estimate};
pub use person::{BirthDate, Person};
pub use pin::examine_pin;
pub use spell::{KEYBOARD, WORDS};

use crate::policy::{PasswordPolicy, Treatment};
use crate::reason::Reason;

/// Longest password that is looked at at all, in bytes after normalisation; more is refused before
/// any hashing. The longest that a policy may allow, 256 characters of four bytes, fits.
pub const MOST_BYTES: usize = 1024;
/// Longest text that is normalised, in bytes: four decomposed bytes for each that is kept.
const MOST_TYPED: usize = 4 * MOST_BYTES;

/// A password as typed, normalised; `None` for what is too long to be one.
#[must_use]
pub fn normalise(typed: &str) -> Option<SecretString> {
    if typed.len() > MOST_TYPED {
        return None;
    }
    let text: String = typed.nfkc().collect();
    (text.len() <= MOST_BYTES).then(|| SecretString::from(text))
}

/// What is found out about a password that somebody wants to set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// Everything the policy has against it; empty when it is acceptable.
    pub findings: Vec<Reason>,
    /// How hard it is to guess. What is refused is shown on the lowest step.
    pub gauge: Step,
    /// Why it is not higher.
    pub weakness: Weakness,
}

impl Examination {
    fn refused(reason: Reason, weakness: Weakness) -> Self {
        Self {
            findings: vec![reason],
            gauge: Step::Low,
            weakness,
        }
    }
}

/// Everything `policy` has against the normalised `password` of `person`; `None` stands for one
/// that was too long to be normalised.
#[must_use]
pub fn examine(
    password: Option<&SecretString>,
    person: &Person,
    policy: &PasswordPolicy,
    known: &DenyList,
) -> Examination {
    let Some(password) = password.map(SecretString::expose_secret) else {
        return Examination::refused(Reason::PasswordLong, Weakness::None);
    };
    if password.chars().any(is_unreadable) {
        return Examination::refused(Reason::PasswordUnreadable, Weakness::None);
    }
    let letters = password.chars().count();
    if letters > policy.longest {
        return Examination::refused(Reason::PasswordLong, Weakness::None);
    }
    let mut findings = composition(password, letters, policy);
    if known.holds(password) {
        findings.push(Reason::PasswordCommon);
    }
    let estimate = estimate(password, &person.tokens());
    if policy.personal == Treatment::Refuse && person.is_most_of(password) {
        findings.push(Reason::PasswordPersonal);
    }
    if person.context_is_most_of(password) && policy.context == Treatment::Refuse {
        findings.push(Reason::PasswordContext);
    }
    if policy.guessable == Treatment::Refuse && estimate.step == Step::Low {
        findings.extend(expected(estimate.weakness));
    }
    let known = findings.contains(&Reason::PasswordCommon);
    Examination {
        gauge: if findings.is_empty() {
            estimate.step
        } else {
            Step::Low
        },
        weakness: match estimate.weakness {
            Weakness::None | Weakness::Short if known => Weakness::Word,
            weakness => weakness,
        },
        findings,
    }
}

/// Length, classes and symbols.
fn composition(password: &str, letters: usize, policy: &PasswordPolicy) -> Vec<Reason> {
    let mut findings = Vec::new();
    if letters < policy.shortest {
        findings.push(Reason::PasswordShort);
    }
    let mut wanted = policy.must_contain.iter();
    if !wanted.all(|class| password.chars().any(|letter| class.has(letter))) {
        findings.push(Reason::PasswordPlain);
    }
    let symbols = policy.symbols.as_deref();
    if symbols.is_some_and(|allowed| !only(password, allowed)) {
        findings.push(Reason::PasswordSymbol);
    }
    findings
}

fn only(password: &str, allowed: &str) -> bool {
    password
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || allowed.contains(c))
}

/// Controls, NUL among them, and what Unicode has not assigned or left to private use.
#[must_use]
pub fn is_unreadable(letter: char) -> bool {
    letter.is_control() || !is_public_assigned(letter)
}

/// The finding for a password that is guessed among the first.
fn expected(weakness: Weakness) -> Option<Reason> {
    match weakness {
        Weakness::Date | Weakness::Keyboard | Weakness::Repeat | Weakness::Sequence => {
            Some(Reason::PasswordPattern)
        }
        Weakness::Word => Some(Reason::PasswordWord),
        Weakness::None | Weakness::Personal | Weakness::Short => None,
    }
}
