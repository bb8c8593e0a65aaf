//! On what a judgement rests beside the features, as it is kept with the entry: so the same rules
//! give the same judgement again, and others can be tried on it.
//!
//! **Invariant:** what rules in shadow would have said is kept and has no other effect.

use serde::{Deserialize, Serialize};

use super::{Features, Judgement};
use crate::proof::Method;
use crate::reason::Reason;
use crate::verdict::{Requirement, VerdictKind};

/// What was required and proved when rules judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// What is always required.
    #[serde(default)]
    pub always: Vec<Requirement>,
    /// What was proved before.
    #[serde(default)]
    pub held: Vec<Method>,
    /// What rules in shadow said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow: Option<Shadow>,
}

/// What rules in shadow said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shadow {
    /// The version of the rule set.
    pub rules: String,
    /// Its verdict.
    pub verdict: VerdictKind,
    /// Its reasons.
    pub reasons: Vec<Reason>,
}

impl Shadow {
    /// The stricter of both, of payees that were judged one by one.
    fn join(self, other: Self) -> Self {
        match other.verdict > self.verdict {
            true => other,
            false => self,
        }
    }
}

impl Basis {
    /// Of a batch: every payee is judged on the same, but for what is in shadow.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let shadow = match (self.shadow, other.shadow) {
            (Some(mine), Some(theirs)) => Some(mine.join(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
        Self { shadow, ..self }
    }
}

impl Judgement {
    /// Compact JSON for the entry: the features and on what else this rests.
    #[must_use]
    pub fn recorded(&self, features: &Features) -> String {
        let mut json = features.json();
        let basis = self.basis.as_deref();
        let basis = basis.and_then(|basis| serde_json::to_string(basis).ok());
        // Two objects as one: neither is empty, and they have no member in common.
        if let Some(basis) = basis
            && json.len() > 2
            && json.ends_with('}')
        {
            json.pop();
            json.push(',');
            json.push_str(basis.trim_start_matches('{'));
        }
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use crate::risk::judge;

    #[test]
    fn what_is_recorded_is_judged_the_same_again() {
        let policy = Policy::profile("jsda-2025").unwrap();
        let features = Features {
            history: 3,
            ..Features::default()
        };
        let always = [Requirement::SecondFactor];
        let judged = judge(&features, &always, &[Method::Password], &policy);
        let json = judged.recorded(&features);
        let read: Features = serde_json::from_str(&json).unwrap();
        let basis: Basis = serde_json::from_str(&json).unwrap();
        assert_eq!(read, features);
        assert_eq!(judge(&read, &basis.always, &basis.held, &policy), judged);
        let older = serde_json::from_str::<Basis>(&features.json()).unwrap();
        assert_eq!(older, Basis::default());
    }

    #[test]
    fn what_is_in_shadow_is_recorded_and_changes_nothing() {
        let policy = Policy::profile("jsda-2025").unwrap();
        let shadow = crate::rules::RuleSet::parse(
            "version = \"mine.1\"\n[[rule]]\nreason = \"rule_all\"\nwhen = \"true\"\n\
             verdict = \"refuse\"\ncase = \"x\"\ntext.ja = \"x\"\ntext.en = \"x\"\n",
        )
        .unwrap();
        let beside = policy.judging_by(policy.rules.clone(), Some(shadow.into()));
        let features = Features::default();
        let (plain, judged) = (
            judge(&features, &[], &[], &policy),
            judge(&features, &[], &[], &beside),
        );
        assert_eq!(
            (&plain.verdict, &plain.reasons),
            (&judged.verdict, &judged.reasons)
        );
        assert_eq!(beside.version, policy.version);
        let json = judged.recorded(&features);
        let wanted = r#""shadow":{"rules":"mine.1","verdict":"refuse","reasons":["rule_all"]}"#;
        assert!(json.contains(wanted), "{json}");
    }
}
