//! A stop as pages show it.
//!
//! **Invariant:** the operator's message is shown as text, in the language of the page.

use sekisho_core::notice::Locale;
use sekisho_core::policy::Policy;
use sekisho_gate::StopTold;

use crate::texts::{Texts, When, fill};

/// What is stopped, what is said of it, and what is left.
#[derive(Clone, Debug)]
pub struct StopLine {
    pub about: String,
    pub message: String,
    pub left: String,
    pub until: String,
}

impl StopLine {
    /// The words for `told`.
    pub fn of(told: &StopTold, policy: &Policy, locale: Locale) -> Self {
        let words = Texts::of(locale).stop;
        let spec = told.kind.as_ref().map(|kind| policy.operation.get(kind));
        let about = match spec {
            Some(Some(spec)) => spec.name.in_locale(locale).to_owned(),
            Some(None) => words.other.to_owned(),
            None => words.all.to_owned(),
        };
        let ways: Vec<_> = told.left.iter().map(|left| left.name(locale)).collect();
        let between = match locale {
            Locale::En => ", ",
            Locale::Ja => "、",
        };
        Self {
            about,
            message: told.message.in_locale(locale).to_owned(),
            left: match ways.as_slice() {
                [] => words.none_left.to_owned(),
                ways => fill(words.left, &[("ways", &ways.join(between))]),
            },
            until: match told.until {
                Some(end) => fill(words.until, &[("when", &When::of(end, locale).text)]),
                None => words.open.to_owned(),
            },
        }
    }

    /// The words for each of them.
    pub fn each(told: &[StopTold], policy: &Policy, locale: Locale) -> Vec<Self> {
        told.iter()
            .map(|told| Self::of(told, policy, locale))
            .collect()
    }
}
