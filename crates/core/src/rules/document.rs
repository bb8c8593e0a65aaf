//! A rule set as people write it: a TOML document.
//!
//! **Invariant:** an unknown key is an error, and a document that was read says everything that a
//! reviewer has to know of a rule: when, what follows, why, and which case it answers.

use std::collections::BTreeMap;

use serde::Deserialize;

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
