//! A rule set as people write it: a TOML document.
//!
//! **Invariant:** an unknown key is an error, and a document that was read says everything that a
//! reviewer has to know of a rule: when, what follows, why, and which case it answers.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::policy::Name;
use crate::verdict::{Requirement, VerdictKind};

/// Longest document in bytes.
pub const MOST_DOCUMENT: usize = 262_144;

/// A whole document.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The version that entries name.
    pub version: String,
    /// Conditions that have a name: `is.NAME` in expressions.
    #[serde(default)]
    pub is: BTreeMap<String, String>,
    /// Evidence, by name: `signal.NAME` in rules.
    #[serde(default)]
    pub signal: BTreeMap<String, SignalText>,
    /// Rules, in the order in which their reasons are reported.
    #[serde(default)]
    pub rule: Vec<RuleText>,
}

/// The same document under another version; as it is where no version can be read in it.
#[must_use]
pub fn with_version(document: &str, version: &str) -> String {
    #[derive(Deserialize)]
    struct Named {
        version: Spanned<String>,
    }
    let Ok(Named { version: found }) = toml::from_str::<Named>(document) else {
        return document.to_owned();
    };
    let span = found.span();
    let around = (document.get(..span.start), document.get(span.end..));
    match around {
        (Some(before), Some(behind)) => format!("{before}\"{version}\"{behind}"),
        _ => document.to_owned(),
    }
}

/// What a signal is evidence of (design section 7). The words are those of `score.WORD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Too fast or too many.
    Fast,
    /// Rare in itself.
    Rare,
    /// Known to be bad.
    Reported,
    /// Unlikely for this person.
    Unlikely,
}

/// A signal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalText {
    /// Of what it is evidence.
    pub evidence: Evidence,
    /// What it adds to the scores: 1 to 100.
    pub weight: u8,
    /// When.
    pub when: String,
}

/// A rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleText {
    /// The code of its reason, and its name.
    pub reason: String,
    /// When it applies.
    pub when: String,
    /// What follows; `allow` only records the reason.
    pub verdict: VerdictKind,
    /// What a step-up asks.
    #[serde(default)]
    pub require: Vec<Requirement>,
    /// Of a firm's own rule that holds: after how many hours at the earliest time releases what it
    /// holds. Without it only a person does.
    #[serde(default)]
    pub heals_hours: Option<u16>,
    /// The case that it answers, for people who review it.
    pub case: String,
    /// The reason as a sentence, in both languages.
    pub text: Name,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::STANDARD;

    #[test]
    fn another_version_leaves_all_else_as_it_is() {
        let renamed = with_version(STANDARD, "mine.1");
        let read: Document = toml::from_str(&renamed).unwrap();
        assert_eq!(read.version, "mine.1");
        let was: Document = toml::from_str(STANDARD).unwrap();
        assert_eq!(with_version(&renamed, &was.version), STANDARD);
        assert_eq!(with_version("version = ", "x"), "version = ");
    }
}
